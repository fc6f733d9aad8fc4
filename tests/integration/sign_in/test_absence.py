"""Absence: who names a substitute for which days, and what is refused."""

import re
import uuid
from datetime import datetime, timedelta

import pytest

from tests.integration.sign_in.conftest import CSRF, PASSWORD, post, sign_in
from workflows import people
from workflows.model import Role
from workflows.ports import SystemClock


@pytest.fixture
def colleague(store):
    login = f"marat-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=login, name="Марат", password=PASSWORD)
        people.add_membership(tx, login=login, role=Role.CLERK, office="school")
    return login


def absent(client, login, of="", days=("2099-01-01", "2099-01-02")):
    return post(
        client,
        f"/account/absence{of}",
        substitute=login,
        from_on=days[0],
        to_on=days[1],
    )


def test_a_substitute_is_named_told_and_ended(app, owner, colleague):
    assert absent(owner, colleague).status_code == 303
    other = app.test_client()
    sign_in(other, colleague)

    page = owner.get("/account/absence").text
    assert "Марат" in page
    assert "Әлия:" in other.get("/account/absence").text
    assert "Әлия" in other.get("/account").text
    path = re.search(r"/account/absence/[0-9a-f-]{36}/end", page)[0]
    assert post(other, path, "/account/absence").status_code == 404
    assert post(owner, path, "/account/absence").status_code == 303
    assert "Әлия:" not in other.get("/account/absence").text


def test_on_these_days_every_page_says_for_whom(app, owner, colleague, store):
    today, day = datetime.now(people.HOME).date(), timedelta(days=1)
    days = (today, today + day)  # it may be midnight in a moment
    absent(owner, colleague, days=tuple(map(str, days)))
    other = app.test_client()
    sign_in(other, colleague)

    with store.transaction() as tx:
        caller = people.known(tx, colleague, SystemClock())
    assert [one.name for one in caller.stands_in_for] == ["Әлия"]
    assert 'class="r-notice">' in other.get("/tasks").text
    assert 'class="r-notice">' not in owner.get("/tasks").text


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"login": "nobody-here"}, "substitute"),
        ({"days": ("", "2099-01-01")}, "from_on"),
        ({"days": ("2099-01-01", "tomorrow")}, "to_on"),
        ({"days": ("2001-01-01", "2001-01-02")}, "from_on"),
        ({"days": ("2099-01-02", "2099-01-01")}, "to_on"),
    ],
)
def test_what_is_wrong_is_said_at_its_field(owner, colleague, told, field):
    answer = absent(owner, **({"login": colleague} | told))

    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text


def test_the_absence_of_others_is_their_supervisors(app, owner, colleague, store):
    boss = f"boss-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=boss, password=PASSWORD)
        people.add_membership(tx, login=boss, role=Role.SUPERVISOR, office="east")
    other = app.test_client()
    sign_in(other, boss)

    assert owner.get(f"/account/absence?of={colleague}").status_code == 404
    assert owner.get("/account/absence?of=nobody").status_code == 404
    token = CSRF.search(owner.get("/account/absence").text)[1]
    path = f"/account/absence?of={colleague}"
    assert owner.post(path, data={"csrf_token": token}).status_code in (404, 422)
    assert absent(other, boss, of=f"?of={colleague}").status_code == 303
    assert "Марат" in other.get(path).text
