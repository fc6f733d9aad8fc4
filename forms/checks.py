"""What answers must keep to beside their own limits: offers, siblings, own checks."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from forms import choices, numbers, offers
from forms.answers import length_problem, size_problem
from forms.model import SEVERAL, Check, DynamicList, Field, Form, Group, Kind
from forms.places import Keys, Spot, get
from forms.problems import Problem, ValueUnclear
from forms.settling import Moment
from forms.sources import Sources


def of_answer(
    spot: Spot, field: Field, moment: Moment, value: Any, sources: Sources
) -> Problem | None:
    """What is wrong with the answer to one question that is shown and answered."""
    return (
        _of_limits(spot, field, moment, value)
        or _of_options(spot, field, moment, value, sources)
        or _of_siblings(spot, field, moment, value)
        or _of_check(field.check, spot, moment, spot.rows)
    )


def failed(
    form: Form, moment: Moment, problems: Mapping[str, list[Problem]]
) -> dict[str, list[Problem]]:
    """The checks of the form, of its groups and list items that are not kept.

    One that is over questions with problems of their own waits until they are mended.
    """
    found: dict[str, list[Problem]] = {}
    for spot in moment.spots:
        component = spot.component
        if not isinstance(component, Group | DynamicList) or component.check is None:
            continue
        if not moment.is_shown(spot):
            continue
        for rows in _scopes(spot):
            inside = _inside(moment, spot, rows)
            found |= _failed(component.check, spot.name, rows, inside, moment, problems)
    if form.check is not None:
        inside = list(moment.spots)
        found |= _failed(form.check, form.id, (), inside, moment, problems)
    return found


def _scopes(spot: Spot) -> list[tuple[Keys, ...]]:
    """Where a check is looked at: in the group, or in each item of the list."""
    if isinstance(spot.component, DynamicList):
        return [(*spot.rows, (*spot.keys, index)) for index in range(spot.count)]
    return [spot.rows]


def _inside(moment: Moment, spot: Spot, rows: tuple[Keys, ...]) -> list[Spot]:
    if isinstance(spot.component, DynamicList):
        return [one for one in moment.spots if rows[-1] in one.rows]
    return [one for one in moment.spots if _is_within(one, spot)]


def _is_within(one: Spot, around: Spot) -> bool:
    above = one.parent
    while above is not None and above is not around:
        above = above.parent
    return above is around


def _failed(
    check: Check,
    name: str,
    rows: tuple[Keys, ...],
    inside: list[Spot],
    moment: Moment,
    problems: Mapping[str, list[Problem]],
) -> dict[str, list[Problem]]:
    if any(one.name in problems for one in inside):
        return {}
    problem = _of_check(check, None, moment, rows, name)
    if problem is None:
        return {}
    asked = [
        one for one in inside if isinstance(one.component, Field)
        if moment.is_shown(one)
    ]  # fmt: skip
    if check.at is not None:
        asked = [one for one in asked if _ends_with(one.name, check.at)]
    return {asked[0].name if asked else name: [problem]}


def _ends_with(path: str, key: str) -> bool:
    return path == key or path.endswith(f".{key}")


def _of_check(
    check: Check | None,
    spot: Spot | None,
    moment: Moment,
    rows: tuple[Keys, ...],
    name: str = "",
) -> Problem | None:
    """Only true is kept: null is what comes of answers that are not there."""
    if check is None:
        return None
    value = moment.evaluate(check.feel, moment.context(rows))
    if value is None or isinstance(value, bool):
        return None if value is True else Problem("check", texts=check.message)
    where = spot.name if spot is not None else name
    raise ValueUnclear(where, check.feel, value, "true or false")


def _of_limits(spot: Spot, field: Field, moment: Moment, value: Any) -> Problem | None:
    if not field.limits.feel:
        return None
    context = moment.context(spot.rows)
    limits = offers.limits(field, spot.name, context, moment.evaluate)
    if isinstance(value, Decimal):
        return size_problem(value, limits.minimum, limits.maximum)
    if isinstance(value, str):
        return length_problem(value, limits.min_length, limits.max_length)
    return None


def _of_options(
    spot: Spot, field: Field, moment: Moment, value: Any, sources: Sources
) -> Problem | None:
    if field.options_from is None:
        return None
    context = moment.context(spot.rows)
    offered = offers.options(field, spot.name, context, moment.evaluate, sources)
    told = value if field.kind in SEVERAL else [value]
    if all(choices.chosen(offered, each) is not None for each in told):
        return None
    return Problem("not_an_option")


def _of_siblings(
    spot: Spot, field: Field, moment: Moment, value: Any
) -> Problem | None:
    """Whether an IIN tells the date of birth and the sex that stand beside it."""
    if field.kind is not Kind.IIN or field.cross is None:
        return None
    told = {
        name: _beside(spot, path, moment)
        for name, path in (
            ("birth_date", field.cross.birth_date),
            ("sex", field.cross.sex),
        )
    }
    if told["birth_date"] not in (None, numbers.iin_birth_date(value)):
        return Problem("iin_other_birth_date")
    if told["sex"] not in (None, numbers.iin_sex(value)):
        return Problem("iin_other_sex")
    return None


def _beside(spot: Spot, path: str | None, moment: Moment) -> Any:
    """The answer to another question of the same item, None while it is open."""
    if path is None:
        return None
    inner = path.rsplit("[].", 1)[-1].split(".")
    keys = (*spot.rows[-1], *inner) if spot.rows else tuple(inner)
    return get(moment.context(()), keys)
