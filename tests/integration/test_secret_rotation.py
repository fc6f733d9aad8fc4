"""Another RASIM_SECRET_KEY: nothing that is sealed is lost, and the doctor sees it."""

import os
import time
import uuid
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from server import bootstrap, secret_keys
from server.cli import main
from server.doctor import surroundings
from server.settings import Settings
from server.up import hold
from tests.integration.sign_in.conftest import CSRF, post, sign_in
from workflows import credentials, people, second_factors, webhooks
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.sealing import Sealer
from workflows.store import tables

OLD, NEW, OTHER = "o" * 40, "n" * 40, "p" * 40
PASSWORD = "тау мен дала арасында"
CLOCK = SystemClock()


@pytest.fixture(autouse=True)
def _empty(owner):
    """The tests of a module have one database."""
    yield
    with owner.transaction() as tx:
        tx.execute(sa.delete(tables.webhooks))
        tx.execute(sa.delete(tables.second_factors))


@pytest.fixture(scope="module", autouse=True)
def office(store):
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={"kk": "М"})


class Sealed:
    """Somebody with a second step and a webhook, both sealed with a key."""

    def __init__(self, store, secret):
        self.store, self.login = store, f"aliya-{uuid.uuid4().hex[:8]}"
        sealer = Sealer(secret, second_factors.PURPOSE)
        with store.transaction() as tx:
            people.add_user(tx, CLOCK, login=self.login, password=PASSWORD)
            people.add_membership(tx, login=self.login, role=Role.ADMINISTRATOR)
            self.caller = people.known(tx, self.login)
            self.maker = pyotp.TOTP(
                second_factors.begin(tx, CLOCK, sealer, self.caller).secret
            )
            code = self.maker.at(datetime.now(UTC) - timedelta(seconds=30))
            self.codes = second_factors.confirm(tx, CLOCK, sealer, self.caller, code)
            hook = Sealer(secret, webhooks.SEALED_FOR)
            self.hook = webhooks.add(
                tx,
                CLOCK,
                hook,
                self.caller,
                url="https://hook.example/rasim",
                events=["case.ended"],
            )
            self.signs = webhooks.secret(tx, CLOCK, hook, self.caller, self.hook.id)

    def is_open_to(self, secret):
        """Whether the app's code and the webhook's secret are right with that key."""
        with self.store.transaction() as tx:
            step = credentials.sign_in(tx, CLOCK, self.login, PASSWORD)
            entered = credentials.finish_sign_in(
                tx,
                CLOCK,
                Sealer(secret, second_factors.PURPOSE),
                step,
                self.maker.now(),
            )
            hook = Sealer(secret, webhooks.SEALED_FOR)
            signs = webhooks.secret(tx, CLOCK, hook, self.caller, self.hook.id)
        return entered is not None and signs == self.signs


@pytest.fixture
def sealed(store):
    return Sealed(store, OLD)


@pytest.fixture
def rasim(database_url, tmp_path, monkeypatch):
    monkeypatch.setenv("DATABASE_URL", database_url)
    monkeypatch.setenv("RASIM_DATA", str(tmp_path))
    monkeypatch.delenv("RASIM_SECRET_KEY", raising=False)

    def run(*arguments, **told):
        environment = {f"RASIM_{name}": value for name, value in told.items()}
        return CliRunner().invoke(main, arguments, env=environment)

    return run


def found(database_url, data, **told):
    """What the doctor says of keys: {code: names}."""
    settings = Settings.from_environment(
        {"DATABASE_URL": database_url, "RASIM_DATA": str(data), **told}
    )
    store = bootstrap.make_store(settings)
    try:
        ills = list(surroundings.of_server(store, settings))
    finally:
        store.close()
    return {ill.code: ill.ids for ill in ills if "se" in ill.code[:3]}


def test_what_an_old_key_sealed_is_sealed_anew_and_counted(
    rasim, sealed, database_url, tmp_path
):
    keys = {"SECRET_KEY": NEW, "SECRET_KEY_BEFORE": f"{OTHER},{OLD}"}

    first = rasim("secret", "rotate", **keys)
    again = rasim("secret", "rotate", **keys)

    assert first.output.splitlines() == [
        "Sealed anew: 2.",
        "Sealed with the key of now already: 0.",
    ]
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert "anew: 0." in again.output
    assert "already: 2." in again.output
    assert sealed.is_open_to(NEW)
    assert found(database_url, tmp_path, RASIM_SECRET_KEY=NEW) == {}


def test_with_a_key_that_is_not_known_nothing_is_changed_and_it_is_told(
    rasim, sealed, database_url, tmp_path
):
    answer = rasim("secret", "rotate", SECRET_KEY=NEW, SECRET_KEY_BEFORE=OTHER)

    assert answer.exit_code == 1
    assert sealed.login in answer.output
    assert str(sealed.hook.id) in answer.output
    assert "RASIM_SECRET_KEY_BEFORE" in answer.output
    assert sealed.is_open_to(OLD)
    assert found(database_url, tmp_path, RASIM_SECRET_KEY=NEW) == {
        "seal-unknown": [sealed.login, str(sealed.hook.id)]
    }


def test_the_doctor_tells_what_is_sealed_with_a_key_of_before(
    sealed, database_url, tmp_path
):
    told = {"RASIM_SECRET_KEY": NEW, "RASIM_SECRET_KEY_BEFORE": OLD}

    names = [sealed.login, str(sealed.hook.id)]
    assert found(database_url, tmp_path, **told) == {"seal-old": names}
    assert found(database_url, tmp_path, RASIM_SECRET_KEY=OLD) == {}


def test_a_webhook_that_was_removed_has_nothing_sealed(rasim, store, sealed):
    with store.transaction() as tx:
        webhooks.remove(tx, CLOCK, sealed.caller, sealed.hook.id)

    answer = rasim("secret", "rotate", SECRET_KEY=NEW, SECRET_KEY_BEFORE=OLD)

    assert "Sealed anew: 1." in answer.output
    assert answer.exit_code == 0


def test_the_key_in_the_folder_is_made_anew_and_the_old_one_kept(
    rasim, store, database_url, tmp_path
):
    first = secret_keys.make(tmp_path)
    theirs = Sealed(store, first)

    answer = rasim("secret", "rotate")

    assert "Sealed anew: 2." in answer.output
    second = secret_keys.now(tmp_path)
    assert second != first
    assert secret_keys.before(tmp_path) == (first,)
    assert theirs.is_open_to(second)
    assert found(database_url, tmp_path) == {}
    week_ago = time.time() - 8 * 86_400
    os.utime(tmp_path / "secret.before", (week_ago, week_ago))
    assert found(database_url, tmp_path) == {"secret-old": []}
    assert rasim("secret", "forget").output == "Forgotten: 1.\n"
    assert Settings.from_environment({"RASIM_DATA": str(tmp_path)}).secret_keys == (
        second,
    )


def test_while_rasim_up_runs_its_key_is_not_changed(rasim, tmp_path):
    made = secret_keys.make(tmp_path)

    with hold(tmp_path):
        for act in ("rotate", "forget"):
            answer = rasim("secret", act)
            assert answer.exit_code == 1
            assert "Stop it" in answer.output

    assert secret_keys.now(tmp_path) == made


def test_a_key_that_is_still_needed_is_not_forgotten(rasim, sealed, tmp_path):
    (tmp_path / "secret").write_text(NEW)
    (tmp_path / "secret.before").write_text(OLD)

    answer = rasim("secret", "forget")

    assert answer.exit_code == 1
    assert "2 things" in answer.output
    assert secret_keys.before(tmp_path) == (OLD,)


def test_without_any_key_there_is_nothing_to_exchange(rasim, tmp_path):
    answer = rasim("secret", "rotate")

    assert answer.exit_code == 1
    assert "RASIM_SECRET_KEY: missing" in answer.output
    assert not (tmp_path / "secret").exists()


@pytest.fixture
def at(database_url, tmp_path):
    """Browsers at services with these keys, the one of now first."""
    made = []

    def at(now, *before):
        told = {"RASIM_SECRET_KEY": now, "RASIM_SECRET_KEY_BEFORE": ",".join(before)}
        told |= {"DATABASE_URL": database_url, "RASIM_DATA": str(tmp_path)}
        made.append(bootstrap.create_app(Settings.from_environment(told)))
        return made[-1].test_client()

    yield at
    for app in made:
        app.extensions["rasim"].store.close()


def handed_over(client, other):
    """The same browser, answered by another process."""
    for name in ("rasim_form", "rasim_step", "rasim_session"):
        kept = client.get_cookie(name)
        if kept is not None:
            other.set_cookie(name, kept.value)
    return other


def test_who_is_about_to_sign_in_goes_on_after_the_change(at, sealed):
    before = at(OLD)
    token = CSRF.search(before.get("/sign-in").text)[1]
    form = {"csrf_token": token, "login": sealed.login, "password": PASSWORD}
    stranger = handed_over(before, at(NEW))
    assert stranger.post("/sign-in", data=form).status_code == 403

    after = handed_over(before, at(NEW, OLD))
    assert after.post("/sign-in", data=form).location == "/sign-in/code"
    latest = handed_over(after, at(OTHER, NEW, OLD))
    assert post(latest, "/sign-in/code", code=sealed.maker.now()).location == "/"


def test_who_is_signed_in_stays_so(at, sealed):
    before = at(OLD)
    sign_in(before, sealed.login)
    post(before, "/sign-in/code", code=sealed.codes[0])

    assert handed_over(before, at(NEW)).get("/account").status_code == 200


def test_a_repeat_of_a_program_is_known_after_the_change(at, sealed, store):
    with store.transaction() as tx:
        day = timedelta(days=1)
        token = credentials.create_token(tx, CLOCK, sealed.login, valid_for=day)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid.uuid4().hex}
    asked = {"url": "https://hook.example/two", "events": ["case.ended"]}

    def ask(client):
        return client.post("/api/v1/webhooks", json=asked, headers=headers)

    first, again = ask(at(OLD)), ask(at(NEW, OLD))

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json["id"] == first.json["id"]
    assert again.json["secret"] == first.json["secret"]
    assert ask(at(NEW)).status_code == 422
