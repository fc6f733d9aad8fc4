"""Webhooks that fail: tried again, given up, disabled, sent once more."""

import threading
import time
import uuid
from datetime import timedelta

import pytest
import sqlalchemy as sa

from server import webhook_delivery
from tests.integration.webhooks.hooks import (
    SEALER,
    ToldPostman,
    drain,
    fare,
    hook,
    send,
    told_of,
)
from workflows import people, webhook_sending, webhooks
from workflows.model import NotFound, Role
from workflows.ports import NotDelivered
from workflows.store.tables import memberships, users, webhook_deliveries
from workflows.store.tables import webhooks as webhook_rows


def test_it_is_tried_again_with_growing_pauses_and_given_up(house, clock, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    postman.status = NotDelivered("no answer: ConnectionRefusedError")
    pauses = []
    while (row := told_of(house, id_)[0]).state == "waiting":
        pauses.append(row.next_at - clock.now())
        clock.moment = row.next_at
        assert send(house, postman) == 1

    assert pauses == [timedelta(0), *webhook_sending.PAUSES]
    assert pauses[-1] == timedelta(days=1)
    assert sum(pauses, timedelta()) < timedelta(days=3)
    assert (row.state, row.attempts) == ("failed", 9)
    assert row.last_error == "no answer: ConnectionRefusedError"
    # And nothing has arrived for days: it is disabled, and says so.
    found = fare(house, id_, "admin")
    assert (found.state, found.because, found.failed) == ("disabled", "failing", 1)
    # The same id and the same words, each time.
    assert len({headers["webhook-id"] for _, headers, _ in postman.posts}) == 1
    assert len({body for _, _, body in postman.posts}) == 1


def test_one_that_arrives_ends_the_failing(house, clock, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    postman.status = 500
    send(house, postman)
    assert fare(house, id_).state == "failing"
    assert told_of(house, id_)[0].last_status == 500

    postman.status = 200
    clock.advance(seconds=5)
    send(house, postman)
    assert fare(house, id_).state == "active"
    assert told_of(house, id_)[0].state == "delivered"


def test_who_answers_410_is_told_nothing_more(house, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    postman.status = 410
    send(house, postman)
    house.start("hooked")

    assert fare(house, id_).because == "gone"
    assert send(house, postman) == 0


def test_a_webhook_that_is_enabled_again_is_told_what_waits(house, clock, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    house.start("hooked")
    postman.status = 410
    with house.store.transaction() as tx:  # one at a time: the other one waits
        tx.execute(
            sa.update(webhook_deliveries)
            .where(
                webhook_deliveries.c.id
                == sa.select(sa.func.max(sa.cast(webhook_deliveries.c.id, sa.Text)))
                .scalar_subquery()
                .cast(sa.UUID)
            )
            .values(next_at=clock.now() + timedelta(hours=1))
        )
    send(house, postman)
    postman.status = 200
    with house.store.transaction() as tx:
        webhooks.enable(tx, clock, house.callers["portal"], id_)
    send(house, postman)

    assert sorted(row.state for row in told_of(house, id_)) == ["delivered", "failed"]


def test_it_is_sent_again_when_it_is_asked_for(house, clock, postman):
    id_, _ = hook(house, events=["case.started"])
    house.start("hooked")
    send(house, postman)
    (row,) = told_of(house, id_)
    portal = house.callers["portal"]
    with house.store.transaction() as tx:
        again = webhooks.redeliver(tx, clock, portal, id_, row.id)
        assert (again.state, again.attempts) == ("waiting", 0)
        with pytest.raises(NotFound):
            webhooks.redeliver(tx, clock, portal, id_, uuid.uuid4())
        with pytest.raises(NotFound):
            webhooks.redeliver(tx, clock, house.callers["clerk"], id_, row.id)
    send(house, postman)

    first, second = postman.posts
    assert first[1]["webhook-id"] == second[1]["webhook-id"] == str(row.id)


def test_a_deleted_webhook_is_told_nothing_more(house, clock, postman):
    id_, _ = hook(house)
    house.start("hooked")
    with house.store.transaction() as tx:
        webhooks.remove(tx, clock, house.callers["portal"], id_)
    house.start("hooked")

    assert send(house, postman) == 0
    with pytest.raises(NotFound):
        fare(house, id_)
    with house.store.transaction() as tx:
        assert tx.scalar(sa.select(webhook_rows.c.sealed_secret)) == ""


@pytest.mark.parametrize("loss", ["role", "account"])
def test_whose_rights_are_gone_is_told_nothing_more(house, clock, postman, loss):
    with house.store.transaction() as tx:
        login = f"program-{loss}"
        people.add_user(tx, clock, login=login)
        people.add_membership(tx, login=login, role=Role.SERVICE, office="region")
    id_, _ = hook(house, login)
    house.start("hooked")
    with house.store.transaction() as tx:
        mine = sa.select(users.c.id).where(users.c.login == login)
        if loss == "role":
            tx.execute(sa.delete(memberships).where(memberships.c.user_id.in_(mine)))
        else:
            closed = sa.update(users).where(users.c.login == login)
            tx.execute(closed.values(disabled_at=clock.now()))
    drain(house, postman)

    assert postman.posts == []
    found = fare(house, id_, "admin")
    assert (found.state, found.because) == ("disabled", "rights")


def test_a_slow_receiver_holds_up_no_other(house, postman):
    """Each turn takes a few of each webhook, however many one has waiting."""
    first, _ = hook(house, events=["case.started"])
    for _ in range(10):
        house.start("hooked")
    second, _ = hook(house, events=["case.started"])
    house.start("hooked")
    send(house, postman)

    with house.store.transaction() as tx:
        sent = dict(
            tx.execute(
                sa.select(webhook_deliveries.c.webhook_id, sa.func.count())
                .where(webhook_deliveries.c.state == "delivered")
                .group_by(webhook_deliveries.c.webhook_id)
            ).all()
        )
    assert sent == {first: webhook_sending.EACH, second: 1}


def test_slow_receivers_leave_threads_to_the_others(house, monkeypatch):
    """As many that answer late as there are threads: who answers at once is told."""
    monkeypatch.setattr(webhook_delivery, "SLOW_SECONDS", 0.01)
    late, quick = "https://late.example/", "https://quick.example/"
    for _ in range(webhook_delivery.THREADS):
        id_, _ = hook(house, events=["case.started"])
        _lead(house, id_, late)
    for _ in range(4 * webhook_sending.EACH):
        house.start("hooked")
    id_, _ = hook(house, events=["case.started"])
    _lead(house, id_, quick)
    stop, held, told = threading.Event(), threading.Event(), []
    known = webhook_delivery.THREADS * webhook_sending.EACH  # each was late once

    class Late(ToldPostman):
        def post(self, url, headers, body):
            if url == late:
                held.wait(600 if len(told) >= known else 0.05)
            told.append(url)
            return 204

    told_to = house.store, house.world, SEALER, Late(), stop
    sending = threading.Thread(target=webhook_delivery.deliver, args=told_to)
    sending.start()
    try:
        until = time.monotonic() + 120  # the late ones are held for longer
        while len(told) < known and time.monotonic() < until:
            time.sleep(0.05)
        for _ in range(8):
            house.start("hooked")
        while told.count(quick) < 8 and time.monotonic() < until:
            time.sleep(0.05)
        quickly = told.count(quick)
    finally:
        stop.set()
        held.set()
        sending.join(60)

    assert quickly == 8


def test_what_waits_for_a_thread_is_not_claimed(house):
    for _ in range(webhook_delivery.THREADS + 1):
        hook(house, events=["case.started"])
    house.start("hooked")
    now = house.world.clock.now()

    first = webhook_sending.claim(house.store, now, most=webhook_delivery.THREADS)
    second = webhook_sending.claim(house.store, now, but=first.keys(), most=2)

    assert len(first) == webhook_delivery.THREADS
    assert len(second) == 1


def _lead(house, id_, url):
    with house.store.transaction() as tx:
        tx.execute(
            sa.update(webhook_rows).where(webhook_rows.c.id == id_).values(url=url)
        )


def test_what_a_dead_worker_had_is_sent_by_another(house, clock, postman):
    hook(house, events=["case.started"])
    house.start("hooked")
    postman.status = KeyboardInterrupt()  # as if the process died in the midst
    with pytest.raises(KeyboardInterrupt):
        send(house, postman)
    postman.status = 200

    assert send(house, postman) == 0
    clock.moment += webhook_sending.LEASE
    assert send(house, postman) == 1
