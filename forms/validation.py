"""Whether answers are what a form asks: the one check that no entry point can skip."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from forms import checks, files
from forms.loading import Answers, load
from forms.model import TODAY, Computed, Default, DynamicList, Field, Form, Kind
from forms.places import Spot, get, has, nothing, put, spread
from forms.problems import AnswersInvalid, Problem
from forms.settling import Evaluate, Moment
from forms.sources import Sources
from forms.starting import default, first_items


def validate(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
    sources: Sources | None = None,
) -> Answers:
    """The typed answers, nested as their paths say; raises AnswersInvalid.

    Numbers are Decimal, dates `date`, times `time`, documents {id, name, type, size}.
    Every question that is not read-only is in the result: one that is hidden or left
    open is None (a tick box False, several answers and a list []), so that expressions
    after the task find the name; and every computed value, whatever was sent for it.
    `variables` are what the task may see; `evaluate(feel, context)` runs FEEL, and its
    errors pass through. A question that the caller left out has its default, one sent
    as null has no answer.
    """
    sources = sources or Sources()
    loaded = load(form, answers)
    errors = loaded.errors
    tree = first_items(form, loaded.answers, variables)
    spots = spread(form, tree)
    typed: dict[str, Any] = {}
    for spot in _questions(spots):
        typed[spot.name] = get(tree, spot.keys)
    files.look_up(spots, typed, errors, sources)
    _fill(spots, answers, typed, variables, evaluate)
    moment = Moment(spots, _told(typed), variables, evaluate)
    result, problems = _weigh(moment, answers, errors, sources)
    asked = {spot.name for spot in spots if spot.keys}
    problems.update({p: found for p, found in errors.items() if p not in asked})
    problems.update(checks.failed(form, moment, problems))
    if problems:
        raise AnswersInvalid(problems)
    return result


def moment_of(
    form: Form,
    answers: Mapping[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
    sources: Sources | None = None,
) -> Moment:
    """The form with answers of any quality; those that are wrong count as open."""
    tree = first_items(form, load(form, answers).answers, variables)
    spots = spread(form, tree)
    typed = {spot.name: get(tree, spot.keys) for spot in _questions(spots)}
    files.look_up(spots, typed, {}, sources or Sources())
    return Moment(spots, _told(typed), variables, evaluate)


def _questions(spots: list[Spot] | Any) -> Iterator[Spot]:
    return (spot for spot in spots if isinstance(spot.component, Field))


def _told(typed: Mapping[str, Any]) -> dict[str, Any]:
    return {path: value for path, value in typed.items() if value is not None}


def _fill(
    spots: list[Spot],
    answers: Mapping[str, Any],
    typed: dict[str, Any],
    variables: Mapping[str, Any],
    evaluate: Evaluate,
) -> None:
    """Give every question that was left out its default."""
    before: Moment | None = None
    for spot in _questions(spots):
        field = spot.component
        if not isinstance(field, Field) or has(answers, spot.keys):
            continue
        if field.default is not None:
            typed[spot.name] = _as_answer(field.default)
        elif field.default_feel is not None:
            before = before or Moment(spots, _told(typed), variables, evaluate)
            typed[spot.name] = default(field, before.context(spot.rows), evaluate)


def _as_answer(told: Default) -> Any:
    return list(told) if isinstance(told, tuple) else told


def _weigh(
    moment: Moment,
    answers: Mapping[str, Any],
    errors: Mapping[str, list[Problem]],
    sources: Sources,
) -> tuple[Answers, dict[str, list[Problem]]]:
    """The result, and the problems of each question that is shown."""
    result: Answers = {}
    problems: dict[str, list[Problem]] = {}
    for spot in moment.spots:
        shown = moment.is_shown(spot)
        found: list[Problem] = []
        match spot.component:
            case Computed():
                _give(result, spot, moment.computed.get(spot.name))
                continue
            case DynamicList():
                count = spot.count if shown else 0
                _give(result, spot, [{} for _ in range(count)])
                found = errors.get(spot.name) or _miscounted(spot, moment)
            case Field():
                if moment.is_fixed(spot):
                    if spot.rows:
                        _give(result, spot, moment.known(spot))
                    if shown and has(answers, spot.keys):
                        problems[spot.name] = [Problem("read_only")]
                    continue
                value = moment.value(spot)
                told = nothing(spot.component) if value is None else value
                _give(result, spot, told)
                found = errors.get(spot.name) or _faults(spot, moment, value, sources)
        if shown and found:
            problems[spot.name] = found
    return result, problems


def _give(result: Answers, spot: Spot, value: Any) -> None:
    """Keeps a value, where the items that it is in are there."""
    if all(get(result, row) is not None for row in spot.rows):
        put(result, spot.keys, value)


def _miscounted(spot: Spot, moment: Moment) -> list[Problem]:
    component = spot.component
    if not isinstance(component, DynamicList):
        return []
    if spot.count < component.least:
        return [Problem("too_few_items", {"limit": component.least})]
    if not component.may_change:
        known = moment.known(spot)
        count = len(known) if isinstance(known, list) else component.first
        if spot.count != min(count, component.most):
            return [Problem("items_fixed")]
    return []


def _faults(spot: Spot, moment: Moment, value: Any, sources: Sources) -> list[Problem]:
    """What only the whole can tell: an answer is owed, or does not fit the rest."""
    field = spot.component
    if not isinstance(field, Field) or not moment.is_shown(spot):
        return []
    if field.limits.required and field.kind is Kind.CHECKBOX and value is not True:
        return [Problem("must_be_ticked")]
    if value is None:
        return [Problem("required")] if field.limits.required else []
    if field.limits.from_today and _has_passed(value, moment):
        return [Problem("date_passed")]
    found = checks.of_answer(spot, field, moment, value, sources)
    return [found] if found is not None else []


def _has_passed(value: Any, moment: Moment) -> bool:
    day = value.date() if isinstance(value, datetime) else value
    today = moment.evaluate(TODAY, moment.context(()))
    return isinstance(day, date) and isinstance(today, date) and day < today
