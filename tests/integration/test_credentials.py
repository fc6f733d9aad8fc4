"""Sign-ins, sessions and tokens on a real database, with time passed in."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from workflows import credentials, people, sessions
from workflows.model import InputRefused, NotFound, Role
from workflows.ports import FixedClock
from workflows.store.tables import api_tokens, users
from workflows.store.tables import sessions as session_rows

PASSWORD = "тау мен дала арасында"
START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)


def at(after=timedelta(0)):
    return FixedClock(START + after)


@pytest.fixture(scope="module")
def region(store):
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={"kk": "М"})
        for code in ("east", "west"):
            people.add_office(
                tx, code=code, kind="region", names={"kk": code}, parent="root"
            )
        people.add_office(
            tx, code="school", kind="school", names={"kk": "Ш"}, parent="east"
        )


@pytest.fixture
def aliya(store, region):
    login = f"aliya-{datetime.now(UTC).timestamp()}"
    with store.transaction() as tx:
        people.add_user(tx, at(), login=login, name="Әлия", password=PASSWORD)
        people.add_membership(tx, login=login, role=Role.CLERK, office="school")
    return login


def sign_in(store, login, password=PASSWORD, after=timedelta(0)):
    with store.transaction() as tx:
        return credentials.sign_in(tx, at(after), login, password)


def session(store, token, after=timedelta(0)):
    with store.transaction() as tx:
        return sessions.by_session(tx, at(after), token)


def test_the_right_password_begins_a_session(store, aliya):
    begun = sign_in(store, f"  {aliya.upper()} ")

    found = session(store, begun.token)
    assert found.caller.login == aliya
    assert found.caller.roles == {Role.CLERK}
    assert found.csrf_token == begun.csrf_token != begun.token


def test_the_wrong_password_and_the_unknown_login_look_the_same(store, aliya):
    assert sign_in(store, aliya, "wrong password") is None
    assert sign_in(store, "nobody", PASSWORD) is None
    assert sign_in(store, "no\0body", "\ud800") is None


def test_ten_failures_lock_even_the_right_password_out_for_a_while(store, aliya):
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        assert sign_in(store, aliya, "wrong password") is None

    almost = credentials.LOCKED_FOR - timedelta(seconds=1)
    assert sign_in(store, aliya) is None
    assert sign_in(store, aliya, after=almost) is None
    assert sign_in(store, aliya, after=credentials.LOCKED_FOR) is not None


def test_a_success_forgets_the_failures(store, aliya):
    for _ in range(2):
        for _ in range(credentials.FAILURES_BEFORE_LOCK - 1):
            sign_in(store, aliya, "wrong password")
        assert sign_in(store, aliya) is not None


def test_failures_while_locked_do_not_lengthen_the_lock(store, aliya):
    for _ in range(2 * credentials.FAILURES_BEFORE_LOCK):
        sign_in(store, aliya, "wrong password")

    assert sign_in(store, aliya, after=credentials.LOCKED_FOR) is not None


def test_a_session_ends_when_it_idles(store, aliya):
    begun = sign_in(store, aliya)
    half = sessions.IDLE_LIMIT / 2

    assert session(store, begun.token, half) is not None
    assert session(store, begun.token, half + sessions.IDLE_LIMIT) is None


def test_a_session_ends_after_a_working_day_however_busy(store, aliya):
    begun = sign_in(store, aliya)
    moment = timedelta(0)
    while moment < sessions.SESSION_LIMIT:
        assert session(store, begun.token, moment) is not None
        moment += sessions.IDLE_LIMIT / 2

    assert session(store, begun.token, sessions.SESSION_LIMIT) is None


def test_signing_out_ends_the_session(store, aliya):
    begun = sign_in(store, aliya)
    with store.transaction() as tx:
        sessions.sign_out(tx, begun.token)

    assert session(store, begun.token) is None


def test_a_new_password_ends_every_session(store, aliya):
    begun = sign_in(store, aliya)
    with store.transaction() as tx:
        credentials.set_password(tx, aliya, PASSWORD + " жаңа")

    assert session(store, begun.token) is None
    assert sign_in(store, aliya) is None
    assert sign_in(store, aliya, PASSWORD + " жаңа") is not None


def test_a_disabled_user_is_out_at_once(store, aliya):
    begun = sign_in(store, aliya)
    with store.transaction() as tx:
        token = credentials.create_token(tx, at(), aliya, valid_for=None)
        tx.execute(
            sa.update(users).where(users.c.login == aliya).values(disabled_at=START)
        )

    assert session(store, begun.token) is None
    assert sign_in(store, aliya) is None
    with store.transaction() as tx:
        assert credentials.by_token(tx, at(), token) is None
        assert people.by_login(tx, aliya) is None


def test_a_token_works_until_it_expires_or_is_revoked(store, aliya):
    hour = timedelta(hours=1)
    with store.transaction() as tx:
        token = credentials.create_token(tx, at(), aliya, valid_for=hour)

        assert token.startswith("rasim_")
        assert credentials.by_token(tx, at(), token).login == aliya
        assert credentials.by_token(tx, at(hour), token) is None
        assert credentials.by_token(tx, at(), token + "x") is None
        assert credentials.revoke_tokens(tx, at(), aliya) == 1
        assert credentials.by_token(tx, at(), token) is None


def test_secrets_are_kept_as_hashes_alone(store, aliya):
    begun = sign_in(store, aliya)
    with store.transaction() as tx:
        token = credentials.create_token(tx, at(), aliya, valid_for=None)
        kept = [
            str(tx.execute(sa.select(table)).all())
            for table in (session_rows, api_tokens, users)
        ]

    for secret in (begun.token, token, PASSWORD):
        assert not any(secret in rows for rows in kept)


def test_only_people_of_the_demonstration_enter_without_a_password(store, aliya):
    with store.transaction() as tx:
        people.add_user(tx, at(), login="demo", is_demo=True)

        assert credentials.sign_in_demo(tx, at(), "demo") is not None
        assert credentials.sign_in_demo(tx, at(), aliya) is None
        assert [one.caller.login for one in people.demo_people(tx)] == ["demo"]


def test_one_sees_the_own_office_and_what_is_below_it(store, region):
    with store.transaction() as tx:
        people.add_user(tx, at(), login="boss")
        people.add_membership(tx, login="boss", role=Role.SUPERVISOR, office="east")
        boss = people.by_login(tx, "boss")
        seen = {
            tx.scalar(sa.text("SELECT code FROM offices WHERE id = :id"), {"id": id_})
            for id_ in tx.scalars(people.visible(boss))
        }
        as_clerk = tx.scalars(people.visible(boss, Role.CLERK)).all()

        assert seen == {"east", "school"}
        assert as_clerk == []
        east = boss.memberships[0].office_id
        assert people.sees(tx, boss, east, Role.SUPERVISOR)
        assert not people.sees(tx, boss, east, Role.CLERK)
        assert people.roles_at(boss, [east]) == {Role.SUPERVISOR}


def test_a_login_an_office_and_a_role_are_added_once(store, aliya):
    for add in (
        lambda tx: people.add_user(tx, at(), login=aliya.upper()),
        lambda tx: people.add_office(tx, code="root", kind="region", names={}),
        lambda tx: people.add_membership(
            tx, login=aliya, role=Role.CLERK, office="school"
        ),
        lambda tx: people.add_user(tx, at(), login=" "),
        lambda tx: people.add_user(tx, at(), login="weak", password="short"),
    ):
        with pytest.raises(InputRefused), store.transaction() as tx:
            add(tx)


def test_what_is_not_there_is_named(store, aliya):
    for add in (
        lambda tx: people.add_membership(
            tx, login="nobody", role=Role.CLERK, office="school"
        ),
        lambda tx: people.add_membership(
            tx, login=aliya, role=Role.CLERK, office="nowhere"
        ),
        lambda tx: credentials.create_token(tx, at(), "nobody", valid_for=None),
    ):
        with pytest.raises(NotFound), store.transaction() as tx:
            add(tx)
