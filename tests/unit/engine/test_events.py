"""Timers, messages, boundary events and event sub-processes."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from engine_kit import (
    MESSAGE,
    NOON,
    OTHER_MESSAGE,
    Run,
    el,
    els,
    event_sub,
    flows,
    late_body,
    timer,
    withdrawal,
)

from workflows import engine


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


@pytest.mark.parametrize(
    ("value", "key"),
    [
        (Decimal("5.0"), "5"),
        (Decimal("1E+3"), "1000"),
        ("5.0", "5.0"),
        (datetime(2026, 9, 1, 8, 0, tzinfo=UTC), "2026-09-01T08:00:00+00:00"),
        (date(2026, 9, 1), "2026-09-01"),
    ],
)
def test_a_correlation_key_is_written_as_feel_writes_it(define, value, key):
    caught = el("intermediateCatchEvent", "c", MESSAGE)
    body = els("startEvent:s endEvent:e") + caught + flows("s->c->e")

    case = Run(define(body), {"key": value})

    assert case.effects(engine.MessageAwaited)[0].correlation_key == key


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
