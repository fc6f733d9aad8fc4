"""A decision: its rules as a table that people read, and a form to try it."""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from flask import Blueprint, render_template, request
from markupsafe import Markup, escape

from server import i18n, norms_pages, words
from server.api.values import encoded
from server.auth import require
from server.context import caller, services, transaction, world
from server.i18n import gettext
from server.sections import STAFF
from workflows import decision_views, deployments, dmn, feel
from workflows.decision_inputs import Asked
from workflows.decision_models import Ready
from workflows.model import Role

AUTHORS = (Role.DESIGNER, Role.ADMINISTRATOR)
LONGEST_INPUT = 10_000
_WORD = re.compile(r"[\w.\-/]*\w")


@dataclass(frozen=True)
class Field:
    """One input as the form asks for it."""

    id: str
    name: str
    kind: str  # "boolean", or how the answer is written
    hint: str
    given: str
    problem: str = ""


@dataclass(frozen=True)
class Tried:
    """What an evaluation gave; one of `result` and `problem` is empty."""

    result: str = ""
    rules: frozenset[str] = frozenset()
    problem: str = ""
    inputs: tuple[tuple[str, str], ...] = ()


def register(blueprint: Blueprint) -> None:
    address = "/procedures/decisions/<path:key>"
    blueprint.add_url_rule(address, "decision", decision)
    blueprint.add_url_rule(address, "try_decision", try_out, methods=["POST"])


@require(*STAFF)
def decision(key: str) -> str:
    """One decision in its newest version, or in the one that `?version=` names."""
    ready = _ready(key, request.args.get("version", type=int))
    return _page(ready, [_field(one, at) for at, one in enumerate(_asked(ready))])


@require(*AUTHORS)
def try_out(key: str) -> str | tuple[str, int]:
    """Evaluate it with the values of the form; nothing is stored."""
    ready = _ready(key, request.form.get("version", type=int))
    fields, variables = [], {}
    for at, one in enumerate(_asked(ready)):
        given = request.form.get(f"input-{at}", "")[:LONGEST_INPUT]
        try:
            variables[one.name] = _plain(one, given.strip())
            problem = ""
        except ValueError:
            problem = gettext("Write it as the hint says")
        fields.append(_field(one, at, given, problem))
    if any(one.problem for one in fields):
        return _page(ready, fields), 422
    tried = _tried(ready, variables)
    return _page(ready, fields, tried)


def _tried(ready: Ready, variables: dict[str, Any]) -> Tried:
    environment = feel.Environment(clock=services().clock)
    try:
        values = ready.inputs.read(variables, lenient=False)
        outcome = ready.evaluate(values, environment)
        result = encoded(outcome.value)
    except (dmn.DecisionError, feel.FeelError) as error:
        return Tried(problem=i18n.say(error))
    own: dict[str, Any] = next(
        (one for one in outcome.explanation["decisions"] if one["id"] == ready.key), {}
    )
    inputs = tuple(
        (name, json.dumps(value, ensure_ascii=False))
        for name, value in own.get("inputs", {}).items()
    )
    rules = frozenset(
        rule
        for one in outcome.explanation["decisions"]
        for rule in one["matched_rules"]
    )
    return Tried(result, rules, "", inputs)


def _ready(key: str, version: int | None) -> Ready:
    with transaction() as tx:
        return world().library.models.newest(tx, key, version)


def _asked(ready: Ready) -> list[Asked]:
    return ready.inputs.asked(ready.key)


def _page(ready: Ready, fields: list[Field], tried: Tried | None = None) -> str:
    with transaction() as tx:
        versions = deployments.versions_of(tx, ready.key, "decision")
    drawn = decision_views.read(ready.model.source)
    shown = drawn[ready.key]
    return render_template(
        "designer/decision.html",
        asked=fields,
        can_try=_may_try(),
        drawn=drawn,
        marked=marked,
        needs=list(_needs(shown, drawn, frozenset({shown.id}))),
        norm_groups=norms_pages.links(shown.norms),
        ready=ready,
        section="procedures",
        shown=shown,
        tried=tried,
        versions=versions,
    )


def _may_try() -> bool:
    return caller().has(*AUTHORS)


@dataclass(frozen=True)
class Needed:
    """What a decision requires, and what that requires in its turn."""

    name: str
    kind: str
    type: str | None
    key: str | None  # of its own page
    needs: tuple["Needed", ...]
    view: decision_views.View | None = None  # where it has no page


def _needs(
    shown: decision_views.Drawn,
    drawn: dict[str, decision_views.Drawn],
    above: frozenset[str],
) -> Iterator[Needed]:
    for need in shown.needs:
        found = drawn.get(need.id) if need.namespace is None else None
        if found is None:  # of another model: known by its reference alone
            yield Needed(need.id, "import", None, None, ())
            continue
        has_page = found.kind in ("decision", "decisionService")
        inner: Iterable[Needed] = ()
        if found.id not in above:
            inner = _needs(found, drawn, above | {found.id})
        yield Needed(
            found.name,
            found.kind,
            found.type,
            found.id if has_page else None,
            tuple(inner),
            None if has_page else found.view,
        )


def marked(note: str) -> Markup:
    """A note of a rule, each norm in it a link to the article."""
    norms = services().norms
    told, end = Markup(""), 0
    for found in _WORD.finditer(note):
        if found.group() in norms:
            (group,) = norms_pages.links([found.group()])
            link = Markup('<a class="govuk-link" href="/norms/{}" data-norm>{}</a>')
            told += escape(note[end : found.start()])
            told += link.format(found.group(), f"{group.act} {group.links[0].item}")
            end = found.end()
    return told + escape(note[end:])


_DURATIONS = ("days and time duration", "years and months duration")


def _kind(one: Asked) -> str:
    if one.base in _DURATIONS:
        return "duration"
    return one.base if one.base is not None and one.base in words.WRITTEN else "json"


def _field(one: Asked, at: int, given: str = "", problem: str = "") -> Field:
    kind = _kind(one)
    hint = words.of(words.WRITTEN, kind)
    return Field(f"input-{at}", one.name, kind, hint, given, problem)


def _plain(one: Asked, given: str) -> Any:
    """The JSON that an answer stands for; an empty one is null. ValueError."""
    kind = _kind(one)
    if not given:
        return None
    if kind in ("json", "boolean"):
        return json.loads(given, parse_float=Decimal, parse_constant=_refuse)
    if kind == "number":
        number = json.loads(given, parse_float=Decimal, parse_constant=_refuse)
        if isinstance(number, bool) or not isinstance(number, int | Decimal):
            raise ValueError("no number")
        return number
    return given


def _refuse(constant: str) -> None:
    raise ValueError(constant)
