"""Clerks at their browsers: the pages of the desk over a real application."""

import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from server.auth import SESSION_COOKIE
from tests.drawn import ask, form, line
from tests.integration.house import House
from workflows import credentials, people
from workflows.model import Role
from workflows.people import Caller

# As a browser tells it with a form of the page that it shows.
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}


@dataclass
class Browser:
    """One clerk's browser; `post` sends the token of the session."""

    login: str
    client: FlaskClient
    token: str

    def get(self, path: str, **headers: str) -> TestResponse:
        return self.client.get(path, headers=headers)

    def post(
        self,
        path: str,
        told: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        sent = {"csrf_token": self.token, **(told or {})}
        return self.client.post(path, data=sent, headers=headers)

    def draft(self, task_id: uuid.UUID, **typed: str) -> TestResponse:
        """As the page's script saves it."""
        headers = {"Accept": "application/json"}
        return self.post(f"/tasks/{task_id}/draft", typed, headers)


@dataclass
class Desks:
    """An application, its database, and people who sit down at browsers."""

    app: Flask
    house: House

    def person(
        self, role: Role = Role.CLERK, *, login: str = "", office: str | None = None
    ) -> Caller:
        """Somebody new at the school of the tests, who reads English."""
        login = login or f"{role}-{uuid.uuid4().hex[:8]}"
        place = office or self.house.callers["clerk"].memberships[0].office_code
        with self.house.store.transaction() as tx:
            people.add_user(
                tx,
                self.house.world.clock,
                login=login,
                name=login.title(),
                locale="en",
                is_demo=True,
            )
            people.add_membership(tx, login=login, role=role, office=place)
            return people.known(tx, login)

    def browser(self, person: Caller) -> Browser:
        """A browser of theirs where they have signed in."""
        clock = self.app.extensions["rasim"].clock
        with self.house.store.transaction() as tx:
            signed_in = credentials.sign_in_demo(tx, clock, person.login)
        assert signed_in is not None
        client = self.app.test_client()
        client.set_cookie(SESSION_COOKIE, signed_in.token)
        page = client.get("/mentions").text
        token = re.search(r'name="csrf_token" value="([^"]+)"', page)
        assert token is not None, page
        return Browser(person.login, client, token[1])

    def clerk(self, login: str = "") -> Browser:
        return self.browser(self.person(login=login))

    def case(self, *steps: str) -> uuid.UUID:
        """A case of a new procedure, whose only step asks `why` unless told."""
        key = f"p{uuid.uuid4().hex[:8]}"
        drawn = steps or (ask("a", f"{key}.f", "Why?"), ask("b", None, "Then?"))
        self.house.release(
            a__bpmn=line(key, *drawn), f__form__json=form(f"{key}.f", "why", "how")
        )
        return self.house.start(key)

    def task(self, *steps: str) -> uuid.UUID:
        """The first task of a new case."""
        (row,) = self.house.tasks(self.case(*steps))
        return row.id
