"""What a step that is skipped would have brought, asked in a form that people can fill.

A step with a form of its own is asked by it. Any other result is asked by the words of
the procedure, each value in an input of its kind; JSON is left for what has no words.
"""

import json
import uuid
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from flask import url_for
from werkzeug.datastructures import MultiDict

import forms
from forms.places import get, put
from server import forms_html
from server.context import transaction, world
from server.desk import word_fields
from server.desk.known import HIDDEN
from server.desk.word_fields import WordField
from workflows import engine, feel, form_faults, lookups, steps, tasks
from workflows.model import AnswersRefused, InputRefused
from workflows.released import Released

# Names of the page's own inputs: no question of a form is called so.
VALUES, RESULT = "-variables", "-result"
WITHOUT = "nothing"  # of RESULT: the step ends without the answers of its form


@dataclass(frozen=True)
class Skipped:
    """What may be written down as the result of a step.

    `is_own`: `form` is the step's, and its rules hold. Else `words` are the questions
    of `form`, none of which must be answered. `takes_json`: more may be given as JSON.
    """

    form: forms.Form | None
    variables: Mapping[str, Any]
    evaluate: forms.Evaluate
    action: str
    is_own: bool = False
    words: tuple[WordField, ...] = ()
    takes_json: bool = False
    sources: forms.Sources = field(default_factory=forms.Sources)

    def filling(
        self,
        changed: forms_html.Changed | None = None,
        problems: forms_html.Problems | None = None,
    ) -> forms_html.Filling | None:
        """The questions with what was typed and what is wrong with it."""
        if self.form is None:
            return None
        return forms_html.Filling(
            self.form,
            self.variables if self.is_own else {},
            self.evaluate,
            changed.posted if changed else None,
            problems or {},
            sources=self.sources,
            action=self.action if self.is_own else "",
            focus=changed.focus if changed else "",
            done=changed.done if changed else "",
        )

    def values(self, tx: sa.Connection, posted: MultiDict[str, str]) -> dict[str, Any]:
        """The result as FEEL values.

        Raises AnswersRefused with what is wrong at which question, InputRefused for
        JSON that is none.
        """
        if self.is_own:
            if posted.get(RESULT) == WITHOUT:
                return {}
            return self._answers(self.form, posted, _lookups_in(tx))
        given = _json(posted.get(VALUES, "")) if self.takes_json else {}
        if self.form is None:
            return given
        typed = word_fields.as_typed(self.words, posted)
        form = word_fields.form_of(typed)
        answers = self._answers(form, posted, _lookups_in(tx))
        told = word_fields.values(typed, posted, answers)
        return self._merged(given, told)

    def _answers(
        self,
        form: forms.Form | None,
        posted: MultiDict[str, str],
        sources: forms.Sources,
    ) -> dict[str, Any]:
        if form is None:
            return {}
        answers = forms.from_html(form, forms_html.several(posted))
        variables = self.variables if self.is_own else {}
        try:
            with form_faults.named(form):
                return forms.validate(form, answers, variables, self.evaluate, sources)
        except forms.AnswersInvalid as error:
            raise AnswersRefused(errors=error.errors) from error

    def _merged(self, given: dict[str, Any], told: Mapping[str, Any]) -> dict[str, Any]:
        """What was told by path, within what its variable holds beside it."""
        found = dict(given)
        for path, value in told.items():
            root, *inner = path.split(".")
            if root not in found and inner:
                found[root] = self.variables.get(root)
            if inner:
                found[root] = _copied(found[root])
            put(found, (root, *inner), value)
        return found


def read(tx: sa.Connection, instance_id: uuid.UUID, step_id: uuid.UUID) -> Skipped:
    """What the step would bring; engine.TokenNotWaiting if the case has left it."""
    seen = steps.peek(tx, world(), instance_id)
    variables = seen.case.visible(step_id)
    standing = {one.token: one for one in seen.case.standing}
    here = standing.get(step_id)
    if here is None:
        raise engine.TokenNotWaiting(token=step_id, what="this", reason="over")
    released = seen.released.of(here.process)
    evaluate = tasks.evaluator(released, seen.environment)
    action = url_for("desk.by_hand_fields", instance_id=instance_id, step=step_id)
    mapped = released.definition.outputs_of(here.element_id)
    form = None if mapped else _form(released, here.element_id)
    if form is not None and not any(one.files for one in form.fields):
        own = _lookups()
        return Skipped(form, variables, evaluate, action, is_own=True, sources=own)
    paths, takes_json = _paths(seen.released, mapped, form, variables)
    words = word_fields.of(paths, released, seen.released.words, variables, mapped)
    made = word_fields.form_of(words) if words else None
    return Skipped(
        made,
        variables,
        evaluate,
        action,
        words=words,
        takes_json=takes_json or made is None,
        sources=_lookups(),
    )


def _lookups() -> forms.Sources:
    """Lists to choose from, each read when a page asks for it."""

    def options(name: str, params: Mapping[str, Any]) -> Any:
        with transaction() as tx:
            return lookups.options(tx, name, params)

    return forms.Sources(options)


def _lookups_in(tx: sa.Connection) -> forms.Sources:
    return forms.Sources(lambda name, params: lookups.options(tx, name, params))


def _form(released: Released, element_id: str) -> forms.Form | None:
    element = released.definition.elements.get(element_id)
    if element is None or element.form_id is None:
        return None
    return released.forms.get(element.form_id)


def _paths(
    released: Released,
    mapped: Mapping[str, str],
    form: forms.Form | None,
    variables: Mapping[str, Any],
) -> tuple[list[str], bool]:
    """The variables that have words, and whether the step may bring others too."""
    leaves = list(_leaves(released.words.names))
    if mapped:
        roots = set(mapped)
    elif form is not None:
        roots = {one.keys[0] for one in form.fields if one.files is None}
    else:  # nobody can tell what it brings: what the case does not have yet
        missing = [path for path in leaves if get(variables, path.split(".")) is None]
        return [path for path in missing if path.split(".")[0] not in HIDDEN], True
    found = [path for path in leaves if path.split(".")[0] in roots]
    named = {path.split(".")[0] for path in found}
    return found, bool(roots - named)


def _leaves(names: Iterable[str]) -> Iterator[str]:
    """The paths that hold no other path, and are not of a list."""
    every = [name for name in names if "[]" not in name]
    for name in every:
        if not any(other.startswith(f"{name}.") for other in every):
            yield name


def _json(said: str) -> dict[str, Any]:
    if not said.strip():
        return {}
    try:
        found = json.loads(said, parse_float=Decimal)
        if not isinstance(found, dict):
            raise InputRefused(field="variables", reason="not an object")
        return {name: feel.from_plain(value) for name, value in found.items()}
    except (ValueError, feel.NotAValue) as error:
        raise InputRefused(field="variables", reason="not JSON") from error


def _copied(told: object) -> dict[str, Any]:
    """A context that may be written to, those in it too; what is none is empty."""
    if not isinstance(told, Mapping):
        return {}
    return {
        name: _copied(each) if isinstance(each, Mapping) else each
        for name, each in told.items()
    }
