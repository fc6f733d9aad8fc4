"""What somebody typed into a task's form, as the browser sent it: kept, told, read."""

import re
from collections.abc import Mapping, Sequence

from flask import request
from werkzeug.datastructures import MultiDict

import forms
from server import i18n
from server.auth import FORM_FIELD
from server.i18n import gettext

PART = re.compile(r"-[a-z]+\Z")
INDEX = re.compile(r"\[\d+\]|\.\d+(?=\.|\Z)")
FIRST_NAME = re.compile(r"[^.\-\[\]#:]+")
MOST_NAMES = 2_000

Fields = Mapping[str, Sequence[str]]


def posted(
    form: forms.Form | None, sent: MultiDict[str, str] | None = None
) -> dict[str, list[str]]:
    """What the request sends for this form: no token, no button, no other name.

    `sent` is what it sends together with the documents that its files have become.
    """
    roots = roots_of(form)
    told = request.form if sent is None else sent
    return {
        name: values
        for name, values in list(told.lists())[:MOST_NAMES]
        if name != FORM_FIELD and _root(name) in roots
    }


def roots_of(form: forms.Form | None) -> frozenset[str]:
    """The first names of the form's questions: every input's name begins with one."""
    if form is None:
        return frozenset()
    return frozenset(_root(field.path) for field in form.fields)


def filled(fields: Fields) -> MultiDict[str, str]:
    """What was kept, as if the browser had just sent it."""
    return MultiDict({name: list(values) for name, values in fields.items()})


def told(form: forms.Form | None, fields: Fields) -> list[tuple[str, str]]:
    """(question, what was typed) for people to read; questions left empty are not."""
    asked = {field.path: field for field in form.fields} if form else {}
    found: dict[str, tuple[forms.Field | None, list[str]]] = {}
    for name, values in fields.items():
        # The parts of a date, and the like, are read together.
        whole = PART.sub("", name)
        field = asked.get(_path(whole))
        said = [_said(field, one) for one in values if one.strip()]
        found.setdefault(whole, (field, []))[1].extend(said)
    order = {path: place for place, path in enumerate(asked)}
    ordered = sorted(found, key=lambda whole: order.get(_path(whole), len(order)))
    return [
        (field.label.say(i18n.locale()) if field else whole, _joined(field, said))
        for whole, (field, said) in ((whole, found[whole]) for whole in ordered)
        if said
    ]


def _said(field: forms.Field | None, typed: str) -> str:
    """An option by its name, a tick by "yes", all else as it was typed."""
    if field is None:
        return typed
    if field.kind is forms.Kind.CHECKBOX:
        return gettext("yes")
    chosen = next((one for one in field.options if one.token == typed), None)
    return chosen.label.say(i18n.locale()) if chosen else typed


def _path(whole: str) -> str:
    """The path of a question; one of a list has no number in it."""
    return INDEX.sub("[]", whole)


def _joined(field: forms.Field | None, said: list[str]) -> str:
    is_date = field is not None and field.kind is forms.Kind.DATE
    return ("." if is_date else ", ").join(said)


def _root(name: str) -> str:
    found = FIRST_NAME.match(name)
    return found[0] if found else ""
