"""The doors of the service, each tried as those try it who may come to it."""

import functools
import html
import io
import json
import re
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

from flask.testing import EnvironBuilder
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from tests import document_files, escapes
from tests.drawn import ask, line
from tests.escapes import Attempt
from tests.integration.task_page.clerks import Browser, Desks
from tests.models import model
from workflows import credentials
from workflows.model import Role

JSON = "application/json"
DEVICES = {"con", "prn", "aux", "nul", "com1", "lpt1"}


@dataclass(frozen=True)
class Answer:
    status: int
    text: str
    media_type: str
    headers: list[tuple[str, str]]

    @classmethod
    def of(cls, answer: TestResponse) -> "Answer":
        text = answer.get_data().decode("utf-8", "replace")
        answer.close()
        return cls(answer.status_code, text, answer.mimetype, list(answer.headers))

    @property
    def shown(self) -> str:
        """The text of a page as a person reads it."""
        return html.unescape(re.sub(r"<[^>]*>", "", self.text))

    @property
    def rules(self) -> set[str]:
        """What a program is told that it is refused by."""
        told = json.loads(self.text) if "json" in self.media_type else {}
        return (
            {one["rule"] for one in told.get("findings", ())}
            | set(told.get("errors", ()))
            | {str(told.get("type", "")).rpartition("problem-")[2], ""}
        )

    @property
    def has_words(self) -> bool:
        """Whether somebody who reads it knows what is wrong."""
        told = json.loads(self.text) if "json" in self.media_type else {}
        return bool(told.get("detail") or told.get("findings") or told.get("errors"))


@dataclass
class Doors:
    desks: Desks
    places: dict[str, str]
    tokens: dict[Role, str] = field(default_factory=dict)
    readers: dict[Role, Browser] = field(default_factory=dict)

    def try_(self, attempt: Attempt) -> list[Answer]:
        """Every answer that the attempt got, the first that of its door."""
        door: Callable[[Attempt], list[Answer]] = getattr(self, f"_{attempt.door}")
        return door(attempt)

    def _drawing(self, attempt: Attempt) -> list[Answer]:
        key = f"e{uuid.uuid4().hex[:10]}"
        name = attempt.sent.get("file", "d.bpmn")
        answer = self._release({name: self._drawn(key, attempt.sent)})
        if answer.status != 201:
            return [answer]
        reader = self.desks.browser(self.desks.person(Role.DESIGNER))
        page = Answer.of(reader.get(f"/procedures/{key}"))
        return [answer, page]

    def _drawn(self, key: str, sent: Mapping[str, Any]) -> bytes:
        least = line(key)
        places = self.places | {"@LEAST@": least.decode().partition("?>")[2]}
        if "content" in sent:
            return escapes.content(sent["content"], places)
        if "xml" in sent:
            return escapes.content(sent["xml"], places)
        steps = escapes.text(sent["steps"], places)
        besides = escapes.text(sent.get("besides", ""), places)
        if 'id="a"' not in steps:
            return line(key, besides=besides).replace(
                b"</bpmn:process>", steps.encode() + b"</bpmn:process>"
            )
        return line(key, '<x id="a"/>', besides=besides).replace(
            b'<x id="a"/>', steps.encode("utf-8", "surrogatepass")
        )

    def _release(self, files: Mapping[str, bytes]) -> Answer:
        return self._call(
            Role.DESIGNER,
            "/api/v1/deployments",
            data=MultiDict(
                ("files", (io.BytesIO(content), name))
                for name, content in files.items()
            ),
        )

    def _procedure(self, attempt: Attempt) -> list[Answer]:
        key = f"e{uuid.uuid4().hex[:10]}"
        told = escapes.content(attempt.sent["content"], self.places | {"@KEY@": key})
        answer = self._release({"d.bpmn": line(key), "procedure.yaml": told})
        if answer.status != 201:
            return [answer]
        reader = self.desks.browser(self.desks.person(Role.DESIGNER))
        return [answer, *map(Answer.of, map(reader.get, ("/procedures", "/norms")))]

    def _form(self, attempt: Attempt) -> list[Answer]:
        key = f"e{uuid.uuid4().hex[:10]}"
        sent = attempt.sent
        files = {
            "d.bpmn": line(key, ask("a", f"{key}_f", "Why?")),
            "f.form.json": self._form_file(f"{key}_f", sent),
        }
        answer = self._release(files)
        if answer.status != 201:
            return [answer]
        variables = self._plain(sent.get("variables", {}))
        (row,) = self.desks.house.tasks(self.desks.house.start(key, **variables))
        clerk = self.desks.clerk()
        answers = [answer, Answer.of(clerk.get(f"/tasks/{row.id}"))]
        if "answers" in sent:
            told = self._plain(sent["answers"])
            answers += [Answer.of(clerk.post(f"/tasks/{row.id}", told))]
        return answers

    def _form_file(self, id_: str, sent: Mapping[str, Any]) -> bytes:
        if "source" in sent:
            return escapes.content(sent["source"], self.places | {"@KEY@": id_})
        components: list[Any] = []
        for one in sent["components"]:
            many = one.get("many") if isinstance(one, dict) else None
            for number in range(one.get("times", 1)) if many else ():
                made = json.dumps(many).replace("@N@", str(number))
                components.append(json.loads(made))
            if not many:
                components.append(self._plain(one))
        told = {"id": id_, "type": "default", "components": components}
        return json.dumps(told).encode()

    def _feel(self, attempt: Attempt) -> list[Answer]:
        sent = attempt.sent
        expression = escapes.text(sent["expression"], self.places)
        variables = json.dumps(self._plain(sent.get("variables", {})))
        if levels := sent.get("variables", {}).get("nest"):
            variables = f'{{"x": {"[" * levels}{"]" * levels}}}'
        body = f'{{"expression": {json.dumps(expression)}, "variables": {variables}}}'
        path = "/api/v1/feel/evaluate"
        return [self._call(Role.DESIGNER, path, data=body, content_type=JSON)]

    def _decision(self, attempt: Attempt) -> list[Answer]:
        key = f"e{uuid.uuid4().hex[:10]}"
        answer = self._release({"d.dmn": self._model(key, attempt.sent)})
        if answer.status != 201:
            return [answer]
        path = f"/api/v1/decisions/{key}/evaluate"
        told = self._call(Role.DESIGNER, path, json={"variables": {}})
        reader = self.desks.browser(self.desks.person(Role.DESIGNER))
        page = Answer.of(reader.get(f"/procedures/decisions/{key}"))
        return [told, page]

    def _model(self, key: str, sent: Mapping[str, Any]) -> bytes:
        if "model" in sent:
            return escapes.content(sent["model"], self.places)

        def told(name: str) -> str:
            text = escapes.text(sent.get(name, ""), self.places)
            return text.replace("asked", key)

        written = escape(told("expression"))
        language = sent.get("language")
        named = f' expressionLanguage="{language}"' if language else ""
        body = (
            told("body")
            or f"<literalExpression{named}><text>{written}</text></literalExpression>"
        )
        name = sent.get("called", key)
        decision = (
            f'<decision id="{key}" name="{name}"><variable name="{name}"/>'
            f"{told('requires')}{body}</decision>"
        )
        return model(told("knowledge") + decision, f"urn:{key}")

    def _document(self, attempt: Attempt) -> list[Answer]:
        """Given to a task, listed on its page, looked at, and taken home again."""
        sent = attempt.sent
        file = (io.BytesIO(self._file(sent)), escapes.text(sent["named"], self.places))
        path = f"/api/v1/tasks/{self.task}/documents"
        given = self._call(Role.CLERK, path, data={"file": file})
        if given.status != 201:
            return [given]
        told = json.loads(given.text)
        clerk, own = self._reader(Role.CLERK), f"/documents/{told['id']}"
        pages = (own, f"/tasks/{self.task}", f"{own}/preview", f"{own}/page.webp")
        seen = [Answer.of(clerk.get(page)) for page in pages]
        kept = told["name"].rpartition(".")[0].casefold()
        assert not set(told["name"]) & set('/\\<>:"|?*\0\r\n\u202e'), told
        assert kept not in {*DEVICES, ""}, told
        assert len(told["name"]) <= 200
        headers = dict(seen[0].headers)
        assert headers["Content-Disposition"].startswith("attachment;"), headers
        assert "sandbox" in headers["Content-Security-Policy"]
        return [given, *seen]

    def _file(self, sent: Mapping[str, Any]) -> bytes:
        if "pieces" in sent:
            return b"".join(map(self._file, sent["pieces"]))
        if "content" in sent:
            return escapes.content(sent["content"], self.places)
        told = dict(sent.get("with", {}))
        if number := told.get("parts", {}).get("many"):
            told["parts"] = {f"p{at}": "" for at in range(number)}
        made: bytes = getattr(document_files, sent["made"])(**_bytes(told))
        return made

    def _request(self, attempt: Attempt) -> list[Answer]:
        sent = attempt.sent
        client = self.desks.app.test_client()
        if "as" in sent:
            client = self._reader(Role(sent["as"])).client
        headers = {
            name: escapes.text(value, self.places)
            for name, value in sent.get("headers", {}).items()
        }
        if sent.get("token"):
            headers["Authorization"] = f"Bearer {self._token(Role.SERVICE)}"
        told: dict[str, Any] = {"headers": headers}
        if "form" in sent:
            told["data"] = sent["form"]
        if "body" in sent:
            told["data"] = escapes.text(sent["body"], self.places).encode()
            told["content_type"] = sent["type"]
        places = self.places | {"@TASK@": str(self.task)}
        path = escapes.text(sent["path"], places)
        answer = client.open(path, method=sent.get("method", "GET"), **told)
        return [Answer.of(answer)]

    @functools.cached_property
    def task(self) -> uuid.UUID:
        return self.desks.task()

    def _reader(self, role: Role) -> Browser:
        if role not in self.readers:
            self.readers[role] = self.desks.browser(self.desks.person(role))
        return self.readers[role]

    def _plain(self, told: Any) -> Any:
        """Plain data, its texts with the places of the trap."""
        if isinstance(told, dict) and "of" not in told:
            return {key: self._plain(one) for key, one in told.items()}
        if isinstance(told, list) and not any(
            isinstance(one, dict) and "of" in one for one in told
        ):
            return [self._plain(one) for one in told]
        is_text = isinstance(told, str | list | dict)
        return escapes.text(told, self.places) if is_text else told

    def _call(self, role: Role, path: str, **told: Any) -> Answer:
        headers = {"Authorization": f"Bearer {self._token(role)}"}
        builder = EnvironBuilder(
            self.desks.app, path, method="POST", headers=headers, **told
        )
        environ = builder.get_environ()
        try:
            return Answer.of(self.desks.app.test_client().open(environ))
        finally:
            environ["wsgi.input"].close()  # a file, if it is large: werkzeug leaves it
            builder.close()

    def _token(self, role: Role) -> str:
        if role not in self.tokens:
            person = self.desks.person(role)
            with self.desks.house.store.transaction() as tx:
                clock = self.desks.app.extensions["rasim"].clock
                self.tokens[role] = credentials.create_token(
                    tx, clock, person.login, valid_for=None
                )
        return self.tokens[role]


def _bytes(told: Any) -> Any:
    """Arguments, their texts as bytes; the kind of a picture stays a word."""
    if isinstance(told, dict):
        return {
            name: one if name == "kind" else _bytes(one) for name, one in told.items()
        }
    return told.encode() if isinstance(told, str) else told
