"""What people and connectors are given, and which variables come of it."""

from decimal import Decimal

import pytest
from engine_kit import (
    el,
    els,
    flows,
    mapping,
    zeebe,
)

from workflows import engine


def test_a_user_task_tells_who_when_and_why(run):
    task = el(
        "userTask",
        "a",
        zeebe(
            '<zeebe:assignmentDefinition assignee="=boss" '
            'candidateGroups="clerk, chief" candidateUsers="=[boss]"/>'
            '<zeebe:taskSchedule dueDate="=date and time(&quot;2026-08-21T09:00:00'
            '+05:00&quot;)" followUpDate="2026-08-21T10:00:00"/>'
            '<zeebe:priorityDefinition priority="=70"/>'
            '<zeebe:formDefinition formId="f"/>'
            '<zeebe:properties><zeebe:property name="norm" value="ADM-5, ADM-6"/>'
            '<zeebe:property name="deadline" value="1 working day"/>'
            "</zeebe:properties>"
        ),
    )
    case = run(els("startEvent:s endEvent:e") + task + flows("s->a->e"), {"boss": "B"})

    opened = case.effects(engine.TaskOpened)[0]

    assert opened.assignee == "B"
    assert opened.candidate_groups == ("clerk", "chief")
    assert opened.candidate_users == ("B",)
    assert opened.due_at.isoformat() == "2026-08-21T04:00:00+00:00"
    assert opened.follow_up_at.isoformat() == "2026-08-21T05:00:00+00:00"
    assert (opened.priority, opened.form_id) == (70, "f")
    assert (opened.deadline, opened.norms) == ("1 working day", ("ADM-5", "ADM-6"))


@pytest.mark.parametrize(
    ("drawn", "told"),
    [
        ("=date and time(&quot;2026-08-21T09:00:00+05:00&quot;)", "datetime"),
        ("=string(n) + &quot; working days&quot;", "5 working days"),
        ("=if n = 5 then null else &quot;PT1H&quot;", None),
    ],
)
def test_a_deadline_is_a_moment_or_the_text_of_a_term(run, drawn, told):
    properties = f'<zeebe:property name="deadline" value="{drawn}"/>'
    task = el(
        "userTask", "a", zeebe(f"<zeebe:properties>{properties}</zeebe:properties>")
    )
    case = run(els("startEvent:s endEvent:e") + task + flows("s->a->e"), {"n": 5})

    deadline = case.effects(engine.TaskOpened)[0].deadline

    if told == "datetime":
        assert deadline.isoformat() == "2026-08-21T04:00:00+00:00"
    else:
        assert deadline == told


def test_a_manual_task_waits_for_a_person_and_an_abstract_one_for_nobody(run):
    case = run(els("startEvent:s task:t manualTask:m endEvent:e") + flows("s->t->m->e"))

    assert case.open() == ["m"]
    assert case.do("m").case.completed


def test_a_job_sees_its_input_mappings_only(run):
    task = el(
        "serviceTask",
        "a",
        zeebe(
            '<zeebe:taskDefinition type="x.y" retries="=n"/>'
            '<zeebe:taskHeaders><zeebe:header key="h" value="1"/></zeebe:taskHeaders>'
            + mapping(inputs="double<-n * 2;again<-double + 1")
        ),
    )
    case = run(els("startEvent:s endEvent:e") + task + flows("s->a->e"), {"n": 4})

    job = case.effects(engine.JobOpened)[0]

    assert (job.type, job.retries, job.headers) == ("x.y", 4, {"h": "1"})
    assert job.variables == {"double": 8, "again": 9}


def test_a_job_without_input_mappings_sees_everything(run):
    case = run(els("startEvent:s sendTask:a endEvent:e") + flows("s->a->e"), {"n": 4})

    job = case.effects(engine.JobOpened)[0]

    assert (job.variables, job.retries) == ({"key": "K", "n": 4}, 3)


def test_with_an_output_mapping_only_what_it_names_leaves(run):
    task = el("userTask", "a", zeebe(mapping("y<-x * 2", "out<-y + r;more<-out + 1")))
    case = run(
        els("startEvent:s userTask:z endEvent:e") + task + flows("s->a->z->e"), {"x": 2}
    )

    case.do("a", r=10, junk=1)

    assert case.variables == {"x": 2, "out": 14, "more": 15}


def test_an_output_mapping_leaves_the_element_though_an_input_has_its_name(run):
    task = el("userTask", "a", zeebe(mapping("k<-n", "k<-k + r")))
    case = run(
        els("startEvent:s userTask:z") + task + flows("s->a->z"), {"n": 1, "k": 50}
    )

    assert case.do("a", r=2).variables == {"n": 1, "k": 3}


def test_a_result_with_the_name_of_an_input_stays_in_the_element(run):
    task = el("userTask", "a", zeebe(mapping("k<-n")))
    case = run(els("startEvent:s userTask:z") + task + flows("s->a->z"), {"n": 1})

    assert case.do("a", k=2).variables == {"n": 1}


def test_a_flow_behind_a_task_does_not_see_what_stays_in_it(run):
    task = el("userTask", "a", zeebe(mapping("k<-n")), default="a_z")
    case = run(
        els("startEvent:s userTask:y,z")
        + task
        + flows("s->a->z", "a->y ? =k = 2 or n = 2"),
        {"n": 1, "k": 50},
    )

    assert case.do("a", k=2).open() == ["z"]


def test_a_result_lands_in_the_nearest_scope_that_has_the_name(run):
    inner = els("startEvent:s1 userTask:u,v endEvent:e1") + flows("s1->u->v->e1")
    sub = el("subProcess", "sp", zeebe(mapping("k<-n + 1", "res<-k")) + inner)
    case = run(
        els("startEvent:s userTask:z endEvent:e") + sub + flows("s->sp->z->e"), {"n": 1}
    )

    assert case.case.visible(case.token("u")) == {"key": "K", "n": 1, "k": 2}
    case.do("u", k=7, n=5, fresh=3)
    assert case.case.visible(case.token("v"))["k"] == 7
    case.do("v")

    assert case.variables == {"n": 5, "fresh": 3, "res": 7}


def test_a_script_writes_its_result(run):
    script = el(
        "scriptTask",
        "c",
        zeebe('<zeebe:script expression="=x + 0.1" resultVariable="y"/>'),
    )
    case = run(els("startEvent:s endEvent:e") + script + flows("s->c->e"), {"x": 1})

    assert case.variables["y"] == Decimal("1.1")


def test_numbers_are_decimals_whatever_comes_in(run):
    case = run(els("startEvent:s userTask:a,b endEvent:e") + flows("s->a->b->e"))

    case.case.finish(case.token("a"), {"n": 0.1, "deep": [{"m": 2}]})

    assert case.variables == {"n": Decimal("0.1"), "deep": [{"m": Decimal(2)}]}
    assert type(case.variables["deep"][0]["m"]) is Decimal
