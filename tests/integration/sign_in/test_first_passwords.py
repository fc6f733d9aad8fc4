"""First passwords: what they open, for how long, and what is said of it after that."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from tests.integration.sign_in.conftest import CSRF, post, sign_in
from tests.integration.sign_in.test_account import NEW, change, is_in
from workflows import credentials, people
from workflows.ports import SystemClock
from workflows.store.tables import users


@pytest.fixture
def beginner(store, login, client):
    """Somebody with a first password that an administrator gave."""
    with store.transaction() as tx:
        caller = people.known(tx, login)
        password = credentials.give_first_password(tx, SystemClock(), caller, caller)
    assert sign_in(client, login, password).status_code == 303
    return client, password


def test_a_first_password_opens_nothing_but_its_own_change(beginner):
    client, password = beginner

    for path in ("/", "/tasks", "/account", "/account/sessions", "/cases"):
        assert client.get(path).location == "/account/password"
    token = CSRF.search(client.get("/account/password").text)[1]
    for path in ("/account/sessions/end", "/account/second-step/set-up"):
        answer = client.post(path, data={"csrf_token": token})
        assert answer.location == "/account/password"

    assert change(client, current=password).status_code == 303
    assert is_in(client)


def given(store, login, ago):
    """A first password that the person gave themselves so long ago."""
    with store.transaction() as tx:
        caller = people.known(tx, login)
        now = datetime.now(UTC) - ago
        clock = type("Clock", (), {"now": lambda _: now})()
        return credentials.give_first_password(tx, clock, caller, caller)


@pytest.mark.parametrize("locale", ["kk", "ru", "en"])
def test_a_first_password_that_nobody_used_in_time_opens_nothing(
    store, login, client, locale
):
    password = given(store, login, ago=timedelta(hours=72))
    client.set_cookie("rasim_lang", locale)

    wrong, right = sign_in(client, login, "wrong"), sign_in(client, login, password)

    assert (wrong.status_code, right.status_code) == (422, 422)
    assert not is_in(client)
    assert "Әлия" not in wrong.text  # who does not know it does not learn of it
    assert "Әлия" in right.text
    assert password not in right.text
    assert ("Your first password has run out" in right.text) == (locale == "en")


def test_each_refusal_is_logged_with_its_account_and_never_with_what_was_typed(
    client, login, store, caplog
):
    sign_in(client, login, "wrong password of nobody")
    sign_in(client, "a password in the wrong box", "wrong")
    sign_in(client, login)

    told = [
        (one.__dict__.get("because"), one.__dict__.get("how"), one.__dict__["user"])
        for one in caplog.records
        if one.getMessage() in ("a sign-in was refused", "signed in")
    ]
    with store.transaction() as tx:
        user = str(people.known(tx, login).user_id)
    assert told == [
        ("wrong", "password", user),
        ("unknown", "password", None),
        (None, "password", user),
    ]
    said = "".join(f"{one.getMessage()}{one.__dict__}" for one in caplog.records)
    assert "wrong password of nobody" not in said
    assert "a password in the wrong box" not in said


def test_in_its_time_a_first_password_opens_and_a_new_one_lasts(store, login, client):
    password = given(store, login, ago=timedelta(hours=71, minutes=50))
    assert sign_in(client, login, password).status_code == 303

    assert change(client, current=password).status_code == 303

    post(client, "/sign-out", "/account")
    assert sign_in(client, login, NEW).status_code == 303
    with store.transaction() as tx:
        left = sa.select(users.c.first_password_until).where(users.c.login == login)
        assert tx.scalar(left) is None


def test_a_first_password_is_not_kept(beginner):
    client, password = beginner

    assert change(client, current=password, password=password).status_code in (303, 422)
    assert post(client, "/sign-out", "/account/password").status_code == 303
