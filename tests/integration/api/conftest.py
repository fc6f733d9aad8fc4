"""An application on a database of its own, and people in three offices."""

import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import bootstrap
from server.settings import Settings
from tests.integration.api.callers import Caller, csrf_of, make_caller, signed_in
from tests.integration.api.conformance import watched
from workflows import people
from workflows.model import Role
from workflows.store.session import Store

Sent = Callable[..., TestResponse]


@pytest.fixture(scope="module")
def settings(database_url: str, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "RASIM_DATA": str(tmp_path_factory.mktemp("data")),
            "RASIM_SECRET_KEY": "x" * 40,
            "RASIM_MANUAL_CLOCK": "1",
            "RASIM_DEMO": "1",
            "RASIM_LOG_LEVEL": "INFO",
        }
    )


@pytest.fixture(scope="module")
def app(settings: Settings) -> Iterator[Flask]:
    made = bootstrap.create_app(settings)
    deviations = watched(made)
    yield made
    services = made.extensions["rasim"]
    services.store.close()
    services.clock.close()
    assert deviations == []


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture(scope="module")
def offices(store: Store) -> dict[str, uuid.UUID]:
    """ministry > astana > school-1, school-2."""
    with store.transaction() as tx:
        made = {}
        for code, kind, parent in (
            ("ministry", "ministry", None),
            ("astana", "region", "ministry"),
            ("school-1", "school", "astana"),
            ("school-2", "school", "astana"),
        ):
            made[code] = people.add_office(
                tx, code=code, kind=kind, names={"kk": code}, parent=parent
            )
    return made


@pytest.fixture(scope="module")
def callers(
    app: Flask, store: Store, offices: dict[str, uuid.UUID]
) -> dict[str, Caller]:
    """One of each role, by login."""
    who = (
        ("administrator", Role.ADMINISTRATOR, "ministry"),
        ("designer", Role.DESIGNER, "ministry"),
        ("supervisor", Role.SUPERVISOR, "astana"),
        ("clerk", Role.CLERK, "school-1"),
        ("stranger", Role.CLERK, "school-2"),
        ("program", Role.SERVICE, "school-1"),
    )
    return {
        login: make_caller(app, store, login, role, office)
        for login, role, office in who
    }


@pytest.fixture
def browse() -> Callable[[Caller], tuple[Sent, Sent]]:
    """A browser in which somebody is signed in: get, and post with what forms need."""

    def enter(caller: Caller) -> tuple[Sent, Sent]:
        browser = signed_in(caller)

        def post(path: str, **told: str) -> TestResponse:
            told["csrf_token"] = csrf_of(browser.get("/account"))
            return browser.post(path, data=told)

        return browser.get, post

    return enter


@pytest.fixture(scope="module")
def released(callers: dict[str, Caller]) -> dict[str, object]:
    """The answer to releasing first-grade admission."""
    root = Path(__file__).resolve().parents[3]
    folders = (
        root / "bpmn" / "first_grade_admission",
        root / "forms" / "first_grade_admission",
    )
    files = [
        path
        for folder in folders
        for path in sorted(folder.iterdir())
        if path.name.endswith((".bpmn", ".form.json", "procedure.yaml"))
    ]
    answer = callers["designer"].post_files("/api/v1/deployments", files)
    assert answer.status_code == 201, answer.text
    return answer.json
