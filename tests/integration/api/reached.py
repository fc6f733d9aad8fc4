"""Requests that schemathesis makes, about things that are there: names it cannot guess.

Each is about things of its own, in the state that the call asks for.
"""

from typing import Any

from flask import Flask

from tests.drawn import ask, form, line
from tests.integration.api.callers import Caller, make_caller
from tests.integration.api.two_schools import API, OURS, School
from tests.models import literal, model
from workflows import people
from workflows.model import Role
from workflows.store.session import Store

FILES = {
    "reach.bpmn": line("reach", ask("work", None, "Жұмыс"), ask("next", None, "Соң")),
    "reach_form.bpmn": line("reach_form", ask("work", "reach_note", "Жазба")),
    "reach_note.form.json": form("reach_note", "note"),
    "reach.dmn": model(literal("reach_rule", "1 + 1"), "urn:reach"),
}
# By the name of a parameter or a field; None: left out, for a chance value leads away.
NAMED = {
    "key": "reach",
    "version": 1,
    "process_key": "reach",
    "office": OURS,
    "assignee": "clerk of school-1",
    "url": "https://reach.example.kz/rasim",
    "to": "next",
    "element_id": "work",
    "cursor": None,
    "kind": None,
    "lenient": None,
    "expression": "1 + 1",
    "advance": "PT1M",
    "now": "2099-01-01T00:00:00+00:00",
}
MOVED_BEFORE = {
    "release": ("claim",),
    "delegate": ("claim",),
    "bring-back": ("claim", "delegate"),
    "resume": ("suspend",),
    "repeat": ("complete",),
}


class Reach:
    """Somebody who may do everything at our school, and what they ask about."""

    def __init__(
        self, app: Flask, store: Store, designer: Caller, ours: School
    ) -> None:
        answer = designer.post_files(f"{API}/deployments", FILES)
        assert answer.status_code == 201, answer.text
        self.school = ours
        ours.ids.pop("webhook_id", None)  # it may have ended
        self.caller = make_caller(app, store, "everybody", Role.ADMINISTRATOR, OURS)
        with store.transaction() as tx:
            for role in (Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.SERVICE):
                people.add_membership(tx, login="everybody", role=role, office=OURS)

    def settle(self, case: Any) -> None:
        """The request is about things that are there, in a state that allows it."""
        ids = self._ids(case.operation.path)
        if case.operation.method == "delete":
            self.school.ids.pop("webhook_id")  # the next asks about another
        path = case.path_parameters
        for name in path:
            path[name] = ids.get(name, NAMED.get(name))
        if path.get("key") and "decisions" in case.operation.path:
            path["key"] = "reach_rule"
        case.query = {
            name: value for name, value in (case.query or {}).items() if name == "limit"
        }
        if isinstance(case.body, dict):
            for name in set(case.body) & set(NAMED):
                case.body[name] = NAMED[name]
                if NAMED[name] is None:
                    del case.body[name]
            if "step" in case.body:
                case.body["step"] = ids["step"]

    def _ids(self, path: str) -> dict[str, str]:
        """What the address may name, made for this request alone."""
        call = path.rsplit("/", 1)[-1]
        if "{" not in path or "definitions" in path or "decisions" in path:
            return {}
        if "{instance_id}" not in path and "{task_id}" not in path:
            self.school.fill(1)
        ids = {kind: all_[-1] for kind, all_ in self.school.ids.items()}
        key = "reach_form" if call == "form" else "reach"
        told = {"process_key": key, "office": OURS}
        ids["instance_id"] = case = self._post("instances", told)["id"]
        if "{delivery_id}" in path:
            return ids | {"delivery_id": self._delivery(ids["webhook_id"])}
        tasks = self._get("tasks", instance_id=case)["items"]
        ids["task_id"] = tasks[0]["id"]
        for move in MOVED_BEFORE.get(call, ()):
            noun, kind = ("instances", "instance_id"), ("tasks", "task_id")
            place = noun if move == "suspend" else kind
            body = {"assignee": NAMED["assignee"]} if move == "delegate" else {}
            self._post(f"{place[0]}/{ids[place[1]]}/{move}", body)
        if call in ("skip", "move"):
            steps = self._get(f"instances/{case}/steps")["steps"]
            ids["step"] = steps[0]["step"]
        return ids

    def _delivery(self, webhook: str) -> str:
        found = self._get(f"webhooks/{webhook}/deliveries", limit=1)["items"]
        return str(found[0]["id"])

    def _post(self, path: str, body: dict[str, Any]) -> Any:
        answer = self.caller.post(f"{API}/{path}", body)
        assert answer.status_code in (200, 201), answer.text
        return answer.json

    def _get(self, path: str, **query: Any) -> Any:
        answer = self.caller.get(f"{API}/{path}", **query)
        assert answer.status_code == 200, answer.text
        return answer.json
