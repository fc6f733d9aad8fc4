"""A caller of the API in tests, with a token; and a browser of theirs."""

import io
import re
import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from workflows import credentials, people
from workflows.model import Role
from workflows.store.session import Store

PASSWORD = "тау мен дала арасында"


@dataclass(frozen=True)
class Caller:
    app: Flask
    login: str
    token: str

    def get(self, path: str, **query: Any) -> TestResponse:
        return self.app.test_client().get(
            path, query_string=query, headers=self.headers()
        )

    def post(
        self, path: str, body: Any = None, *, key: str | None = None, **told: Any
    ) -> TestResponse:
        headers = self.headers() | ({"Idempotency-Key": key} if key else {})
        if body is not None:
            told["json"] = body
        return self.app.test_client().post(path, headers=headers, **told)

    def post_files(
        self, path: str, files: Iterable[Path] | Mapping[str, bytes], **told: Any
    ) -> TestResponse:
        named = (
            files
            if isinstance(files, Mapping)
            else {file.name: file.read_bytes() for file in files}
        )
        parts = [("files", (io.BytesIO(data), name)) for name, data in named.items()]
        return self.post(path, data=MultiDict(parts), **told)

    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.token}"}


def make_caller(
    app: Flask, store: Store, login: str, role: Role, office: str
) -> Caller:
    clock = app.extensions["rasim"].clock
    with store.transaction() as tx:
        people.add_user(tx, clock, login=login, password=PASSWORD)
        people.add_membership(tx, login=login, role=role, office=office)
        # Without an end: a test may move the clock by decades.
        token = credentials.create_token(tx, clock, login, valid_for=None)
    return Caller(app, login, token)


def csrf_of(page: TestResponse) -> str:
    """What a form of the page sends along, to be known as its own."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', page.text)
    assert found, page.text
    return found[1]


def signed_in(caller: Caller, language: str = "en") -> FlaskClient:
    """A browser in which the caller has signed in."""
    browser, path = caller.app.test_client(), f"/sign-in?lang={language}"
    form = {"login": caller.login, "password": PASSWORD}
    form["csrf_token"] = csrf_of(browser.get(path))
    assert browser.post("/sign-in", data=form).status_code == 303
    return browser


def unknown_id() -> str:
    return str(uuid.uuid4())
