"""`rasim user` and `rasim token`, as an administrator types them."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from server.cli import main
from workflows import credentials, identities, people, sessions
from workflows.credentials import FirstPasswordOver
from workflows.identities import Told
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store.session import Store

PASSWORD = "тау мен дала арасында"


@dataclass(frozen=True)
class At:
    """A clock that stands still."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


def later(**away: int) -> At:
    return At(datetime.now(UTC) + timedelta(**away))


@pytest.fixture
def rasim(database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RASIM_DATA", str(tmp_path))

    def run(*arguments: str, told: str | None = None) -> Result:
        return CliRunner().invoke(main, arguments, input=told, prog_name="rasim")

    return run


def test_a_user_is_added_and_the_token_is_alone_on_standard_output(rasim, store: Store):
    added = rasim("user", "add", "root", "--role", "administrator")
    made = rasim("token", "create", "root")

    assert (added.exit_code, added.stdout) == (0, "")
    assert made.exit_code == 0
    token = made.stdout.removesuffix("\n")
    with store.transaction() as tx:
        caller = credentials.by_token(tx, SystemClock(), token)
    assert caller.login == "root"
    assert caller.roles == {Role.ADMINISTRATOR}


def test_a_user_who_is_there_gets_one_role_more(rasim, store: Store):
    rasim("user", "add", "aliya", "--role", "clerk")
    again = rasim("user", "add", "aliya", "--role", "clerk")
    more = rasim("user", "add", "aliya", "--role", "supervisor")

    assert (again.exit_code, more.exit_code) == (1, 0)
    with store.transaction() as tx:
        roles = people.known(tx, "aliya").roles
    assert roles == {Role.CLERK, Role.SUPERVISOR}


def test_a_password_is_read_and_checked(rasim, store: Store):
    weak = rasim("user", "add", "b", "--role", "clerk", "--password", told="short\n")
    good = rasim(
        "user", "add", "b", "--role", "clerk", "--password", told=f"{PASSWORD}\n"
    )
    changed = rasim("user", "password", "b", told=f"{PASSWORD} 2\n")

    assert weak.exit_code == 1
    assert "needs 15 characters" in weak.stderr
    assert (good.exit_code, changed.exit_code) == (0, 0)
    with store.transaction() as tx:
        assert not credentials.sign_in(tx, SystemClock(), "b", PASSWORD)
        assert credentials.sign_in(tx, SystemClock(), "b", f"{PASSWORD} 2")


def test_a_first_password_is_made_told_alone_and_runs_out(
    rasim, store: Store, monkeypatch: pytest.MonkeyPatch
):
    rasim("user", "add", "first", "--role", "clerk")
    monkeypatch.setenv("RASIM_FIRST_PASSWORD_HOURS", "2")

    made = rasim("user", "password", "first", "--first")

    password = made.stdout.removesuffix("\n")
    with store.transaction() as tx:
        found = credentials.sign_in(tx, later(hours=1), "first", password)
        assert sessions.by_session(tx, later(hours=1), found.token).must_change_password
        over = credentials.sign_in(tx, later(hours=2), "first", password)
    assert isinstance(over, FirstPasswordOver)
    assert over.by is None


def test_a_user_is_linked_to_the_provider_of_the_settings(
    rasim, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    rasim("user", "add", "linked", "--role", "clerk")
    assert rasim("user", "link", "linked", "--subject", "s-1").exit_code == 1
    roles = tmp_path / "roles.yaml"
    roles.write_text("{claim: a, memberships: [{value: b, role: clerk, office: c}]}")
    for name, value in (
        ("ISSUER", "https://id.example.kz"),
        ("CLIENT_ID", "rasim"),
        ("CLIENT_SECRET", "secret"),
        ("ROLES", str(roles)),
    ):
        monkeypatch.setenv(f"RASIM_OIDC_{name}", value)

    monkeypatch.setenv("RASIM_ADDRESS", "https://rasim.example.kz")

    assert rasim("user", "link", "nobody", "--subject", "s-1").exit_code == 1
    assert rasim("user", "link", "linked", "--subject", "s-1").exit_code == 0
    assert rasim("user", "link", "linked", "--subject", "s-1").exit_code == 1
    told = Told("https://id.example.kz", "s-1", "x", "Linked", "kk", ())
    with store.transaction() as tx:
        entered = identities.enter(tx, SystemClock(), told)
        assert entered.user_id == people.known(tx, "linked").user_id


def test_revoked_tokens_are_over(rasim, store: Store):
    rasim("user", "add", "robot", "--role", "service")
    token = rasim("token", "create", "robot", "--days", "1").stdout.strip()

    assert rasim("token", "revoke", "robot").exit_code == 0
    with store.transaction() as tx:
        assert credentials.by_token(tx, SystemClock(), token) is None


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("user", "add", "x"), 2),
        (("user", "add", "x", "--role", "king"), 2),
        (("user", "add", "x", "--role", "clerk", "--office", "nowhere"), 1),
        (("token", "create", "nobody"), 1),
        (("token", "create"), 2),
        (("token", "create", "nobody", "--days", "0"), 2),
        (("user", "--help"), 0),
        (("token", "create", "--help"), 0),
    ],
)
def test_the_exit_code_tells_failure_from_wrong_usage(rasim, arguments, code):
    assert rasim(*arguments).exit_code == code
