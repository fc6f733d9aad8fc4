"""Whether answers are what a form asks: the one check that no entry point can skip."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date
from functools import lru_cache
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields

from forms.answers import answer_field
from forms.model import TODAY, Field, Form, Kind
from forms.problems import (
    AnswersInvalid,
    ConditionsUnsettled,
    ConditionUnclear,
    Problem,
)

Evaluate = Callable[[str, Mapping[str, Any]], object]
Answers = dict[str, Any]


class _Nest(Schema):
    """Answers by key; a key that the form lacks is an error. Errors are codes."""

    class Meta:
        unknown = RAISE

    error_messages = {"unknown": "unknown", "type": "not_an_object"}  # noqa: RUF012  # marshmallow's own attribute


def validate(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
) -> Answers:
    """The typed answers, nested as their paths say; raises AnswersInvalid.

    Numbers are Decimal, dates `datetime.date`. Every question that is not read-only is
    in the result: one that is hidden or left open is None (a tick box False), so that
    expressions after the task find the name. `variables` are what the task may see;
    `evaluate(feel, context)` runs a condition, and its errors pass through. A question
    that the caller left out has its default, one sent as null has no answer.
    """
    typed, errors = _load(form, answers)
    for field in form.fields:
        if not _has(answers, field) and field.default is not None:
            typed[field.path] = field.default
    shown, context = _settle(form, typed, variables, evaluate)
    result: Answers = {}
    problems: dict[str, list[Problem]] = {}
    fixed = set()
    for field in form.fields:
        if _is_readonly(field, context, evaluate):
            fixed.add(field.path)
            if field.path in shown and _has(answers, field):
                problems[field.path] = [Problem("read_only")]
            continue
        value = typed.get(field.path) if field.path in shown else None
        if value is None and field.kind is Kind.CHECKBOX:
            value = False
        _put(result, field.keys, value)
        if field.path in shown:
            found = errors.get(field.path) or _missing(field, value, evaluate, context)
            if found:
                problems[field.path] = found
    asked = {field.path for field in form.fields}
    problems.update({p: found for p, found in errors.items() if p not in asked})
    if problems:
        raise AnswersInvalid(problems)
    return result


def visible(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
) -> frozenset[str]:
    """Paths of the questions, ids of the rest, that a page shows with these answers.

    Answers that are wrong count as open here; a renderer may call it on any draft.
    """
    typed, _ = _load(form, answers)
    shown, context = _settle(form, typed, variables, evaluate)
    others = (c for c in form.walk() if not isinstance(c, Field))
    ids = {c.id for c in others if not _is_hidden(c.id, c.hide, context, evaluate)}
    return frozenset(shown | ids)


def read_only(form: Form, variables: Mapping[str, Any], evaluate: Evaluate) -> set[str]:
    """Paths of the questions that a page shows with their values, not to be changed."""
    _, context = _settle(form, {}, variables, evaluate)
    return {f.path for f in form.fields if _is_readonly(f, context, evaluate)}


def starting_answers(form: Form, variables: Mapping[str, Any]) -> Answers:
    """What a fresh page shows: the variable at each path, else the form's default."""
    found: Answers = {}
    for field in form.fields:
        value = _get(variables, field.keys)
        _put(found, field.keys, field.default if value is None else value)
    return found


@lru_cache(maxsize=512)
def _schema(form: Form) -> Schema:
    """Compiled once; a form is compared by identity, and a release keeps its own."""
    tree: Answers = {}
    for field in form.fields:
        _put(tree, field.keys, answer_field(field))
    return _nest(tree)()


def _nest(tree: Mapping[str, Any]) -> type[Schema]:
    return _Nest.from_dict(
        {
            name: fields.Nested(_nest(held), allow_none=True)
            if isinstance(held, dict)
            else held
            for name, held in tree.items()
        }
    )


def _load(
    form: Form, answers: Mapping[str, Any]
) -> tuple[dict[str, Any], dict[str, list[Problem]]]:
    """Typed answers by path, and what is wrong by path."""
    errors: dict[str, list[Problem]] = {}
    try:
        loaded: Any = _schema(form).load(answers)
    except ValidationError as e:
        loaded = e.valid_data if isinstance(e.valid_data, dict) else {}
        errors = dict(_problems(e.messages_dict, ""))
    typed = {f.path: _get(loaded, f.keys) for f in form.fields}
    return {path: value for path, value in typed.items() if value is not None}, errors


def _problems(messages: Any, path: str) -> Iterator[tuple[str, list[Problem]]]:
    """marshmallow's tree of messages as dotted paths; `_schema` speaks of the whole."""
    if isinstance(messages, dict):
        for name, held in messages.items():
            inner = path if name == "_schema" else f"{path}.{name}".lstrip(".")
            yield from _problems(held, inner)
    else:
        yield path, [m if isinstance(m, Problem) else Problem(m) for m in messages]


def _settle(
    form: Form,
    typed: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
) -> tuple[set[str], Answers]:
    """Paths that are shown, and the context in which that was found.

    A hidden question has no answer, which may hide or show others: repeat until
    nothing changes. Raises ConditionsUnsettled if it never does.
    """
    asked = form.fields
    shown = {field.path for field in asked}
    context = _context(asked, typed, variables, shown)
    if not any(field.hide for field in asked):
        return shown, context
    for _ in range(len(asked) + 1):
        now = {
            f.path for f in asked if not _is_hidden(f.path, f.hide, context, evaluate)
        }
        if now == shown:
            return shown, context
        changed, shown = now ^ shown, now
        context = _context(asked, typed, variables, shown)
    raise ConditionsUnsettled(sorted(changed))


def _context(
    asked: Iterable[Field],
    typed: Mapping[str, Any],
    variables: Mapping[str, Any],
    shown: set[str],
) -> Answers:
    """Variables with the answers over them; an open or hidden question is null."""
    context = dict(variables)
    for field in asked:
        value = typed.get(field.path) if field.path in shown else None
        if field.readonly is not False and value is None:
            value = _get(variables, field.keys)
        if value is None and field.kind is Kind.CHECKBOX:
            value = False
        _put(context, field.keys, value)
    return context


def _is_hidden(
    name: str,
    conditions: Iterable[str],
    context: Mapping[str, Any],
    evaluate: Evaluate,
) -> bool:
    return any(_holds(name, feel, context, evaluate) for feel in conditions)


def _is_readonly(field: Field, context: Mapping[str, Any], evaluate: Evaluate) -> bool:
    if isinstance(field.readonly, bool):
        return field.readonly
    return _holds(field.path, field.readonly, context, evaluate)


def _holds(
    name: str, feel: str, context: Mapping[str, Any], evaluate: Evaluate
) -> bool:
    # Null is what a condition gives before its question is answered: not hidden yet.
    value = evaluate(feel, context)
    if value is None or isinstance(value, bool):
        return value is True
    raise ConditionUnclear(name, feel, value)


def _missing(
    field: Field, value: Any, evaluate: Evaluate, context: Mapping[str, Any]
) -> list[Problem]:
    """What only the whole can tell: an answer is owed, or its day has passed."""
    if field.limits.required and field.kind is Kind.CHECKBOX and value is False:
        return [Problem("must_be_ticked")]
    if field.limits.required and value is None:
        return [Problem("required")]
    if field.limits.from_today and isinstance(value, date):
        today = evaluate(TODAY, context)
        if isinstance(today, date) and value < today:
            return [Problem("date_passed")]
    return []


def _has(answers: Mapping[str, Any], field: Field) -> bool:
    held: Any = answers
    for key in field.keys:
        if not isinstance(held, Mapping) or key not in held:
            return False
        held = held[key]
    return True


def _get(held: Any, keys: Iterable[str]) -> Any:
    for key in keys:
        held = held.get(key) if isinstance(held, Mapping) else None
    return held


def _put(target: Answers, keys: tuple[str, ...], value: Any) -> None:
    """Sets a nested value; mappings on the way are copied, never changed."""
    for key in keys[:-1]:
        held = target.get(key)
        target[key] = dict(held) if isinstance(held, Mapping) else {}
        target = target[key]
    target[keys[-1]] = value
