"""Tokens of programs: how long they work, what their ends say, who may make them."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from server.cli import main
from workflows import people, tokens
from workflows.model import InputRefused, NotAllowed, NotFound, Role
from workflows.ports import FixedClock, SystemClock
from workflows.store.tables import api_tokens, people_changes

START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
CLOCK = FixedClock(START)


def later(**by):
    return FixedClock(START + timedelta(**by))


@pytest.fixture(scope="module")
def callers(store):
    """An administrator of the east, a program there, one that is also in the west."""
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={})
        for code in ("east", "west"):
            people.add_office(tx, code=code, kind="region", names={}, parent="root")
        for login, role, *offices in (
            ("admin", Role.ADMINISTRATOR, "east"),
            ("registry", Role.SERVICE, "east"),
            ("portal", Role.SERVICE, "east", "west"),
            ("stranger", Role.ADMINISTRATOR, "west"),
        ):
            people.add_user(tx, CLOCK, login=login)
            for office in offices:
                people.add_membership(tx, login=login, role=role, office=office)
        return {
            login: people.known(tx, login)
            for login in ("admin", "registry", "portal", "stranger")
        }


def make(store, login, **days):
    with store.transaction() as tx:
        return tokens.create(
            tx, CLOCK, login, valid_for=timedelta(**days) if days else None
        )


def last_use(store, token):
    with store.transaction() as tx:
        return tx.scalar(
            sa.select(api_tokens.c.last_used_at).where(
                api_tokens.c.token_hash == tokens.hash_of(token)
            )
        )


def test_a_token_begins_so_that_a_scanner_of_secrets_knows_it(store, callers):
    token = make(store, "registry", days=1)

    assert re.fullmatch(r"rasim_[A-Za-z0-9_-]{43}", token)


def test_the_end_of_a_token_says_which_end_it_is(store, callers):
    token = make(store, "registry", days=90)

    with store.transaction() as tx:
        assert tokens.caller(tx, CLOCK, token).login == "registry"
        assert tokens.caller(tx, CLOCK, token + "x") is None
        with pytest.raises(tokens.TokenExpired):
            tokens.caller(tx, later(days=90), token)
        tokens.revoke_all(tx, CLOCK, "registry")
        with pytest.raises(tokens.TokenRevoked):
            tokens.caller(tx, CLOCK, token)


def test_its_last_use_is_written_once_an_hour(store, callers):
    token = make(store, "registry", days=90)
    seen = []
    for minutes in (0, 30, 59, 61):
        with store.transaction() as tx:
            tokens.caller(tx, later(minutes=minutes), token)
        seen.append(last_use(store, token) - START)

    assert seen == [timedelta(0)] * 3 + [timedelta(minutes=61)]


def test_an_expired_token_is_not_used(store, callers):
    token = make(store, "registry", days=1)

    with store.transaction() as tx, pytest.raises(tokens.TokenExpired):
        tokens.caller(tx, later(days=2), token)

    assert last_use(store, token) is None


def test_an_administrator_makes_and_revokes_tokens_of_their_people(store, callers):
    admin, registry = callers["admin"], callers["registry"].user_id
    with store.transaction() as tx:
        token = tokens.create_for(
            tx, CLOCK, admin, registry, days=30, label=" Тізілім\n "
        )
        (row,) = [
            one
            for one in tokens.of_user(tx, CLOCK, admin, registry).items
            if token.startswith(one.hint)
        ]
        assert (row.state, row.label) == ("live", "Тізілім")
        assert row.expires_at == START + timedelta(days=30)

        tokens.revoke_for(tx, CLOCK, admin, registry, row.id)
        assert tokens.by_token(tx, CLOCK, token) is None
        with pytest.raises(NotFound):
            tokens.revoke_for(tx, CLOCK, admin, registry, row.id)
        told = tx.execute(
            sa.select(people_changes.c.what, people_changes.c.by_id)
            .where(people_changes.c.user_id == registry)
            .order_by(people_changes.c.seq.desc())
            .limit(2)
        ).all()
    assert told == [
        ("token_revoked", admin.user_id),
        ("token_made", admin.user_id),
    ]


def test_an_account_with_roles_elsewhere_gets_its_tokens_from_above(store, callers):
    admin, portal = callers["admin"], callers["portal"].user_id

    with store.transaction() as tx, pytest.raises(NotAllowed):
        tokens.create_for(tx, CLOCK, admin, portal, days=1, label="x")


def test_nobody_reaches_the_tokens_of_others(store, callers):
    token = make(store, "registry", days=1)
    stranger, registry = callers["stranger"], callers["registry"].user_id
    with store.transaction() as tx:
        mine = tx.scalar(
            sa.select(api_tokens.c.id).where(
                api_tokens.c.token_hash == tokens.hash_of(token)
            )
        )
    for reach in (
        lambda tx: tokens.of_user(tx, CLOCK, stranger, registry),
        lambda tx: tokens.revoke_for(tx, CLOCK, stranger, registry, mine),
        lambda tx: tokens.revoke_for(tx, CLOCK, stranger, stranger.user_id, mine),
        lambda tx: tokens.create_for(tx, CLOCK, stranger, registry, days=1, label="x"),
    ):
        with store.transaction() as tx, pytest.raises(NotFound):
            reach(tx)


@pytest.mark.parametrize(
    ("days", "label", "field"),
    [(0, "x", "days"), (367, "x", "days"), (1, " ", "label")],
)
def test_a_token_lasts_a_year_and_a_day_at_most_and_says_what_for(
    store, callers, days, label, field
):
    me = callers["registry"]

    with store.transaction() as tx, pytest.raises(InputRefused) as refused:
        tokens.create_for(tx, CLOCK, me, me.user_id, days=days, label=label)

    assert refused.value.data["field"] == field


# --- the command line -------------------------------------------------------------


@pytest.fixture
def rasim(database_url, tmp_path, callers):
    def run(*words):
        told = {"DATABASE_URL": database_url, "RASIM_DATA": str(tmp_path)}
        return CliRunner().invoke(main, ["token", *words], env=told)

    return run


def test_the_command_prints_the_token_alone_and_its_list_prints_none(store, rasim):
    made = rasim("create", "registry", "--days", "10", "--label", "Түнгі")
    token = made.stdout.strip()
    listed = rasim("list", "registry")

    assert made.exit_code == listed.exit_code == 0
    assert made.stdout == f"{token}\n"
    with store.transaction() as tx:
        assert tokens.caller(tx, SystemClock(), token).login == "registry"
    (line,) = [one for one in listed.stdout.splitlines() if "Түнгі" in one]
    assert token[:10] in line
    assert token not in listed.stdout
    assert "live" in line

    assert rasim("revoke", line.split()[0]).stderr == "1 revoked.\n"
    with store.transaction() as tx:
        assert tokens.by_token(tx, SystemClock(), token) is None


def test_without_days_a_token_lasts_ninety(store, rasim):
    token = rasim("create", "registry").stdout.strip()

    with store.transaction() as tx:
        row = tx.execute(
            sa.select(api_tokens).where(
                api_tokens.c.token_hash == tokens.hash_of(token)
            )
        ).one()
    assert row.expires_at - row.created_at == timedelta(days=90)


def test_revoking_by_name_ends_all_and_what_is_not_there_is_named(rasim):
    rasim("create", "portal")

    assert rasim("revoke", "portal").exit_code == 0
    assert rasim("revoke", "nobody-at-all").exit_code == 1
    assert rasim("revoke", "00000000-0000-0000-0000-000000000000").exit_code == 1
    assert rasim("create", "portal", "--days", "367").exit_code == 2
