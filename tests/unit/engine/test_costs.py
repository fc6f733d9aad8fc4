"""What a step costs, by what can be counted: tokens made, tokens alive, bytes saved."""

from decimal import Decimal

import pytest
from engine_kit import JOB, RESULTS, Run, el, els, flows, loop, multi, zeebe
from repetition_kit import behind

from workflows import engine
from workflows.engine.tokens import Token


@pytest.fixture
def made(monkeypatch):
    """Counts the tokens that are made, in memory or by a restore."""
    count = []
    begin = Token.__init__

    def counted(token, *args, **options):
        count.append(token)
        begin(token, *args, **options)

    monkeypatch.setattr(Token, "__init__", counted)
    return count


def repeated(define, tag, count, sequential="false"):
    task = el(
        tag, "a", (zeebe(JOB) if tag == "serviceTask" else "") + multi(sequential)
    )
    values = {"xs": [Decimal(n) for n in range(count)]}
    return Run(define(behind(task)), values)


@pytest.mark.parametrize("tag", ["userTask", "serviceTask"])
@pytest.mark.parametrize("count", [10, 500])
def test_one_of_many_items_wakes_no_other(define, made, tag, count):
    case = repeated(define, tag, count)

    tokens, saved = case.tokens("a"), case.case.save()
    for token in tokens[3:8]:
        made.clear()
        resumed = engine.Case.restore(case.definition, saved, case.environment)
        resumed.finish(token, {})
        saved = resumed.save()
        assert len(made) <= 4  # the two roots, the body and the item

    resumed = engine.Case.restore(case.definition, saved, case.environment)
    for token in (*tokens[:3], *tokens[8:]):
        resumed.finish(token, {})
    assert resumed.waiting == ("z",)


def test_what_is_asked_of_the_whole_wakes_no_item(define, made):
    case = repeated(define, "userTask", 500)
    made.clear()

    assert case.case.waiting == ("a",)
    assert case.case.variables["xs"] != []
    assert case.case.completed is False
    case.case.save()

    assert made == []


def test_a_parallel_item_takes_at_most_120_bytes(define):
    few, many = (
        len(repeated(define, "userTask", count).case.save()) for count in (10, 500)
    )

    assert (many - few) / 490 < 120


def test_the_save_of_sequential_items_does_not_grow_with_turns(define):
    case = repeated(define, "userTask", 1000, "true")
    sizes = []
    for _ in range(999):
        case.do("a")
        sizes.append(len(case.case.save()))
        assert len(case.case._process.tasks) == 3

    assert sizes == sorted(sizes, reverse=True) or max(sizes) - sizes[0] < 10
    assert case.do("a").open() == ["z"]


def test_the_save_of_sequential_outputs_grows_with_the_outputs_alone(define):
    task = el("userTask", "a", multi("true", **RESULTS))
    case = Run(define(behind(task)), {"xs": [Decimal(n) for n in range(100)]})
    case.do("a", r=1)
    before = len(case.case.save())

    for _ in range(98):
        case.do("a", r=1)

    assert len(case.case.save()) <= before
    assert len(case.case._process.tasks) == 3


def test_the_save_of_a_loop_does_not_grow_with_turns(define):
    case = Run(define(behind(el("userTask", "a", loop(loopMaximum="1001")))))
    sizes = set()
    for _ in range(1000):
        case.do("a")
        sizes.add(len(case.case.save()))
        assert len(case.case._process.tasks) == 3

    assert max(sizes) - min(sizes) <= 12  # the digits of four counters
    assert case.do("a").open() == ["z"]


def test_items_that_are_asked_for_together_wake_together(define):
    case = repeated(define, "userTask", 20)
    tokens = case.tokens("a")

    case.do("a", 3)
    case.case.cancel()
    case.after()

    assert case.open() == []
    closed = [one.token for one in case.effects(engine.TaskClosed) if one.canceled]
    assert sorted(closed) == sorted(set(tokens) - {tokens[3]})


def test_a_sleeping_item_is_seen_as_any_other(define):
    case = repeated(define, "userTask", 3)
    token = case.token("a", 1)

    assert case.case.visible(token)["it"] == 1
    assert token in case.case._process.tasks
    assert case.case._process.tasks[token].id == token
    assert len(case.case._process.tasks) == 5


@pytest.mark.parametrize("view", [list, dict.keys, dict.values, dict.items])
def test_whoever_looks_at_all_tokens_sees_those_that_sleep(define, view):
    case = repeated(define, "userTask", 3)
    resumed = engine.Case.restore(case.definition, case.case.save(), case.environment)
    tasks = resumed._process.tasks
    assert len(tasks.awake()) == 2

    seen = list(getattr(tasks, view.__name__)()) if view is not list else list(tasks)

    assert len(seen) == 5
    assert len(tasks.awake()) == 5


def test_an_inclusive_join_that_waits_wakes_no_item(define, made):
    case = Run(
        define(
            els("startEvent:s inclusiveGateway:f,j userTask:b,c,z endEvent:e")
            + el("userTask", "a", multi())
            + flows("s->f", "f->a ? =true", "f->b ? =true", "f->c ? =true")
            + flows("a->j", "b->j", "c->j", "j->z->e")
        ),
        {"xs": [Decimal(n) for n in range(100)]},
    )
    token, saved = case.token("b"), case.case.save()
    made.clear()

    resumed = engine.Case.restore(case.definition, saved, case.environment)
    resumed.finish(token, {})

    assert len(made) < 10
    assert resumed.waiting == ("a", "c", "j")


def test_two_bodies_in_one_scope_have_their_own_items(run):
    case = run(
        els("startEvent:s parallelGateway:f userTask:z endEvent:e")
        + el("userTask", "a", multi())
        + el("userTask", "b", multi(condition="=it = 2"))
        + flows("s->f", "f->a->e", "f->b->z->e"),
        {"xs": [1, 2, 3]},
    )

    case.do("b", 1)

    assert case.open() == ["a", "a", "a", "z"]
    for _ in range(3):
        case.do("a")
    assert case.do("z").case.completed
