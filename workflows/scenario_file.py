"""What a scenario of `procedure.yaml` may say: a story of one case, told before it is.

A scenario starts a case, lets outside systems answer and people act, moves the clock,
and tells what must have come of it. `scenarios` runs it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, validate
from marshmallow.decorators import validates_schema

from workflows import calendars
from workflows.model import InstanceState
from workflows.plain_yaml import Made, Moment, Plain, context, ids, text

VERBS = (
    "complete",
    "advance",
    "until",
    "deliver",
    "signal",
    "answer",
    "retry",
    "expect",
)


@dataclass(frozen=True)
class Answer:
    """What an outside system answers: exactly one of the first four is set.

    With `times`, `fault` comes that many times and then `result`.
    """

    result: Plain | None = None
    fault: str | None = None
    refusal: str | None = None
    error: str | None = None
    variables: Plain = field(default_factory=dict)
    times: int | None = None


@dataclass(frozen=True)
class ExpectedIncident:
    """An incident of `element`; `says` is a part of its message."""

    element: str
    says: str = ""


@dataclass(frozen=True)
class Expectation:
    """What must hold at one moment of a story; what is None is not looked at.

    `completed` is in this order, others may come between. `tasks`, `jobs`, `incidents`,
    `timers` and `awaited` are what is open, exactly; `ended` the end events reached and
    `notified` the templates of the messages sent, exactly and in order. `variables` are
    by path (`preschool.completed`). In `deadlines`, the key "case" is the case itself.
    `asked` is the input of each element's last job, exactly.
    """

    state: InstanceState | None = None
    completed: list[str] | None = None
    never: list[str] | None = None
    ended: list[str] | None = None
    variables: Plain | None = None
    tasks: list[str] | None = None
    jobs: list[str] | None = None
    incidents: list[ExpectedIncident] | None = None
    notified: list[str] | None = None
    deadlines: dict[str, datetime] | None = None
    timers: dict[str, datetime] | None = None
    awaited: list[str] | None = None
    asked: dict[str, Plain] | None = None


@dataclass(frozen=True)
class Step:
    """One thing that happens: `verb` is one of VERBS, `of` is what it is done to."""

    verb: str
    of: Any
    answers: Plain = field(default_factory=dict)
    refused: list[str] | None = None
    key: str | None = None
    variables: Plain = field(default_factory=dict)
    received: int = 1
    answer: Answer | None = None

    def __str__(self) -> str:
        return self.verb if self.verb == "expect" else f"{self.verb} {self.of}"


@dataclass(frozen=True)
class Scenario:
    """One story of a case, from its start to what must have come of it.

    Elements are named by their id, those of a called process by `process/element`.
    `answers` are by job type. Jobs of the elements in `held` wait for a step `answer`.
    With `every_order` the story is told once for each order in which the jobs of these
    elements can be answered, and must end alike. `start_event` is the id of the start
    event that begins the case, with `start` as what comes with it; by default that
    without a trigger.
    """

    name: str
    at: datetime
    start: Plain
    answers: Mapping[str, Answer]
    expect: Expectation
    steps: list[Step] = field(default_factory=list)
    held: list[str] = field(default_factory=list)
    every_order: list[str] = field(default_factory=list)
    norms: list[str] = field(default_factory=list)
    start_event: str | None = None


def with_defaults(raw: Plain, defaults: Plain) -> Plain:
    """A scenario as read, with what it leaves out taken from the file's `defaults`."""
    answers = defaults.get("answers", {}) | raw.get("answers", {})
    start = _over(defaults.get("start", {}), raw.get("start", {}))
    return defaults | raw | {"start": start, "answers": answers}


def _over(under: Plain, over: Plain) -> Plain:
    """`over` laid over `under`, context by context."""
    merged = dict(under)
    for name, value in over.items():
        held = merged.get(name)
        nested = isinstance(held, dict) and isinstance(value, dict)
        merged[name] = _over(held, value) if nested else value  # type: ignore[arg-type]  # `nested` says both are dicts
    return merged


class _Answer(Made):
    makes = Answer
    result = context()
    fault = fields.String()
    refusal = fields.String()
    error = fields.String()
    variables = context()
    times = fields.Integer(strict=True, validate=validate.Range(min=1, max=100))

    @validates_schema
    def one_answer(self, data: Plain, **_: Any) -> None:
        kinds = {"result", "fault", "refusal", "error"} & set(data)
        if "times" in data and kinds != {"fault", "result"}:
            raise ValidationError("with `times` go `fault` and then `result`")
        if "times" not in data and len(kinds) != 1:
            raise ValidationError("write one of result, fault, refusal, error")
        if "variables" in data and "error" not in data:
            raise ValidationError("`variables` go with `error` alone")


class _Incident(Made):
    makes = ExpectedIncident
    element = text()
    says = fields.String()


class _Expect(Made):
    makes = Expectation
    state = fields.Enum(InstanceState, by_value=True)
    completed = ids()
    never = ids()
    ended = ids()
    variables = context()
    tasks = ids()
    jobs = ids()
    incidents = fields.List(fields.Nested(_Incident))
    notified = ids()
    deadlines = context(values=Moment())
    timers = context(values=Moment())
    awaited = ids()
    asked = context(values=context())


def _term(value: str) -> None:
    try:
        calendars.parse_term(value)
    except calendars.TermError as e:
        raise ValidationError(str(e)) from e


class _Step(Schema):
    MORE: ClassVar[Mapping[str, frozenset[str]]] = {
        "complete": frozenset({"answers", "refused"}),
        "deliver": frozenset({"key", "variables", "received"}),
        "signal": frozenset({"variables", "received"}),
        "answer": frozenset({"answer_with"}),
        "retry": frozenset({"answer_with"}),
    }

    complete = fields.String()
    advance = fields.String(validate=_term)
    until = Moment()
    deliver = fields.String()
    signal = fields.String()
    answer = fields.String()
    retry = fields.String()
    expect = fields.Nested(_Expect)
    answers = context()
    refused = ids()
    key = fields.String()
    variables = context()
    received = fields.Integer(strict=True, validate=validate.Range(min=0))
    answer_with = fields.Nested(_Answer, data_key="with")

    @validates_schema
    def one_verb(self, data: Plain, **_: Any) -> None:
        verbs = [verb for verb in VERBS if verb in data]
        if len(verbs) != 1:
            raise ValidationError(f"write one of {', '.join(VERBS)}")
        strange = set(data) - {verbs[0]} - self.MORE.get(verbs[0], frozenset())
        if strange:
            raise ValidationError(
                f"{verbs[0]} does not take {', '.join(sorted(strange))}"
            )

    @post_load
    def make(self, data: Plain, **_: Any) -> Step:
        verb = next(verb for verb in VERBS if verb in data)
        answer = data.pop("answer_with", None)
        of = data.pop(verb)
        return Step(verb=verb, of=of, answer=answer, **data)


class DefaultsSchema(Schema):
    """What scenarios share; each may say it anew."""

    at = Moment()
    start = context()
    answers = context(values=fields.Nested(_Answer))


class ScenarioSchema(DefaultsSchema):
    """One scenario, before the defaults are laid under it."""

    name = text()
    start_event = fields.String(validate=validate.Length(min=1))
    norms = ids()
    held = ids()
    every_order = ids(validate=validate.Length(min=2, max=5))
    steps = fields.List(fields.Nested(_Step))
    expect = fields.Nested(_Expect, required=True)
