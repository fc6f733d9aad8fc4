"""Multi-instance and loops: how often, in which order, with which variables."""

import time
from decimal import Decimal

import pytest
from engine_kit import (
    JOB,
    MESSAGE,
    RESULTS,
    Run,
    drawing,
    el,
    els,
    error,
    event_sub,
    flows,
    loop,
    mapping,
    multi,
    timer,
    with_task,
    zeebe,
)

from workflows import engine

BOTH = pytest.mark.parametrize("sequential", ["true", "false"])


def behind(task, extra="", ways=()):
    """The task `a`, and the task `z` behind it."""
    return (
        els("startEvent:s userTask:z endEvent:e")
        + task
        + extra
        + flows("s->a->z->e", *ways)
    )


def items(case):
    """What the open items of `a` were given, in order."""
    return [case.case.visible(token)["it"] for token in case.tokens("a")]


def sub(repeated, inner="", follow="s1->u->e1", extensions=""):
    body = els("startEvent:s1 userTask:u endEvent:e1") + inner + flows(follow)
    return el("subProcess", "a", extensions + repeated + body)


def test_parallel_items_are_open_together_and_end_in_any_order(run):
    case = run(behind(el("userTask", "a", multi(**RESULTS))), {"xs": [10, 20, 30]})
    assert items(case) == [10, 20, 30]

    case.do("a", 2, r=31).do("a", 0, r=11)
    assert case.open() == ["a"]
    case.do("a", r=21)

    assert case.open() == ["z"]
    assert case.variables == {"xs": [10, 20, 30], "rs": [11, 21, 31]}
    assert case.entered().count("a") == case.completed().count("a") == 1
    assert case.do("z").case.completed


def test_sequential_items_come_one_after_the_other(run):
    case = run(
        behind(el("userTask", "a", multi("true", **RESULTS))), {"xs": [10, 20, 30]}
    )

    for item in (10, 20, 30):
        assert items(case) == [item]
        case.do("a", r=item + 1)

    assert case.variables["rs"] == [11, 21, 31]
    assert case.open() == ["z"]
    assert len(case.effects(engine.TaskOpened)) == 4


@BOTH
def test_the_list_is_read_once(run, sequential):
    case = run(behind(el("userTask", "a", multi(sequential))), {"xs": [1, 2]})

    case.do("a", xs=[7, 8, 9])

    assert items(case) == [2]
    assert case.do("a").open() == ["z"]


@BOTH
@pytest.mark.parametrize(
    "task",
    [
        el("userTask", "a", multi(cardinality="=0")),
        el("manualTask", "a", multi()),
        el("serviceTask", "a", zeebe(JOB) + multi(**RESULTS)),
        el("subProcess", "a", multi() + els("startEvent:s1 userTask:u")),
    ],
)
def test_without_items_it_is_done_at_once(run, sequential, task):
    task = task.replace('isSequential="false"', f'isSequential="{sequential}"')
    case = run(
        behind(
            task.replace("</bpmn:subProcess>", flows("s1->u") + "</bpmn:subProcess>")
        ),
        {"xs": []},
    )

    assert case.open() == ["z"]
    assert case.entered().count("a") == case.completed().count("a") == 1
    assert case.variables.get("rs", []) == []


@BOTH
def test_as_often_as_a_number_says(run, sequential):
    task = el("userTask", "a", multi(sequential, cardinality="=n"))
    case = run(behind(task), {"n": 3})
    counters = []

    while "a" in case.open():
        counters.append(case.case.visible(case.token("a"))["loopCounter"])
        case.do("a")

    assert counters == [1, 2, 3]
    assert case.open() == ["z"]


def test_a_number_may_be_written_as_it_is(run):
    case = run(behind(el("userTask", "a", multi(cardinality="2"))))

    assert case.open() == ["a", "a"]


@BOTH
def test_jobs_scripts_and_abstract_tasks_repeat(run, sequential):
    script = zeebe('<zeebe:script expression="=it * loopCounter" resultVariable="r"/>')
    job = zeebe(JOB + mapping("double<-it * 2", "r<-answer"))
    case = run(
        els("startEvent:s endEvent:e")
        + el("task", "t", multi(sequential))
        + el("scriptTask", "c", script + multi(sequential, **RESULTS))
        + el(
            "sendTask",
            "j",
            job + multi(sequential, outputCollection="ys", outputElement="=r"),
        )
        + flows("s->t->c->j->e"),
        {"xs": [5, 6]},
    )
    assert case.variables["rs"] == [5, 12]

    for answer in (1, 2):
        opened = case.effects(engine.JobOpened)[answer - 1]
        assert opened.variables == {"double": opened.variables["double"]}
        case.do("j", answer=answer)

    assert [one.variables["double"] for one in case.effects(engine.JobOpened)] == [
        10,
        12,
    ]
    assert case.variables == {"xs": [5, 6], "rs": [5, 12], "ys": [1, 2]}
    assert case.case.completed


def test_parallel_items_do_not_overwrite_each_others_result(run):
    nested = multi(outputCollection="rs", outputElement="=r.part")
    case = run(behind(el("userTask", "a", nested)), {"xs": [1, 2]})

    case.do("a", 0, r={"part": "first"}).do("a", 0, r={"part": "second"})

    assert case.variables == {"xs": [1, 2], "rs": ["first", "second"]}


@BOTH
def test_what_an_item_writes_beside_its_result_lands_outside(run, sequential):
    task = el("userTask", "a", multi(sequential, **RESULTS))
    case = run(behind(task), {"xs": [1, 2], "n": 0})

    case.do("a", r=1, n=1).do("a", r=2, n=2, it=9)

    assert case.variables == {"xs": [1, 2], "n": 2, "rs": [1, 2]}


@BOTH
def test_embedded_sub_processes_have_scopes_of_their_own(run, sequential):
    inputs = zeebe(mapping("k<-it * 10", "last<-k"))
    inner = el("userTask", "v")
    task = sub(multi(sequential, **RESULTS), inner, "s1->u->v->e1", inputs)
    case = run(behind(task), {"xs": [1, 2]})
    order = []

    while "z" not in case.open():
        name = case.open()[0]
        seen = case.case.visible(case.token(name))
        order.append((name, seen["it"], seen["k"], seen["loopCounter"]))
        case.do(name, r=seen["it"] + 5) if name == "u" else case.do(name, k=seen["k"])

    parallel = [("u", 1), ("u", 2), ("v", 1), ("v", 2)]
    one_by_one = [("u", 1), ("v", 1), ("u", 2), ("v", 2)]
    expected = one_by_one if sequential == "true" else parallel
    assert order == [(name, it, it * 10, it) for name, it in expected]
    assert case.variables == {"xs": [1, 2], "rs": [6, 7], "last": 20}
    assert case.case._process.subprocesses == {}


@BOTH
def test_a_completion_condition_ends_it_early(run, sequential):
    task = el("userTask", "a", multi(sequential, "=enough", **RESULTS))
    case = run(behind(task), {"xs": [1, 2, 3, 4], "enough": False})

    case.do("a", r="x")
    case.do("a", r="y", enough=True)

    assert case.open() == ["z"]
    assert case.variables["rs"] == ["x", "y", None, None]
    open_at_once = 0 if sequential == "true" else 2
    canceled = [one for one in case.effects(engine.TaskClosed) if one.canceled]
    assert len(canceled) == open_at_once
    assert case.do("z").case.completed


@pytest.mark.parametrize(
    ("condition", "done"),
    [
        ("=numberOfCompletedInstances >= 2", 2),
        ("=numberOfActiveInstances = 1", 3),
        ("=numberOfCompletedInstances / numberOfInstances >= 0.5", 2),
        ('=count(rs[item = "yes"]) = 1', 1),
        ('=r = "yes" and it = 1', 1),
        ("=numberOfTerminatedInstances > 0", 4),
    ],
)
def test_what_a_completion_condition_sees(run, condition, done):
    condition = condition.replace(">", "&gt;")
    task = el("userTask", "a", multi(condition=condition, **RESULTS))
    case = run(behind(task), {"xs": [1, 2, 3, 4]})

    for _ in range(done):
        assert "z" not in case.open()
        case.do("a", r="yes")

    assert case.open() == ["z"]


def test_automatic_items_stop_where_the_condition_holds(run):
    script = zeebe('<zeebe:script expression="=it" resultVariable="last"/>')
    task = el("scriptTask", "a", script + multi(condition="=last = 2"))
    case = run(behind(task), {"xs": [1, 2, 3, 4], "last": 0})

    assert case.open() == ["z"]
    assert case.variables["last"] == 2


@BOTH
def test_a_failing_output_holds_its_item_and_changes_nothing(run, sequential):
    task = el(
        "userTask",
        "a",
        multi(sequential, outputCollection="rs", outputElement="=r + late"),
    )
    case = run(behind(task), {"xs": [1, 2]})

    case.do("a", r=1, other=5)
    assert case.held() == ["a"]
    assert "other" not in case.variables
    case.retry("a", late=10)
    case.do("a", r=2)

    assert case.variables["rs"] == [11, 12]
    assert (case.variables["other"], case.variables["late"]) == (5, 10)
    assert case.open() == ["z"]


def test_a_condition_that_is_neither_true_nor_false_holds_its_item(run):
    case = run(
        behind(el("userTask", "a", multi(condition="=enough"))),
        {"xs": [1, 2], "enough": 5},
    )

    assert case.do("a").held() == ["a"]
    assert case.retry("a", enough=True).open() == ["z"]


@pytest.mark.parametrize(
    "repeated",
    [
        multi(),
        multi(cardinality="=xs"),
        multi(cardinality="=-1"),
        multi(cardinality="=1.5"),
        multi(cardinality="=501"),
    ],
)
def test_a_list_or_number_that_is_none_holds_the_activity(run, repeated):
    case = run(behind(el("userTask", "a", repeated)), {"xs": "text"})

    assert (case.open(), case.held()) == ([], ["a"])
    assert case.entered().count("a") == 1


def test_five_hundred_run_in_parallel_and_more_one_after_the_other(define):
    body = behind(el("userTask", "a", multi(cardinality="=500")))
    assert len(Run(define(body), keep=True).tokens("a")) == 500
    body = behind(el("userTask", "a", multi("true", cardinality="=501")))
    assert len(Run(define(body), keep=True).tokens("a")) == 1


def interrupted(task, event=""):
    event = event or timer()
    return (
        els("startEvent:s userTask:z,b endEvent:e,e2")
        + task
        + el("boundaryEvent", "t", event, attachedToRef="a")
        + flows("s->a->z->e", "t->b->e2")
    )


@BOTH
def test_one_boundary_event_watches_the_whole(run, sequential):
    case = run(
        interrupted(el("userTask", "a", multi(sequential, **RESULTS))),
        {"xs": [1, 2, 3]},
    )
    assert len(case.tokens("t")) == 1
    case.do("a", r=1)
    assert len(case.tokens("t")) == 1

    assert case.fire("t").open() == ["b"]
    assert case.canceled() == ["a"]
    assert "rs" not in case.variables
    assert case.do("b").case.completed


def test_work_that_is_done_disarms_the_boundary_event_once(run):
    case = run(interrupted(el("userTask", "a", multi())), {"xs": [1, 2]})

    assert case.do("a").do("a").open() == ["z"]
    assert len(case.effects(engine.TimerDisarmed)) == 1


@BOTH
def test_an_interruption_leaves_nothing_of_sub_processes(run, sequential):
    inner = (
        el("intermediateCatchEvent", "w", timer("P9D"))
        + els("parallelGateway:f")
        + flows("s1->f", "f->w->e1")
        + event_sub(MESSAGE, "false")
    )
    task = sub(multi(sequential), inner, "f->u->e1")
    case = run(interrupted(task), {"xs": [1, 2]})
    case.message("es")

    assert case.fire("t").open() == ["b"]
    assert case.case._process.subprocesses == {}
    assert case.do("b").case.completed


def test_the_error_of_one_item_ends_them_all(run):
    case = run(
        interrupted(el("serviceTask", "a", zeebe(JOB) + multi()), error()),
        {"xs": [1, 2, 3]},
    )

    token = case.token("a", 1)
    assert case.case.throw_error(token, "E1", {"why": "x"})
    case.after()

    assert case.open() == ["b"]
    assert case.variables["why"] == "x"
    closed = [one.canceled for one in case.effects(engine.JobClosed)]
    assert sorted(closed) == [False, True, True]


def test_an_error_inside_one_sub_process_ends_them_all(run):
    inner = el("endEvent", "er", error()) + els("exclusiveGateway:x")
    inner += flows("x->er ? =not(ok)", "x->e1 ? =ok")
    case = run(interrupted(sub(multi(), inner, "s1->u->x"), error()), {"xs": [1, 2, 3]})

    case.do("u", ok=True).do("u", ok=False)

    assert case.open() == ["b"]
    assert case.case._process.subprocesses == {}


def test_an_event_sub_process_inside_an_item_is_that_items(run):
    inner = event_sub(MESSAGE, "true")
    case = run(behind(sub(multi(), inner)), {"xs": [1, 2]})
    assert case.open() == ["es", "es", "u", "u"]

    case.message("es")
    assert case.open() == ["es", "h", "u"]

    assert case.do("h").do("u").open() == ["z"]


def test_a_case_that_is_canceled_leaves_no_item(run):
    case = run(behind(sub(multi())), {"xs": [1, 2]})

    case.case.cancel()
    case.after()

    assert case.open() == []


def test_a_multi_instance_inside_another(run):
    inner = el(
        "userTask",
        "u",
        multi(inputCollection="=it", inputElement="part", **RESULTS),
    )
    outer = (
        multi("true", outputCollection="all", outputElement="=rs")
        + els("startEvent:s1 endEvent:e1")
        + inner
        + flows("s1->u->e1")
    )
    case = run(behind(el("subProcess", "a", outer)), {"xs": [[1, 2], [3]]})

    case.do("u", 1, r=2).do("u", r=1)
    assert case.case.visible(case.token("u"))["part"] == 3
    case.do("u", r=3)

    assert case.open() == ["z"]
    assert case.variables == {"xs": [[1, 2], [3]], "all": [[1, 2], [3]]}


def test_the_body_is_no_task(run):
    case = run(behind(el("userTask", "a", multi())), {"xs": [1]})
    body = case.effects(engine.ElementEntered)[-1].token

    with pytest.raises(engine.TokenNotWaiting):
        case.case.finish(body, {})


def test_a_loop_runs_once_and_on_while_its_condition_holds(run):
    case = run(behind(el("userTask", "a", loop("=again"))))

    case.do("a", again=True).do("a", again=True)
    assert case.case.visible(case.token("a"))["loopCounter"] == 3
    case.do("a", again=False)

    assert case.open() == ["z"]
    assert case.entered().count("a") == case.completed().count("a") == 1
    assert case.variables == {"again": False}


@pytest.mark.parametrize(("again", "open_"), [(True, ["a"]), (False, ["z"])])
def test_a_loop_may_ask_before_the_first_time(run, again, open_):
    case = run(
        behind(el("userTask", "a", loop("=again", testBefore="true"))), {"again": again}
    )

    assert case.open() == open_
    if again:
        assert case.do("a", again=False).open() == ["z"]


def test_a_loop_ends_at_its_maximum(run):
    body = behind(el("userTask", "a", loop("=true", loopMaximum="2")))

    assert run(body).do("a").open() == ["a"]
    assert run(body).do("a").do("a").open() == ["z"]
    body = behind(el("userTask", "a", loop(loopMaximum="1")))
    assert run(body).do("a").open() == ["z"]


def test_a_loop_over_a_sub_process_begins_anew_each_time(run):
    body = behind(sub(loop("=loopCounter &lt; 2"), extensions=zeebe(mapping("k<-1"))))
    case = run(body)

    case.do("u", k=5)
    assert case.case.visible(case.token("u"))["k"] == 1

    assert case.do("u").open() == ["z"]
    assert case.variables == {}


def test_a_loop_is_interrupted_as_a_whole(run):
    case = run(interrupted(sub(loop("=true"))))

    case.do("u").do("u")
    assert case.open() == ["t", "u"]

    assert case.fire("t").open() == ["b"]


def test_an_endless_loop_without_a_person_is_stopped(define):
    case = Run(define(behind(el("task", "a", loop("=true")))))

    assert [one.kind for one in case.incidents.values()] == ["budget"]


WRONG = {
    "neither list nor number": multi(inputCollection="", inputElement=""),
    "list and number": multi(cardinality="=2", inputCollection="=xs"),
    "list that is no FEEL": multi(inputCollection="xs"),
    "number that is none": multi(cardinality="two"),
    "item without list": multi(cardinality="=2", inputElement="it"),
    "outputs without name": multi(outputElement="=r"),
    "outputs without value": multi(outputCollection="rs"),
    "output that is no FEEL": multi(outputCollection="rs", outputElement="r"),
    "condition that is no FEEL": multi(condition="enough"),
    "endless loop": loop(),
    "loop condition that is no FEEL": loop("again"),
    "maximum of none": loop(loopMaximum="0"),
    "maximum below none": loop(loopMaximum="-1"),
}


@pytest.mark.parametrize("what", WRONG)
def test_repetitions_that_cannot_run_are_refused(refused, what):
    found = refused(drawing(with_task(el("userTask", "a", WRONG[what]))))

    assert {(one.rule, one.element_id) for one in found} == {
        ("repetition-invalid", "a")
    }


@pytest.mark.parametrize(
    ("body", "rule"),
    [
        (with_task(el("userTask", "a", multi() + loop("=x"))), "repetition-misplaced"),
        (
            with_task(el("userTask", "a", multi(inputElement="a.b"))),
            "variable-name-invalid",
        ),
        (
            with_task(el("receiveTask", "a", multi(), messageRef="msg1")),
            "element-misplaced",
        ),
        (
            with_task(
                el("userTask", "a", multi().replace("><", ' behavior="None"><', 1))
            ),
            "attribute-not-run",
        ),
        (with_task(el("userTask", "a", multi(condition="=1 +"))), "feel-syntax"),
    ],
)
def test_repetitions_out_of_place_are_refused(refused, body, rule):
    assert rule in {one.rule for one in refused(drawing(body))}


def test_an_event_sub_process_cannot_repeat(refused):
    repeated = event_sub(MESSAGE, "true").replace(
        "</bpmn:subProcess>", multi() + "</bpmn:subProcess>"
    )
    body = els("startEvent:s endEvent:e") + repeated + flows("s->e")

    assert [one.rule for one in refused(drawing(body))] == ["repetition-misplaced"]


def cost_of_steps(define, count, sequential, steps):
    """Seconds that each step takes, its save and restore included."""
    task = el("userTask", "a", multi(sequential, **RESULTS))
    values = {"xs": [Decimal(n) for n in range(count)]}
    case = Run(define(behind(task)), values)
    spent = []
    for _ in range(steps):
        token = case.token("a")
        began = time.perf_counter()
        case.case = engine.Case.restore(
            case.definition, case.case.save(), case.environment
        )
        case.case.finish(token, {"r": Decimal(1)})
        spent.append(time.perf_counter() - began)
        case.after()
    return spent


def test_the_last_of_a_thousand_items_costs_no_more_than_the_first(define):
    spent = cost_of_steps(define, 1000, "true", 1000)

    assert min(spent[-20:]) < 1.5 * min(spent[:20])


def test_one_of_five_hundred_parallel_items_costs_little_more_than_one_of_ten(define):
    """The step itself; a save is as large as what is open."""
    task = el("userTask", "a", multi(**RESULTS))

    def cost(count):
        values = {"xs": [Decimal(n) for n in range(count)]}
        case = Run(define(behind(task)), values, keep=True)
        spent = []
        for token in case.tokens("a")[:9]:
            began = time.perf_counter()
            case.case.finish(token, {"r": Decimal(1)})
            spent.append(time.perf_counter() - began)
        return min(spent)

    assert cost(500) < 10 * cost(10)
