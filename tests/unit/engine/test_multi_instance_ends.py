"""Multi-instances that are interrupted, nested or canceled, and what is left."""

import pytest
from engine_kit import (
    JOB,
    MESSAGE,
    RESULTS,
    el,
    els,
    error,
    event_sub,
    flows,
    multi,
    timer,
    zeebe,
)
from repetition_kit import BOTH, behind, interrupted, sub

from workflows import engine


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
