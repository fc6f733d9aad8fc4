"""What a fresh page shows: what the case knows, else what the form supposes."""

from collections.abc import Iterable, Mapping
from typing import Any

from marshmallow import ValidationError

from forms.answers import answer_field
from forms.loading import Answers
from forms.model import Component, DynamicList, Field, Form, Group
from forms.places import Keys, get, has, keys_of, nothing, over, put, spread
from forms.problems import ValueUnclear
from forms.settling import Evaluate, Moment


def starting_answers(
    form: Form, variables: Mapping[str, Any], evaluate: Evaluate
) -> Answers:
    """What a fresh page shows: the variable at each path, else the form's default.

    A list has an item for each of the variable's, else as many as the form begins with.
    """
    tree: Answers = {}
    _begin(form.components, variables, tree, ())
    spots = spread(form, tree)
    known = {spot.name: get(variables, spot.keys) for spot in spots if spot.keys}
    moment: Moment | None = None
    for spot in spots:
        field = spot.component
        if not isinstance(field, Field):
            continue
        value = known[spot.name]
        if value is None and field.default_feel is not None:
            moment = moment or Moment(spots, known, variables, evaluate)
            value = default(field, moment.context(spot.rows), evaluate)
        elif value is None:
            value = default(field, {}, evaluate)
        put(tree, spot.keys, nothing(field) if value is None else value)
    return tree


def _begin(
    components: Iterable[Component],
    variables: Mapping[str, Any],
    tree: Answers,
    rows: tuple[Keys, ...],
) -> None:
    """Put the items of every list in their places, still without answers."""
    for component in components:
        if isinstance(component, Group):
            _begin(component.components, variables, tree, rows)
        elif isinstance(component, DynamicList):
            keys = keys_of(component.path, rows)
            count = _count(component, get(variables, keys))
            put(tree, keys, [{} for _ in range(count)])
            for index in range(count):
                inside = (*rows, (*keys, index))
                _begin(component.components, variables, tree, inside)


def _count(component: DynamicList, known: Any) -> int:
    """How many items a fresh page shows."""
    count = len(known) if isinstance(known, list) else component.first
    return min(count, component.most)


def default(field: Field, context: Mapping[str, Any], evaluate: Evaluate) -> Any:
    """The answer that the form supposes; ValueUnclear for FEEL that gives no answer."""
    if field.default is not None:
        told = field.default
        return list(told) if isinstance(told, tuple) else told
    if field.default_feel is None:
        return None
    value = evaluate(field.default_feel, context)
    if value is None:
        return None
    try:
        return answer_field(field).deserialize(value)
    except ValidationError as e:
        wanted = "an answer to this question"
        raise ValueUnclear(field.path, field.default_feel, value, wanted) from e


def first_items(
    form: Form, answers: Mapping[str, Any], variables: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Answers with the items of lists that nobody can add to and that were left out."""
    lists = [c for c in form.walk() if isinstance(c, DynamicList) and not c.may_change]
    left_out = [c for c in lists if "[]" not in c.path and not has(answers, c.keys)]
    if not left_out:
        return answers
    tree: Answers = over(answers, {})
    for component in left_out:
        count = _count(component, get(variables, component.keys))
        items: list[dict[str, Any]] = [{} for _ in range(count)]
        more: Answers = {}
        put(more, component.keys, items)
        tree = over(tree, more)
    return tree
