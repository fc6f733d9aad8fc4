"""What runs, in which order, with which variables, and what is left behind."""

from datetime import timedelta
from decimal import Decimal

import pytest
from engine_kit import (
    ANY_ERROR,
    MESSAGE,
    NOON,
    OTHER_MESSAGE,
    TERMINATE,
    Run,
    el,
    els,
    error,
    event_sub,
    flows,
    mapping,
    timer,
    zeebe,
)

from workflows import engine, feel


@pytest.mark.parametrize("first", ["a", "b"])
def test_branches_that_write_different_variables_keep_both_at_the_join(run, first):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b,z endEvent:e")
        + flows("s->f", "f->a->j", "f->b->j", "j->z->e"),
        {"status": "new"},
    )
    second = {"a": "b", "b": "a"}[first]
    written = {"a": {"status": "done", "p": 1}, "b": {"q": 2}}

    case.do(first, **written[first])
    case.do(second, **written[second])

    assert case.open() == ["z"]
    assert case.variables == {"status": "done", "p": 1, "q": 2}


def test_every_step_is_reported_in_order(run):
    case = run(els("startEvent:s task:t userTask:a endEvent:e") + flows("s->t->a->e"))

    case.do("a")

    assert case.entered() == ["s", "t", "a", "e"]
    assert case.completed() == ["s", "t", "a", "e"]
    taken = [one.flows for one in case.effects(engine.ElementCompleted)]
    assert taken == [("s_t",), ("t_a",), ("a_e",), ()]
    assert isinstance(case.log[-1], engine.CaseEnded)
    assert case.log[-1].ended_by is None
    assert case.case.completed


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


@pytest.mark.parametrize(("x", "way"), [(0, "c"), (1, "a"), (5, "a")])
def test_an_exclusive_gateway_takes_the_first_flow_that_holds(run, x, way):
    case = run(
        els("startEvent:s userTask:a,b,c endEvent:e")
        + el("exclusiveGateway", "g", default="g_c")
        + flows("s->g", "g->a ? =x > 0", "g->b ? =x > 3", "g->c")
        + flows("a->e", "b->e", "c->e"),
        {"x": x},
    )

    assert case.open() == [way]


@pytest.mark.parametrize(("x", "ways"), [(0, ["d"]), (2, ["b"]), (3, ["b", "c"])])
def test_conditional_flows_of_a_task(run, x, ways):
    case = run(
        els("startEvent:s userTask:b,c,d endEvent:e")
        + el("userTask", "a", default="a_d")
        + flows("s->a", "a->b ? =x > 1", "a->c ? =x > 2", "a->d")
        + flows("b->e", "c->e", "d->e")
    )

    assert case.do("a", x=x).open() == ways


def test_unconditional_flows_of_a_task_are_always_taken(run):
    body = els("startEvent:s userTask:a,b,d endEvent:e") + flows(
        "s->a", "a->b ? =x > 1", "a->d", "b->e", "d->e"
    )

    assert run(body).do("a", x=2).open() == ["b", "d"]
    assert run(body).do("a", x=0).open() == ["d"]


def test_several_flows_split_and_merge_without_gateways(run):
    case = run(
        els("startEvent:s userTask:a,b,c,z endEvent:e")
        + flows("s->a", "a->b->z", "a->c->z", "z->e")
    )

    assert case.do("a").open() == ["b", "c"]
    assert case.do("b").do("c").open() == ["z", "z"]
    assert not case.do("z").case.completed
    assert case.do("z").case.completed


def test_a_second_token_on_one_flow_of_a_join_waits_for_the_next_turn(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b,c,d,k endEvent:e")
        + els("task:m1,m2")
        + flows("s->f", "f->a->m1", "f->b->m1", "m1->j")
        + flows("f->c->m2", "f->d->m2", "m2->j", "j->k->e")
    )

    assert case.do("a").do("b").open() == ["c", "d"]
    assert case.do("c").open() == ["d", "k"]
    assert case.do("d").open() == ["k", "k"]
    assert case.do("k").do("k").case.completed


def test_a_join_in_a_loop_fires_once_a_turn(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b endEvent:e task:m")
        + el("exclusiveGateway", "x", default="x_e")
        + flows("s->m->f", "f->a->j", "f->b->j", "j->x", "x->m ? =n < 3", "x->e"),
        {"n": 0},
    )

    for turn in (1, 2, 3):
        case.do("a", n=turn).do("b")

    assert case.case.completed
    assert case.entered().count("j") == 3


def test_the_tree_and_the_save_do_not_grow_with_the_turns_of_a_loop(define):
    case = Run(
        define(
            els("startEvent:s userTask:a endEvent:e task:m")
            + el("exclusiveGateway", "x", default="x_e")
            + flows("s->m->a->x", "x->m ? =n < 1000", "x->e")
        ),
        {"n": 100},
    )
    before = len(case.case.save())

    for turn in range(101, 1000):
        case.do("a", n=turn)

    assert len(case.case.save()) == before
    assert len(case.case._process.tasks) == 2
    assert case.do("a", n=1000).case.completed


def test_a_thousand_turns_without_a_person_need_no_recursion(define):
    script = zeebe('<zeebe:script expression="=n + 1" resultVariable="n"/>')
    case = Run(
        define(
            els("startEvent:s userTask:z endEvent:e")
            + el("scriptTask", "c", script)
            + el("exclusiveGateway", "x", default="x_z")
            + flows("s->c->x", "x->c ? =n < 1000", "x->z", "z->e")
        ),
        {"n": 0},
        keep=True,
    )

    assert case.variables["n"] == 1000
    assert case.open() == ["z"]


def test_twelve_pairs_of_parallel_gateways_start_with_few_tokens(define):
    gateways = "".join(
        els(f"parallelGateway:f{n},j{n} task:a{n},b{n}") for n in range(12)
    )
    chains = [
        chain
        for n in range(12)
        for chain in (f"f{n}->a{n}->j{n}", f"f{n}->b{n}->j{n}", f"j{n}->f{n + 1}")
    ]
    last = chains.pop()
    assert last == "j11->f12"
    case = Run(
        define(
            els("startEvent:s userTask:u endEvent:e")
            + gateways
            + flows("s->u->f0", *chains, "j11->e")
        )
    )

    assert len(case.case._process.tasks) <= 30
    assert case.do("u").case.completed


def test_two_thousand_elements_in_a_row_are_read_and_run(define):
    names = [f"t{n}" for n in range(2000)]
    case = Run(
        define(
            els("startEvent:s userTask:z endEvent:e")
            + els("task:" + ",".join(names))
            + flows("->".join(["s", *names, "z", "e"]))
        ),
        keep=True,
    )

    assert case.open() == ["z"]
    assert len(case.case._process.tasks) == 2


def test_a_timer_event_waits_for_its_moment(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("intermediateCatchEvent", "c", timer("=at", "timeDate"))
        + flows("s->c->z->e"),
        {"at": NOON + timedelta(days=3)},
    )

    assert case.effects(engine.TimerArmed)[0].due_at == NOON + timedelta(days=3)
    assert case.fire("c").open() == ["z"]


@pytest.mark.parametrize(
    ("text", "kind", "due"),
    [
        ("PT30M", "timeDuration", "2026-08-20T07:30:00+00:00"),
        ('=duration("PT30M")', "timeDuration", "2026-08-20T07:30:00+00:00"),
        ('=duration("-PT1H")', "timeDuration", "2026-08-20T06:00:00+00:00"),
        ('=duration("P1M")', "timeDuration", "2026-09-20T07:00:00+00:00"),
        ("P1D", "timeDuration", "2026-08-21T07:00:00+00:00"),
        ("=text", "timeDuration", "2026-08-20T08:00:00+00:00"),
        ("2026-08-25T09:00:00+05:00", "timeDate", "2026-08-25T04:00:00+00:00"),
        ("2026-08-25T09:00:00", "timeDate", "2026-08-25T04:00:00+00:00"),
        ("=add working days(now(), 1)", "timeDate", "2026-08-21T13:30:00+00:00"),
    ],
)
def test_due_times(run, text, kind, due):
    case = run(
        els("startEvent:s endEvent:e")
        + el("intermediateCatchEvent", "c", timer(text, kind))
        + flows("s->c->e"),
        {"text": "PT1H"},
    )

    assert case.effects(engine.TimerArmed)[0].due_at.isoformat() == due


def test_a_message_event_waits_with_its_key_and_writes_what_comes(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("intermediateCatchEvent", "c", MESSAGE)
        + flows("s->c->z->e"),
        {"key": 17},
    )
    awaited = case.effects(engine.MessageAwaited)[0]

    case.message("c", p="x")

    assert (awaited.name, awaited.correlation_key) == ("M1", "17")
    assert case.open() == ["z"]
    assert case.variables == {"p": "x"}


def test_a_receive_task_can_be_late(run):
    case = run(
        els("startEvent:s userTask:z,l endEvent:e,e2")
        + el("receiveTask", "r", messageRef="msg2")
        + el("boundaryEvent", "b", timer(), attachedToRef="r")
        + flows("s->r->z->e", "b->l->e2")
    )
    assert case.effects(engine.MessageAwaited)[0].correlation_key is None

    case.fire("b")

    assert case.open() == ["l"]
    assert case.canceled() == ["r"]


def late_body(cancel):
    return (
        els("startEvent:s userTask:a,b,z endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="a", cancelActivity=cancel)
        + flows("s->a->z->e", "t->b->e2")
    )


def test_a_non_interrupting_timer_lets_the_work_go_on(run):
    case = run(late_body("false"))
    assert case.effects(engine.TimerArmed)[0].due_at == NOON + timedelta(hours=1)

    assert case.fire("t").open() == ["a", "b"]
    assert case.do("a").open() == ["b", "z"]
    assert not case.do("z").case.completed
    assert case.do("b").case.completed
    assert case.effects(engine.TimerDisarmed) == []


def test_an_interrupting_timer_takes_the_work_away(run):
    case = run(late_body("true"))

    assert case.fire("t").open() == ["b"]
    assert case.canceled() == ["a"]
    assert case.do("b").case.completed


def test_work_done_in_time_disarms_the_timer(run):
    case = run(late_body("true"))

    assert case.do("a").open() == ["z"]
    assert len(case.effects(engine.TimerDisarmed)) == 1


def test_a_non_interrupting_message_is_heard_again_and_again(run):
    case = run(
        els("startEvent:s userTask:a,b endEvent:e,e2")
        + el("boundaryEvent", "m", MESSAGE, attachedToRef="a", cancelActivity="false")
        + flows("s->a->e", "m->b->e2")
    )

    case.message("m", p="1").message("m", p="2")

    assert case.open() == ["a", "b", "b", "m"]
    keys = {one.correlation_key for one in case.effects(engine.MessageAwaited)}
    assert keys == {"K"}
    assert case.do("a").open() == ["b", "b"]
    assert case.do("b").do("b").case.completed


def test_an_interrupting_timer_on_a_sub_process_leaves_nothing_of_it(run):
    inner = (
        els("startEvent:s1 parallelGateway:f userTask:u,v endEvent:e1")
        + el("intermediateCatchEvent", "w", timer("P9D"))
        + flows("s1->f", "f->u->e1", "f->v->e1", "f->w->e1")
    )
    case = run(
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + el("subProcess", "sp", inner)
        + el("boundaryEvent", "t", timer(), attachedToRef="sp")
        + flows("s->sp->z->e", "t->b->e2")
    )
    assert case.open() == ["t", "u", "v", "w"]

    assert case.fire("t").open() == ["b"]
    assert sorted(case.canceled()) == ["sp", "u", "v", "w"]
    assert case.do("b").case.completed


def withdrawal(start="es"):
    return el(
        "subProcess",
        "held",
        els("startEvent:hs endEvent:he")
        + el("intermediateCatchEvent", "until", timer("P5D"))
        + flows("hs->until->he")
        + event_sub(
            MESSAGE,
            "true",
            els("serviceTask:free endEvent:we") + flows(f"{start}->free->we"),
            node_id=f"{start}p",
            start=start,
        ),
    )


def test_a_withdrawal_interrupts_the_wait_inside_its_sub_process(run):
    case = run(els("startEvent:s endEvent:e") + withdrawal() + flows("s->held->e"))
    assert case.open() == ["es", "until"]

    case.message("es", reason="moved")

    assert case.open() == ["free"]
    assert case.variables == {"reason": "moved"}
    assert case.canceled() == ["until"]
    assert case.do("free").case.completed
    assert case.completed()[-3:] == ["esp", "held", "e"]


def test_without_a_withdrawal_nothing_of_it_is_left(run):
    case = run(els("startEvent:s endEvent:e") + withdrawal() + flows("s->held->e"))

    case.fire("until")

    assert case.case.completed
    assert len(case.effects(engine.MessageForgotten)) == 1
    assert "esp" not in case.entered()


def test_an_event_sub_process_of_the_process_interrupts_all_of_it(run):
    inner = els("startEvent:i1 userTask:k endEvent:i2") + flows("i1->k->i2")
    case = run(
        els("startEvent:s endEvent:e")
        + el("subProcess", "sp", inner)
        + event_sub(MESSAGE, "true")
        + event_sub(timer(), "true", els("endEvent:te") + flows("ts->te"), "esp2", "ts")
        + flows("s->sp->e")
    )

    assert case.message("es").open() == ["h"]
    assert case.do("h").case.completed


def test_a_non_interrupting_event_sub_process_runs_beside_the_rest(run):
    case = run(
        els("startEvent:s userTask:u endEvent:e")
        + event_sub(OTHER_MESSAGE, "false")
        + flows("s->u->e")
    )

    case.message("es").message("es")

    assert case.open() == ["es", "h", "h", "u"]
    assert not case.do("h").do("u").case.completed
    assert case.do("h").case.completed


def test_a_timer_event_sub_process_that_never_fires_does_not_hold_the_case(run):
    case = run(
        els("startEvent:s userTask:u endEvent:e")
        + event_sub(timer("P30D"), "false")
        + flows("s->u->e")
    )

    assert case.do("u").case.completed
    assert len(case.effects(engine.TimerDisarmed)) == 1


def test_a_timer_event_sub_process_fires_once(run):
    case = run(
        els("startEvent:s userTask:u endEvent:e")
        + event_sub(timer("P30D"), "false")
        + flows("s->u->e")
    )

    assert case.fire("es").open() == ["h", "u"]
    assert case.do("u").do("h").case.completed


def job_with(boundaries, follow):
    return (
        els("startEvent:s serviceTask:a userTask:z endEvent:e,e2")
        + boundaries
        + flows("s->a->z->e", *follow)
    )


def test_the_error_of_a_job_is_caught_by_its_exact_code_first(run):
    case = run(
        job_with(
            el("boundaryEvent", "any", ANY_ERROR, attachedToRef="a")
            + el("boundaryEvent", "b2", error("err2"), attachedToRef="a")
            + els("userTask:x,y"),
            ["any->x->e2", "b2->y->e2"],
        )
    )

    assert case.throw("a", "E2", why="late")

    assert case.open() == ["y"]
    assert case.variables == {"why": "late"}
    closed = case.effects(engine.JobClosed)
    assert [one.canceled for one in closed] == [False]
    assert case.canceled() == ["a"]


def test_an_error_that_nothing_catches_changes_nothing(run):
    case = run(
        job_with(
            el("boundaryEvent", "b1", error("err1"), attachedToRef="a")
            + els("userTask:y"),
            ["b1->y->e2"],
        )
    )
    before = case.case.save()

    assert not case.throw("a", "E2")

    assert case.case.save() == before
    assert case.open() == ["a"]
    assert case.do("a").open() == ["z"]


def failing_sub(extra="", end="err1"):
    return el(
        "subProcess",
        "sp",
        els("startEvent:s1 parallelGateway:f userTask:u,w,x1 endEvent:se,se2")
        + el("boundaryEvent", "bw", error("err1"), attachedToRef="w")
        + el("endEvent", "er", error(end))
        + flows("s1->f", "f->u->er", "f->w->se", "bw->x1->se2")
        + extra,
    )


def test_an_error_end_goes_outward_past_a_neighbour_that_would_catch_it(run):
    case = run(
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + failing_sub()
        + el("boundaryEvent", "be", error("err1"), attachedToRef="sp")
        + flows("s->sp->z->e", "be->b->e2")
    )

    assert case.do("u").open() == ["b"]
    assert "er" in case.completed()
    assert sorted(case.canceled()) == ["sp", "w"]


def test_an_error_event_sub_process_handles_inside_the_scope(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + failing_sub(event_sub(error("err1"), "true"))
        + flows("s->sp->z->e")
    )

    assert case.do("u").open() == ["h"]
    assert case.do("h").open() == ["z"]
    assert case.do("z").case.completed


def test_what_a_handler_throws_is_not_caught_beside_it(run):
    again = els("userTask:h") + el("endEvent", "ee", error("err1")) + flows("es->h->ee")
    case = run(
        els("startEvent:s userTask:b,z endEvent:e,e2")
        + failing_sub(event_sub(error("err1"), "true", again))
        + el("boundaryEvent", "be", error("err1"), attachedToRef="sp")
        + flows("s->sp->z->e", "be->b->e2")
    )

    assert case.do("u").do("h").open() == ["b"]


def test_an_error_caught_nowhere_ends_the_case_and_tells_a_person(run):
    case = run(
        els("startEvent:s userTask:z endEvent:e") + failing_sub() + flows("s->sp->z->e")
    )

    case.do("u")

    assert case.case.completed
    assert case.case.ended_by == {"kind": "error", "code": "E1", "element_id": "er"}
    raised = case.effects(engine.IncidentRaised)
    assert [(one.kind, one.element_id) for one in raised] == [("error", "er")]
    assert [one.ended_by["code"] for one in case.effects(engine.CaseEnded)] == ["E1"]


def test_terminate_ends_the_case(run):
    sub = els("startEvent:s1 userTask:u endEvent:e1") + flows("s1->u->e1")
    case = run(
        els("startEvent:s parallelGateway:f userTask:a endEvent:e")
        + el("subProcess", "sp", sub)
        + el("endEvent", "t", TERMINATE)
        + event_sub(MESSAGE, "true")
        + flows("s->f", "f->sp->e", "f->a->t")
    )

    case.do("a")

    assert case.case.completed
    assert case.case.ended_by == {"kind": "terminate", "code": None, "element_id": "t"}
    assert sorted(case.canceled()) == ["sp", "u"]
    assert len(case.effects(engine.CaseEnded)) == 1


def test_terminate_in_a_sub_process_ends_that_alone(run):
    sub = (
        els("startEvent:s1 parallelGateway:f userTask:u,v endEvent:e1")
        + el("endEvent", "t", TERMINATE)
        + flows("s1->f", "f->u->t", "f->v->e1")
    )
    case = run(
        els("startEvent:s parallelGateway:g userTask:y,z endEvent:e")
        + el("subProcess", "sp", sub)
        + flows("s->g", "g->sp->z->e", "g->y->e")
    )

    assert case.do("u").open() == ["y", "z"]
    assert case.do("y").do("z").case.ended_by is None


def test_a_sub_process_without_end_event_is_done_with_its_last_token(run):
    sub = els("startEvent:s1 userTask:u") + flows("s1->u")
    case = run(
        els("startEvent:s userTask:z endEvent:e")
        + el("subProcess", "sp", sub)
        + flows("s->sp->z->e")
    )

    assert case.do("u").open() == ["z"]


def test_a_canceled_case_leaves_nothing_open(run):
    case = run(
        els("startEvent:s parallelGateway:f,j userTask:a,b endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="a", cancelActivity="false")
        + event_sub(MESSAGE, "false")
        + withdrawal("ws")
        + flows("s->f", "f->a->j", "f->held->j", "j->e", "t->b->e2")
    )
    case.fire("t").message("es")
    assert case.open() == ["a", "b", "es", "h", "until", "ws"]

    case.case.cancel()
    case.after()

    assert case.case.completed
    assert case.case.ended_by["kind"] == "cancel"
    assert case.effects(engine.CaseEnded) == []


def test_a_token_that_does_not_wait_is_refused_and_nothing_changes(run):
    case = run(late_body("true"))
    task, clock = case.token("a"), case.token("t")
    before = case.case.save()

    with pytest.raises(engine.TokenNotWaiting):
        case.case.finish(clock, {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.fire(task)
    with pytest.raises(engine.TokenNotWaiting):
        case.case.deliver(clock, {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.throw_error(task, "E1", {})
    with pytest.raises(engine.TokenNotWaiting):
        case.case.retry(task)
    assert case.case.save() == before

    case.do("a")
    with pytest.raises(engine.TokenNotWaiting):
        case.case.finish(task, {})


def test_a_save_of_another_format_is_refused(define):
    case = Run(define(els("startEvent:s userTask:a") + flows("s->a")))

    with pytest.raises(engine.SavedByOther):
        engine.Case.restore(case.definition, '{"v":"99"}', case.environment)
    with pytest.raises(engine.SavedByOther):
        engine.Case.restore(case.definition, "[]", case.environment)


def test_values_of_every_type_survive_a_save(run):
    values = {
        "day": NOON.date(),
        "moment": NOON,
        "term": timedelta(days=2, minutes=1),
        "months": feel.YearsMonths(14),
        "list": [Decimal("0.10"), None, True, {"тип": "мәтін"}],
    }
    case = run(els("startEvent:s userTask:a") + flows("s->a"), values)

    assert case.variables == values


def test_ids_that_spiffworkflow_uses_itself_are_only_names(run):
    case = run(
        els("startEvent:Start task:Root userTask:End,a endEvent:p.EndJoin")
        + flows("Start->Root->End->a->p.EndJoin")
    )

    assert case.do("End").open() == ["a"]
    assert case.do("a").case.completed
