"""A token that was revoked, and a role that was taken away, stop working soon."""

import pytest
import sqlalchemy as sa

from server import known_tokens
from tests.integration.api.callers import make_caller
from workflows import credentials
from workflows.model import Role
from workflows.store.tables import memberships, users

TASKS = "/api/v1/tasks"


@pytest.fixture
def robot(app, store, offices, request):
    return make_caller(app, store, request.node.name[:60], Role.DESIGNER, "ministry")


def statements(store, run):
    """How many SQL statements `run` sends over this store's connections."""
    sent = []
    engine = store.engine

    def note(*told):
        sent.append(told[2])

    sa.event.listen(engine, "before_cursor_execute", note)
    run()
    sa.event.remove(engine, "before_cursor_execute", note)
    return sent


def test_a_revoked_token_is_refused_once_it_is_no_longer_fresh(
    app, store, robot, monkeypatch
):
    monkeypatch.setattr(known_tokens, "TOKEN_FRESH_SECONDS", 0.0)
    assert robot.get(TASKS).status_code == 200

    with store.transaction() as tx:
        credentials.revoke_tokens(tx, app.extensions["rasim"].clock, robot.login)

    assert robot.get(TASKS).status_code == 401


def test_a_role_that_was_taken_away_is_gone(store, robot, monkeypatch):
    monkeypatch.setattr(known_tokens, "TOKEN_FRESH_SECONDS", 0.0)
    path, body = "/api/v1/feel/evaluate", {"expression": "1 + 1"}
    assert robot.post(path, body).status_code == 200

    with store.transaction() as tx:
        mine = sa.select(users.c.id).where(users.c.login == robot.login)
        tx.execute(sa.delete(memberships).where(memberships.c.user_id.in_(mine)))

    assert robot.post(path, body).status_code == 403
    assert robot.get(TASKS).json["items"] == []


def test_who_calls_is_one_statement_and_none_while_it_is_fresh(app, robot):
    store = app.extensions["rasim"].store

    first = statements(store, lambda: robot.get("/api/v1/clock"))
    second = statements(store, lambda: robot.get("/api/v1/clock"))

    assert len([one for one in first if "api_tokens" in one]) == 1
    assert [one for one in second if "api_tokens" in one] == []
