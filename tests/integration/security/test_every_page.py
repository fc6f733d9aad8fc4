"""Every address of the service: its headers, and what it makes of hostile names."""

import csv
import io
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from server.headers import HEADERS
from server.logs import JsonFormatter
from tests.drawn import ask, line
from tests.escapes.doors import Answer
from tests.escapes.harm import Trap, harm_in
from tests.integration.task_page.clerks import Desks
from workflows import offices, people, tokens
from workflows.model import Role
from workflows.ports import Clock
from workflows.store.tables import queue_changes, webhooks

EVIL = "\"><img src=x onerror=alert(1)>{{7*7}}${7*7}<script>alert('Ә')</script>"
FORMULA = "=HYPERLINK(1)"
ROLES = (Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class Hostile:
    """A service whose people, offices, procedures and cases bear hostile names."""

    readers: dict[str, FlaskClient]
    places: dict[str, Any]
    rules: list[Rule]

    def addresses(self) -> Iterator[str]:
        for rule in self.rules:
            if "GET" not in (rule.methods or ()):
                continue
            built = rule.build({name: self._place(name) for name in rule.arguments})
            assert built is not None, rule
            yield built[1]

    def _place(self, name: str) -> Any:
        return self.places.get(name, "0")


@pytest.fixture(scope="module")
def hostile(desks: Desks, trap: Trap) -> Hostile:
    key = f"h{uuid.uuid4().hex[:8]}"
    fields = [
        {"type": "textfield", "id": "q", "key": "q", "label": EVIL.replace("{", "(")},
        {"type": "text", "id": "t", "text": "{{ child.name }}"},
    ]
    form = {"id": f"{key}.f", "type": "default", "components": fields}
    escaped = EVIL.replace("<", "&lt;").replace('"', "&quot;")
    drawing = line(key, ask("a", f"{key}.f", escaped), ask("b", None, escaped))
    drawing = drawing.replace(f'name="{key} '.encode(), f'name="{escaped} '.encode())
    desks.house.release(a__bpmn=drawing, f__form__json=json.dumps(form).encode())
    store = desks.house.store
    with store.transaction() as tx:
        people.add_office(
            tx,
            code=f"o-{key}",
            kind="school",
            names=dict.fromkeys(("kk", "ru", "en"), EVIL),
            parent="region",
        )
    case = desks.house.start(key, child={"name": EVIL, "note": FORMULA})
    (task,) = desks.house.tasks(case)
    readers: dict[str, FlaskClient] = {"nobody": desks.app.test_client()}
    for role in ROLES:
        readers[role] = desks.browser(desks.person(role, office="root")).client
    clerk = desks.clerk()
    for address, told in (
        (f"/tasks/{task.id}/comments", {"text": EVIL}),
        (f"/cases/{case}/comments", {"text": FORMULA}),
        (f"/tasks/{task.id}/draft", {"q": EVIL}),
        ("/tasks/filters", {"name": EVIL}),
    ):
        clerk.post(address, told)
    readers[Role.CLERK] = clerk.client
    places = {
        "instance_id": case,
        "task_id": task.id,
        "key": key,
        "version": 1,
        "element_id": "a",
        "filename": "mark.svg",
    }
    ids = {
        name
        for rule in desks.app.url_map.iter_rules()
        for name in rule.arguments
        if type(rule._converters[name]).__name__ == "UUIDConverter"
    }
    numbers = {
        name
        for rule in desks.app.url_map.iter_rules()
        for name in rule.arguments
        if type(rule._converters[name]).__name__ == "IntegerConverter"
    }
    places = dict.fromkeys(ids, uuid.UUID(int=0)) | dict.fromkeys(numbers, 1) | places
    return Hostile(readers, places, list(desks.app.url_map.iter_rules()))


def test_every_answer_has_all_headers_and_nothing_that_runs(
    hostile: Hostile, trap: Trap
) -> None:
    seen = 0
    for address in hostile.addresses():
        for who, client in hostile.readers.items():
            got = client.get(address, base_url="https://localhost")
            answer = Answer.of(got)
            where = f"{who}: {address}: {answer.status}"
            assert answer.status < 500 or address == "/readyz", where
            assert harm_in(answer, trap) == [], where
            _check_headers(dict(answer.headers), address, where)
            seen += answer.status == 200

    assert seen > 100


def _check_headers(headers: dict[str, str], address: str, where: str) -> None:
    for name in HEADERS:
        assert headers.get(name), f"{where}: {name}"
    assert headers["X-Content-Type-Options"] == "nosniff", where
    policy = headers["Content-Security-Policy"]
    for part in ("default-src 'none'", "frame-ancestors 'none'"):
        assert part in policy, where
    assert "unsafe" not in policy, where
    assert "max-age=31536000" in headers["Strict-Transport-Security"], where
    assert "Access-Control-Allow-Origin" not in headers, where
    assert "X-Powered-By" not in headers, where
    if "Content-Type" in headers and headers["Content-Type"].startswith("text/"):
        assert "charset" in headers["Content-Type"], where


def test_the_names_are_shown_as_they_are_written(hostile: Hostile) -> None:
    clerk = hostile.readers[Role.CLERK]

    page = Answer.of(clerk.get(f"/tasks/{hostile.places['task_id']}"))

    assert EVIL in page.shown
    assert "{{7*7}}" in page.shown


def test_a_list_as_a_file_holds_no_formula(hostile: Hostile, desks: Desks) -> None:
    store = desks.house.store
    with store.transaction() as tx:
        name = f"{FORMULA}{uuid.uuid4().hex[:6]}"
        _add_program(tx, desks.house.world.clock, name)
    found: dict[str, list[str]] = {}
    for address in hostile.addresses():
        if not address.endswith(".csv"):
            continue
        cells = found.setdefault(address, [])
        for client in hostile.readers.values():
            answer = client.get(address)
            if answer.status_code == 200:
                rows = list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))
                cells += [cell for row in rows for cell in row]

    assert [address for address, cells in found.items() if not cells] == []
    said = [cell for cells in found.values() for cell in cells]
    assert not [cell for cell in said if cell.startswith(("=", "+", "-", "@", "\t"))]
    for address in ("/programs/tokens.csv", "/programs/webhooks.csv", "/people.csv"):
        assert f"'{name}" in found[address], address
    assert f"'{name}" in found["/queue-changes.csv"]
    assert f"'{FORMULA}" in found["/queue-changes.csv"]
    assert f"'{FORMULA}" in found["/programs/tokens.csv"]


def _add_program(tx: sa.Connection, clock: Clock, name: str) -> None:
    """A program that bears a name, with a token, a webhook and an act on the queue."""
    user_id = people.add_user(tx, clock, login="evil", name=name)
    people.add_membership(tx, login="evil", role=Role.SERVICE, office="root")
    tokens.create(tx, clock, "evil", valid_for=None, label=FORMULA)
    tx.execute(
        sa.insert(webhooks).values(
            owner_id=user_id,
            url="https://evil.example/",
            sealed_secret="",
            events=["case.ended"],
            office_ids=[offices.by_code(tx, "root")],
            created_at=clock.now(),
        )
    )
    tx.execute(
        sa.insert(queue_changes).values(
            at=clock.now(),
            user_id=user_id,
            change="paused",
            type="nobd.check",
            reason=FORMULA,
        )
    )


def test_a_line_of_the_log_stays_one_line(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    written = io.StringIO()
    for handler in logging.getLogger().handlers:
        if isinstance(handler.formatter, JsonFormatter):
            monkeypatch.setattr(handler, "stream", written)
    client = desks.app.test_client()
    evil = 'x\r\n{"level": "info", "message": "all is well"}\n\u2028'

    client.post("/sign-in", data={"login": evil, "password": evil})
    client.get(
        f"/cases?q={evil}", headers={"User-Agent": "a\tb", "X-Request-Id": "a b"}
    )

    lines = [one for one in written.getvalue().split("\n") if one]
    assert lines
    assert all(json.loads(one)["message"] != "all is well" for one in lines)
