"""What cannot go on stays where it is, unharmed, until somebody tries it again."""

from datetime import timedelta

import pytest
from engine_kit import (
    MESSAGE,
    NOON,
    Run,
    el,
    els,
    event_sub,
    flows,
    mapping,
    timer,
    zeebe,
)

from workflows import engine
from workflows.engine import running


def gateway_body(default=""):
    attributes = {"default": default} if default else {}
    return (
        els("startEvent:s parallelGateway:f userTask:a,b,c endEvent:e")
        + el("exclusiveGateway", "g", **attributes)
        + flows("s->f->g", "f->c->e", "g->a ? =v", "g->b ? =v and v", "a->e", "b->e")
    )


@pytest.mark.parametrize(("value", "told"), [(None, "null"), (5, "5"), ("x", '"x"')])
def test_a_condition_that_is_neither_true_nor_false_holds_its_element(run, value, told):
    case = run(gateway_body(), {"v": value})

    raised = case.incidents[next(iter(case.incidents))]
    assert (raised.element_id, raised.kind) == ("g", "expression")
    assert raised.detail == {"expression": "=v", "value": told, "flow_id": "g_a"}
    for part in ("=v", "g_a", "element g", told):
        assert part in raised.message
    assert case.open() == ["c"]

    case.do("c")
    assert not case.case.completed
    case.retry("g", v=True)

    assert case.open() == ["a"]
    assert case.entered().count("g") == 1
    assert case.do("a").case.completed


def test_an_unknown_name_holds_its_element_and_no_other(run):
    case = run(gateway_body())

    assert case.held() == ["g"]
    assert "v" in case.effects(engine.IncidentRaised)[0].message
    assert case.do("c").retry("g", v=True).do("a").case.completed


def test_no_flow_that_holds_and_no_default_is_an_incident(run):
    case = run(gateway_body(), {"v": False})

    assert case.held() == ["g"]
    assert "default" in case.effects(engine.IncidentRaised)[0].message
    assert case.retry("g", v=True).open() == ["a", "c"]


def test_an_incident_that_is_tried_again_in_vain_is_raised_again(run):
    case = run(gateway_body(), {"v": None})

    case.retry("g")

    assert case.held() == ["g"]
    assert len(case.effects(engine.IncidentRaised)) == 2


def mapped_task(tag="userTask"):
    work = "" if tag == "userTask" else '<zeebe:taskDefinition type="work"/>'
    return el(tag, "a", zeebe(work + mapping(outputs="good<-r;bad<-r.part")))


@pytest.mark.parametrize("tag", ["userTask", "serviceTask"])
def test_a_failing_output_mapping_does_not_half_complete(run, tag):
    case = run(
        els("startEvent:s userTask:z,l endEvent:e,e2")
        + mapped_task(tag)
        + el("boundaryEvent", "t", timer(), attachedToRef="a")
        + flows("s->a->z->e", "t->l->e2")
    )
    before = case.variables

    case.do("a", r=1)

    assert case.held() == ["a"]
    assert case.effects(engine.IncidentRaised)[0].kind == "mapping"
    assert case.variables == before
    assert case.open() == ["t"]  # the work is done, the element is not
    assert "a" not in case.completed()
    closed = case.effects(engine.TaskClosed) + case.effects(engine.JobClosed)
    assert [one.canceled for one in closed] == [False]

    case.retry("a", other=2)
    assert case.held() == ["a"]  # the answer is as wrong as before

    assert case.fire("t").open() == ["l"]
    assert case.held() == []


@pytest.mark.parametrize("tag", ["userTask", "serviceTask"])
def test_a_retry_corrects_what_was_answered(run, tag):
    case = run(els("startEvent:s userTask:z") + mapped_task(tag) + flows("s->a->z"))

    case.do("a", r=1)
    case.retry("a", r={"part": 3})

    assert case.open() == ["z"]
    # What answered stays inside; only what the mapping names leaves.
    assert case.variables == {"good": {"part": 3}, "bad": 3}


def test_the_result_is_kept_for_the_next_try(run):
    task = el("userTask", "a", zeebe(mapping(outputs="sum<-r + other")))
    case = run(els("startEvent:s userTask:z") + task + flows("s->a->z"))

    case.do("a", r=1)
    assert case.held() == ["a"]
    case.retry("a", other=2)

    assert case.open() == ["z"]
    assert case.variables == {"other": 2, "sum": 3}


def test_a_failing_input_mapping_opens_nothing(run):
    task = el("userTask", "a", zeebe(mapping(inputs="fine<-1;y<-boom")))
    case = run(
        els("startEvent:s endEvent:e,e2")
        + task
        + el("boundaryEvent", "t", timer(), attachedToRef="a")
        + flows("s->a->e", "t->e2")
    )

    assert case.open() == []
    assert case.held() == ["a"]
    case.retry("a", boom=3)

    assert case.open() == ["a", "t"]
    assert case.case.visible(case.token("a")) == {
        "key": "K",
        "boom": 3,
        "fine": 1,
        "y": 3,
    }
    assert case.entered().count("a") == 1


def test_a_retry_writes_outside_of_an_element_that_has_not_begun(run):
    task = el("userTask", "a", zeebe(mapping(inputs="n<-n;y<-boom")))
    case = run(els("startEvent:s endEvent:e") + task + flows("s->a->e"), {"n": 1})

    case.retry("a", n=5, boom=3)

    assert case.variables == {"n": 5, "boom": 3}
    assert case.case.visible(case.token("a"))["n"] == 5


@pytest.mark.parametrize(
    "extension",
    [
        '<zeebe:assignmentDefinition assignee="=v"/>',
        '<zeebe:assignmentDefinition candidateGroups="=v"/>',
        '<zeebe:assignmentDefinition candidateUsers="=[v]"/>',
        '<zeebe:taskSchedule dueDate="=v"/>',
        '<zeebe:taskSchedule followUpDate="=v"/>',
        '<zeebe:priorityDefinition priority="=string(v)"/>',
        '<zeebe:priorityDefinition priority="=-v"/>',
        (
            '<zeebe:properties><zeebe:property name="deadline" value="=v"/>'
            "</zeebe:properties>"
        ),
    ],
)
def test_a_task_whose_texts_have_the_wrong_type_is_not_opened(run, extension):
    wrong = 4 if "string(" not in extension else True
    case = run(
        els("startEvent:s") + el("userTask", "a", zeebe(extension)) + flows("s->a"),
        {"v": wrong},
    )

    assert case.open() == []
    assert case.held() == ["a"]
    assert case.effects(engine.IncidentRaised)[0].kind == "expression"


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        ("timeDate", 4),
        ("timeDate", None),
        ("timeDate", "soon"),
        ("timeDate", timedelta(1)),
        ("timeDuration", 4),
        ("timeDuration", "5 working days"),
        ("timeDuration", NOON),
    ],
)
def test_a_timer_of_the_wrong_type_holds_its_host(run, kind, value):
    case = run(
        els("startEvent:s userTask:a endEvent:e,e2")
        + el("boundaryEvent", "t", timer("=v", kind), attachedToRef="a")
        + flows("s->a->e", "t->e2"),
        {"v": value},
    )

    assert (case.open(), case.held()) == ([], ["a"])
    good = NOON if kind == "timeDate" else timedelta(hours=1)
    assert case.retry("a", v=good).open() == ["a", "t"]


def test_a_correlation_key_of_null_is_an_incident(run):
    case = run(
        els("startEvent:s endEvent:e")
        + el("intermediateCatchEvent", "c", MESSAGE)
        + flows("s->c->e"),
        {"key": None},
    )

    assert case.held() == ["c"]
    assert case.retry("c", key="A").open() == ["c"]


def test_an_event_sub_process_that_cannot_listen_holds_the_scope(run):
    case = run(
        els("startEvent:s userTask:a endEvent:e")
        + event_sub(MESSAGE, "true")
        + flows("s->a->e"),
        {"key": None},
    )

    assert case.held() == ["p"]
    assert case.open() == []
    assert case.retry("p", key="A").open() == ["a", "es"]


def test_a_failing_mapping_of_a_boundary_event_keeps_the_message(run):
    event = zeebe(mapping(outputs="got<-body.text")) + MESSAGE
    case = run(
        els("startEvent:s userTask:a,b endEvent:e,e2")
        + el("boundaryEvent", "m", event, attachedToRef="a")
        + flows("s->a->e", "m->b->e2")
    )

    case.message("m", other="x")
    assert (case.open(), case.held()) == ([], ["m"])
    case.retry("m", body={"text": "T"})

    assert case.open() == ["b"]
    assert case.variables["got"] == "T"


def test_a_failing_output_of_a_sub_process_is_tried_again_without_running_it(run):
    inner = els("startEvent:s1 userTask:u") + flows("s1->u")
    sub = el("subProcess", "sp", zeebe(mapping(outputs="out<-late")) + inner)
    case = run(els("startEvent:s userTask:z") + sub + flows("s->sp->z"))

    assert case.do("u").held() == ["sp"]
    assert case.retry("sp", late=1).open() == ["z"]
    assert case.variables == {"late": 1, "out": 1}


def test_a_failing_script_can_be_tried_again(run):
    script = zeebe('<zeebe:script expression="=x + 1" resultVariable="y"/>')
    case = run(
        els("startEvent:s endEvent:e")
        + el("scriptTask", "c", script)
        + flows("s->c->e"),
        {"x": "text"},
    )

    assert case.held() == ["c"]
    case.case.retry(next(iter(case.incidents)), {"x": 2})
    case.after()

    assert case.case.completed
    assert case.variables["y"] == 3


def test_a_circle_of_automatic_elements_is_stopped_and_can_go_on(define):
    case = Run(
        define(
            els("startEvent:s userTask:z endEvent:e task:m parallelGateway:f")
            + el("exclusiveGateway", "x", default="x_m")
            + flows("s->f->m->x", "f->z->e", "x->m", "x->e ? =stop")
        ),
        {"stop": False},
    )

    assert [one.kind for one in case.incidents.values()] == ["budget"]
    assert case.open() == ["z"]
    element = case.held()[0]
    case.retry(element, stop=True)

    assert case.do("z").case.completed


def test_an_incident_inside_what_is_interrupted_is_void(run):
    inner = els("startEvent:s1 task:t1") + el(
        "userTask", "u", zeebe(mapping(inputs="y<-boom"))
    )
    case = run(
        els("startEvent:s userTask:b,z")
        + el("subProcess", "sp", inner + flows("s1->t1->u"))
        + el("boundaryEvent", "t", timer(), attachedToRef="sp")
        + flows("s->sp->z", "t->b")
    )
    assert case.held() == ["u"]

    assert case.fire("t").open() == ["b"]
    assert case.held() == []


def test_a_circle_whose_steps_cost_much_is_stopped_by_their_time(define, monkeypatch):
    monkeypatch.setattr(running, "STEP_SECONDS", 0.0)
    circle = els("startEvent:s userTask:z task:m") + el(
        "exclusiveGateway", "x", default="x_m"
    )
    case = Run(
        define(circle + flows("s->m->x", "x->m", "x->z ? =stop")), {"stop": False}
    )

    (incident,) = case.incidents.values()
    assert incident.kind == "budget"
    assert incident.detail["steps"] == running.LOOK_EVERY
    case.retry(case.held()[0], stop=True)

    assert case.open() == ["z"]
