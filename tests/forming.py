"""Forms for tests: written in a line, evaluated by our own FEEL."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

import forms
from workflows import feel, form_feel
from workflows.ports import FixedClock

NOON = datetime(2026, 4, 1, 7, 0, tzinfo=UTC)  # 12:00 in Kazakhstan
PAPER = forms.Document("d-1", "Куәлік.pdf", "application/pdf", 700_000)
SCHOOL = forms.Option("b-1", "b-1", forms.Texts("№ 1 мектеп"))


@lru_cache(maxsize=1)
def _parser() -> feel.Parser:
    return feel.Parser().__enter__()


def close() -> None:
    if _parser.cache_info().currsize:
        _parser().__exit__(None, None, None)
        _parser.cache_clear()
        _expression.cache_clear()


@lru_cache(maxsize=2_000)
def _expression(text: str) -> feel.Expression:
    return feel.compile_tree(_parser().parse(text), text)


def evaluate(text: str, context: Mapping[str, Any]) -> object:
    environment = feel.Environment(clock=FixedClock(NOON))
    return form_feel.evaluate(_expression(text), context, environment)


def lookup(name: str, params: Mapping[str, Any]) -> list[forms.Option]:
    return [SCHOOL] if params.get("under", "r") == "r" else []


SOURCES = forms.Sources(lookup=lookup, documents={PAPER.id: PAPER}.get)


def question(kind: str = "textfield", key: str = "q", **more: Any) -> dict[str, Any]:
    is_moment = kind == "datetime"
    label = "timeLabel" if more.get("subtype") == "time" else "dateLabel"
    told = {label if is_moment else "label": "Сұрақ"}
    return {"type": kind, "id": key, "key": key} | told | more


def group(
    *components: Any, id: str = "g", **more: Any
) -> dict[str, Any]:  # as the file has it
    return {"type": "group", "id": id, "components": list(components)} | more


def rows(*components: Any, path: str = "items", **more: Any) -> dict[str, Any]:
    told = {"type": "dynamiclist", "id": path, "path": path}
    return told | {"components": list(components)} | more


def form_of(*components: Any, **more: Any) -> forms.Form:
    return forms.read(
        json.dumps({"id": "f", "components": list(components)} | more), "f.form.json"
    )


def check(
    form: forms.Form, answers: Any, variables: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    return forms.validate(form, answers, variables or {}, evaluate, SOURCES)


def codes(
    form: forms.Form, answers: Any, variables: Mapping[str, Any] | None = None
) -> dict[str, str]:
    """The first problem of each path; nothing where the answers are right."""
    try:
        check(form, answers, variables)
    except forms.AnswersInvalid as error:
        return {path: found[0].code for path, found in error.errors.items()}
    return {}


def refusals(*components: Any, **more: Any) -> set[tuple[str | None, str]]:
    """(component, rule) of everything for which the form is refused."""
    try:
        form_of(*components, **more)
    except forms.FormRefused as error:
        return {(one.element_id, one.rule) for one in error.findings}
    return set()


def page(
    form: forms.Form, answers: Any, variables: Mapping[str, Any] | None = None
) -> forms.Page:
    return forms.lay_out(form, answers, variables or {}, evaluate, SOURCES)
