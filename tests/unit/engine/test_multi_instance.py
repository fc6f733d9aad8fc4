"""Multi-instance: how often, in which order, with which variables."""

import pytest
from engine_kit import (
    JOB,
    RESULTS,
    Run,
    el,
    els,
    flows,
    mapping,
    multi,
    zeebe,
)
from repetition_kit import BOTH, behind, items, sub

from workflows import engine


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
def test_the_output_may_be_the_counter(run, sequential):
    counted = multi(sequential, outputCollection="ns", outputElement="=loopCounter")
    case = run(behind(el("task", "a", counted)), {"xs": ["p", "q"]})

    assert case.variables["ns"] == [1, 2]


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
