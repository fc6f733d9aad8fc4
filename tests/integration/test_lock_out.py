"""Guesses at one account that come at once: none slips by the count of failures."""

import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from workflows import credentials, people
from workflows.credentials import FAILURES_BEFORE_LOCK, LOCKED_FOR
from workflows.ports import FixedClock
from workflows.store.session import Store
from workflows.store.tables import users

PASSWORD = "тау мен дала арасында"
CLOCK = FixedClock(datetime(2026, 9, 1, 4, 0, tzinfo=UTC))
WAITS = sa.text(
    "SELECT count(*) FROM pg_stat_activity"
    " WHERE datname = current_database() AND wait_event_type = 'Lock'"
)


@pytest.fixture
def several(database_url):
    opened = Store(database_url, pool_size=20)
    yield opened
    opened.close()


@pytest.fixture
def login(store):
    login = f"aliya-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, CLOCK, login=login, name="Әлия", password=PASSWORD)
    return login


def sign_in(store, login, password):
    with store.transaction() as tx:
        return credentials.sign_in(tx, CLOCK, login, password)


def counted(store, login):
    with store.transaction() as tx:
        return tx.execute(
            sa.select(users.c.failed_sign_ins, users.c.locked_until).where(
                users.c.login == login
            )
        ).one()


def waiting(store):
    """In a transaction of its own: within one, what goes on is looked at only once."""
    with store.transaction() as tx:
        return tx.scalar(WAITS)


def wait_until(is_so):
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline, "nobody waits"
        time.sleep(0.02)


def test_of_guesses_at_once_no_more_count_than_are_allowed(several, login):
    guesses = 2 * FAILURES_BEFORE_LOCK
    together = threading.Barrier(guesses)

    def guess(_):
        together.wait(60)
        return sign_in(several, login, "wrong password")

    with ThreadPoolExecutor(guesses) as pool:
        assert list(pool.map(guess, range(guesses))) == [None] * guesses

    assert counted(several, login) == (FAILURES_BEFORE_LOCK, CLOCK.now() + LOCKED_FOR)


def test_the_right_guess_is_too_late_when_others_lock_the_account(several, login):
    for _ in range(FAILURES_BEFORE_LOCK - 1):
        sign_in(several, login, "wrong password")

    with ThreadPoolExecutor(1) as pool:
        with several.transaction() as tx:
            assert credentials.sign_in(tx, CLOCK, login, "wrong password") is None
            # It has read the account while it was open, and waits for its row.
            late = pool.submit(sign_in, several, login, PASSWORD)
            wait_until(lambda: waiting(several) == 1)
        assert late.result(60) is None

    assert counted(several, login).failed_sign_ins == FAILURES_BEFORE_LOCK


def test_a_password_that_was_changed_meanwhile_opens_nothing(several, login):
    with ThreadPoolExecutor(1) as pool:
        with several.transaction() as tx:
            credentials.set_password(tx, login, PASSWORD + " жаңа")
            late = pool.submit(sign_in, several, login, PASSWORD)
            wait_until(lambda: waiting(several) == 1)
        assert late.result(60) is None
