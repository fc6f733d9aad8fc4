"""Call activities and receive tasks that run several times."""

import pytest
from engine_kit import (
    ANY_ESCALATION,
    ESCALATION,
    RESULTS,
    TERMINATE,
    Run,
    el,
    els,
    error,
    flows,
    loop,
    mapping,
    multi,
    timer,
    zeebe,
)
from repetition_kit import BOTH, behind, interrupted
from test_calls import CALLED, call

from workflows import engine


def seen(case, element, name):
    return [case.case.visible(token)[name] for token in case.tokens(element)]


@BOTH
def test_a_process_is_called_for_each_item(run, sequential):
    activity = call(repeated=multi(sequential, **RESULTS))
    case = run(behind(activity), {"xs": [10, 20, 30]}, called={"q": CALLED})
    at_once = 1 if sequential == "true" else 3
    assert seen(case, "u", "it") == [10, 20, 30][:at_once]
    assert len(case.case._process.subprocesses) == at_once
    assert case.case.waiting == ("a",)

    while "u" in case.open():
        item = seen(case, "u", "it")[-1]
        case.do("u", -1, r=item + 1)

    assert case.open() == ["z"]
    assert case.variables == {"xs": [10, 20, 30], "rs": [11, 21, 31]}
    assert case.entered().count("a") == case.completed().count("a") == 1
    assert case.case._process.subprocesses == {}
    assert case.do("z").case.completed


def test_twenty_akimats_answer_in_any_order(run):
    activity = call(
        mappings=mapping("akimat<-it.code", "r<-answer"),
        repeated=multi(**RESULTS),
        propagateAllParentVariables="false",
    )
    xs = [{"code": f"A{n}"} for n in range(20)]
    case = run(behind(activity), {"xs": xs}, called={"q": CALLED})
    assert all(
        set(case.case.visible(token)) == {"akimat"} for token in case.tokens("u")
    )

    for turn in range(20):
        index = (7 * turn) % len(case.tokens("u"))
        akimat = seen(case, "u", "akimat")[index]
        case.do("u", index, answer=f"of {akimat}")

    assert case.variables["rs"] == [f"of A{n}" for n in range(20)]
    assert case.open() == ["z"]


@BOTH
def test_each_call_may_be_of_another_process(run, sequential):
    other = els("startEvent:s userTask:v endEvent:e") + flows("s->v->e")
    activity = call("=it", repeated=multi(sequential))
    case = run(behind(activity), {"xs": ["q", "r"]}, called={"q": CALLED, "r": other})

    assert case.open() == (["u"] if sequential == "true" else ["u", "v"])
    assert case.do("u").open() == ["v"]
    assert case.do("v").open() == ["z"]


def test_a_call_that_is_not_there_holds_its_item_alone(run):
    activity = call("=it", repeated=multi())
    case = run(behind(activity), {"xs": ["q", "nowhere"]}, called={"q": CALLED})
    assert (case.open(), case.held()) == (["u"], ["a"])

    case.retry("a", it="q")

    assert case.open() == ["u", "u"]
    assert case.do("u").do("u").open() == ["z"]


def test_calls_end_early_where_the_condition_holds(run):
    activity = call(repeated=multi(condition="=r = 2", **RESULTS))
    case = run(behind(activity), {"xs": [1, 2, 3]}, called={"q": CALLED})

    case.do("u", r=1).do("u", 1, r=2)

    assert case.open() == ["z"]
    assert case.variables["rs"] == [1, None, 2]
    assert case.case._process.subprocesses == {}
    canceled = [
        (one.element_id, one.process) for one in case.effects(engine.ElementCanceled)
    ]
    assert canceled == [("u", "q")]


@BOTH
def test_an_interruption_leaves_nothing_of_any_call(run, sequential):
    inner = els("startEvent:s parallelGateway:f userTask:u endEvent:e")
    inner += el("intermediateCatchEvent", "w", timer("P9D"))
    inner += flows("s->f", "f->u->e", "f->w->e")
    case = run(
        interrupted(call(repeated=multi(sequential))),
        {"xs": [1, 2]},
        called={"q": inner},
    )
    assert case.open() == ["t", *["u", "w"] * (2 - (sequential == "true"))] or (
        case.open() == ["t", "u", "u", "w", "w"]
    )

    assert case.fire("t").open() == ["b"]
    assert case.case._process.subprocesses == {}
    assert case.do("b").case.completed


@BOTH
def test_the_error_of_one_call_ends_them_all(run, sequential):
    body = els("startEvent:s serviceTask:u endEvent:e") + flows("s->u->e")
    case = run(
        interrupted(call(repeated=multi(sequential)), error()),
        {"xs": [1, 2, 3]},
        called={"q": body},
    )

    assert case.throw("u", "E1", why="x")

    assert case.open() == ["b"]
    assert case.variables["why"] == "x"
    assert case.do("b").case.completed


def test_an_escalation_of_each_call_is_heard_beside_them(run):
    body = els("startEvent:s userTask:u endEvent:e")
    body += el("intermediateThrowEvent", "x", ESCALATION) + flows("s->u->x->e")
    drawn = interrupted(call(repeated=multi()), ANY_ESCALATION)
    drawn = drawn.replace(
        'attachedToRef="a"', 'attachedToRef="a" cancelActivity="false"'
    )
    case = run(drawn, {"xs": [1, 2]}, called={"q": body})

    case.do("u").do("u")

    assert case.open() == ["b", "b", "z"]


def test_terminate_ends_the_call_of_one_item_alone(run):
    body = (
        els("startEvent:s parallelGateway:f userTask:u,v endEvent:e")
        + el("endEvent", "t", TERMINATE)
        + flows("s->f", "f->u->t", "f->v->e")
    )
    case = run(behind(call(repeated=multi())), {"xs": [1, 2]}, called={"q": body})

    assert case.do("u").open() == ["u", "v"]
    assert case.do("u").open() == ["z"]


@BOTH
def test_a_failing_output_of_a_call_is_tried_again_without_running_it(run, sequential):
    activity = call(
        mappings=mapping(outputs="r<-answer + late"),
        repeated=multi(sequential, **RESULTS),
    )
    case = run(behind(activity), {"xs": [1]}, called={"q": CALLED})

    assert case.do("u", answer=1).held() == ["a"]
    assert case.retry("a", late=2).variables["rs"] == [3]


def test_parallel_calls_do_not_undo_what_others_wrote(run):
    case = run(
        behind(call(repeated=multi())), {"xs": [1, 2], "n": 0}, called={"q": CALLED}
    )

    case.do("u", n=1).do("u", m=2)

    assert case.variables == {"xs": [1, 2], "n": 1, "m": 2}


def test_a_call_is_repeated_while_a_condition_holds(run):
    case = run(
        behind(call(repeated=loop("=again"))), {"again": True}, called={"q": CALLED}
    )

    case.do("u", n=1).do("u", n=2)
    assert case.case.variables["n"] == 2
    assert seen(case, "u", "loopCounter") == [3]
    case.do("u", again=False)

    assert case.open() == ["z"]
    assert case.entered().count("a") == case.completed().count("a") == 1


def test_calls_within_calls_repeat(run):
    middle = behind(call(repeated=multi(inputElement="part", inputCollection="=it")))
    middle = middle.replace("userTask", "task")
    case = run(
        behind(call("m", repeated=multi())),
        {"xs": [[1, 2], [3]]},
        called={"q": CALLED, "m": middle},
    )
    assert seen(case, "u", "part") == [1, 2, 3]

    assert case.do("u").do("u").do("u").open() == ["z"]
    assert case.case._process.subprocesses == {}


def test_no_item_calls_nothing(run):
    case = run(
        behind(call(repeated=multi(**RESULTS))), {"xs": []}, called={"q": CALLED}
    )

    assert case.open() == ["z"]
    assert case.variables["rs"] == []


def test_more_than_five_hundred_calls_at_once_are_an_incident(define):
    body = behind(call(repeated=multi(cardinality="=501")))
    case = Run(define(body, called={"q": CALLED}), keep=True)

    assert case.held() == ["a"]
    assert case.case._process.subprocesses == {}


def receive(repeated, mappings=""):
    return el("receiveTask", "a", zeebe(mappings) + repeated, messageRef="msg1")


@BOTH
def test_a_message_is_awaited_for_each_item_by_a_key_of_its_own(run, sequential):
    task = receive(multi(sequential, **RESULTS), mapping("key<-it", "r<-answer"))
    case = run(behind(task), {"xs": ["A", "B", "C"]})
    at_once = 1 if sequential == "true" else 3
    awaited = case.effects(engine.MessageAwaited)
    assert [one.correlation_key for one in awaited] == ["A", "B", "C"][:at_once]

    for _ in range(3):
        key = seen(case, "a", "key")[-1]
        token = case.tokens("a")[-1]
        del case.waiting[token]
        case.case.deliver(token, {"answer": f"of {key}", "other": 1})
        case.after()

    assert case.open() == ["z"]
    assert case.variables == {"xs": ["A", "B", "C"], "rs": ["of A", "of B", "of C"]}
    assert case.effects(engine.MessageForgotten) == []
    assert case.do("z").case.completed


@BOTH
def test_an_interruption_forgets_every_message(run, sequential):
    case = run(interrupted(receive(multi(sequential))), {"xs": [1, 2, 3]})
    case.message("a")
    open_ = len(case.tokens("a"))

    assert case.fire("t").open() == ["b"]
    assert len(case.effects(engine.MessageForgotten)) == open_
    assert case.do("b").case.completed


def test_messages_end_early_where_the_condition_holds(run):
    task = receive(multi(condition="=numberOfCompletedInstances = 2"))
    case = run(behind(task), {"xs": [1, 2, 3]})

    assert case.message("a").message("a").open() == ["z"]
    assert len(case.effects(engine.MessageForgotten)) == 1


def test_a_key_that_cannot_be_read_holds_its_item_alone(run):
    task = receive(multi(), mapping("key<-it"))
    case = run(behind(task), {"xs": ["A", None]})
    assert (case.open(), case.held()) == (["a"], ["a"])

    case.message("a")
    case.retry("a", it="B")

    assert case.effects(engine.MessageAwaited)[-1].correlation_key == "B"
    assert case.message("a").open() == ["z"]


def test_messages_are_awaited_while_a_condition_holds(run):
    case = run(behind(receive(loop("=more"))), {"more": True})

    case.message("a").message("a")
    assert case.open() == ["a"]

    assert case.message("a", more=False).open() == ["z"]
    assert case.entered().count("a") == case.completed().count("a") == 1


@pytest.mark.parametrize("task", [call(repeated=multi()), receive(multi())])
def test_a_case_that_is_canceled_leaves_nothing_of_them(run, task):
    case = run(behind(task), {"xs": [1, 2]}, called={"q": CALLED})

    case.case.cancel()
    case.after()

    assert case.open() == []
    assert case.case._process.subprocesses == {}
