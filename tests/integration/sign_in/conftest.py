"""A service whose people may sign in at a real provider of OpenID Connect."""

import re
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from html import unescape
from pathlib import Path
from urllib.parse import urljoin

import pytest
import requests
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server import bootstrap
from server.settings import Settings
from tests import provider as providers
from tests.provider import Provider
from workflows import people
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store.session import Store

HERE = Path(__file__).parent
PASSWORD = "тау мен дала арасында"
SERVICE = "http://localhost"  # as Flask's client calls it
CSRF = re.compile(r'name="csrf_token" value="([^"]+)"')


@pytest.fixture(scope="session")
def provider() -> Iterator[Provider]:
    with providers.running(f"{SERVICE}/sign-in/openid/back") as found:
        yield found


@pytest.fixture(scope="module", autouse=True)
def offices(store: Store) -> None:
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={"kk": "М"})
        for code in ("east", "west"):
            people.add_office(
                tx, code=code, kind="region", names={"kk": code}, parent="root"
            )
        people.add_office(
            tx, code="school", kind="school", names={"kk": "Мектеп"}, parent="east"
        )


def settings_of(
    database_url: str, data: Path, provider: Provider, **more: str
) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": database_url,
            "RASIM_DATA": str(data),
            "RASIM_SECRET_KEY": "x" * 40,
            **provider.environment(HERE / "roles.yaml"),
            "RASIM_ADDRESS": SERVICE,
            **more,
        }
    )


@pytest.fixture(scope="module")
def app(
    database_url: str, tmp_path_factory: pytest.TempPathFactory, provider: Provider
) -> Iterator[Flask]:
    data = tmp_path_factory.mktemp("data")
    made = bootstrap.create_app(settings_of(database_url, data, provider))
    yield made
    made.extensions["rasim"].store.close()


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


def post(client: FlaskClient, path: str, page: str | None = None, **fields: str):
    """Send a form as its page would: with the token of the page."""
    token = CSRF.search(client.get(page or path).text)
    assert token, f"{page or path} has no form"
    return client.post(path, data={"csrf_token": token[1], **fields})


@dataclass
class Elsewhere:
    """A browser at the provider's pages."""

    provider: Provider

    def come_back(self, address: str, subject: str, answer: str = "") -> str:
        """Sign in there and agree; the address to which one is sent back.

        `answer` "abort": leave at the first page.
        """
        with requests.Session() as browser:
            answered = browser.get(address, allow_redirects=False)
            for _ in range(12):
                if "location" in answered.headers:
                    address = urljoin(answered.url, answered.headers["location"])
                    if address.startswith(SERVICE):
                        return address
                    answered = browser.get(address, allow_redirects=False)
                    continue
                assert answered.ok, answered.text
                found = re.search(r'action="([^"]+)"', answered.text)
                assert found, answered.text
                if answer == "abort":
                    left = re.search(r'href="([^"]+/abort)"', answered.text)
                    assert left, answered.text
                    address = urljoin(answered.url, unescape(left[1]))
                    answered = browser.get(address, allow_redirects=False)
                    continue
                prompt = re.search(r'name="prompt" value="([^"]+)"', answered.text)
                form = {"prompt": prompt[1] if prompt else "login"}
                if form["prompt"] == "login":
                    form |= {"login": subject, "password": "any"}
                address = urljoin(answered.url, unescape(found[1]))
                answered = browser.post(address, form, allow_redirects=False)
        raise AssertionError("the provider goes round in circles")


@pytest.fixture
def elsewhere(provider: Provider) -> Elsewhere:
    return Elsewhere(provider)


@pytest.fixture
def login(store: Store) -> str:
    """A clerk of the school, with a password."""
    login = f"aliya-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=login, name="Әлия", password=PASSWORD)
        people.add_membership(tx, login=login, role=Role.CLERK, office="school")
    return login


def sign_in(
    client: FlaskClient,
    login: str,
    password: str = PASSWORD,
    agent: str = "Mozilla/5.0 Firefox/130.0",
) -> TestResponse:
    client.environ_base["HTTP_USER_AGENT"] = agent
    return post(client, "/sign-in", login=login, password=password)


@pytest.fixture
def owner(client: FlaskClient, login: str) -> FlaskClient:
    assert sign_in(client, login).status_code == 303
    return client
