"""Reading `procedure.yaml`: a procedure's names, norms, settings and scenarios."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from workflows import plain_yaml, scenario_file
from workflows.model import Finding, RasimError, Role
from workflows.plain_yaml import Made, Plain, ids, text
from workflows.scenario_file import Scenario


class ProcedureFileRefused(RasimError):
    """The procedure file {file} is refused: {count} errors."""

    findings: list[Finding]

    def __init__(self, file: str, messages: list[str]) -> None:
        findings = [
            Finding(file, None, "procedure-file", "error", message)
            for message in messages
        ]
        super().__init__(file=file, count=len(findings), findings=findings)


@dataclass(frozen=True)
class Act:
    """The act that the procedure carries out; an id of `acts.json`."""

    id: str
    title: dict[str, str]
    numbers: list[str]
    dates: list[str]


@dataclass(frozen=True)
class Setting:
    """A value that the law, or its practice, may change without a new drawing.

    The drawing reads it as `configuration.<name>`. `confidence` is that of the source:
    "A" the act or an official page, "B" somebody who quotes it, "C" practice.
    """

    name: str
    value: Any
    norm: str
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True)
class SearchVariable:
    """A variable by which people look for a case, as a path: `application.number`."""

    path: str
    names: dict[str, str]


@dataclass(frozen=True)
class VariableWords:
    """What a variable is called where people read it, and what its values mean.

    `values` are by the value as JSON writes it without quotes: `kk`, `true`, `3`.
    `concerns`: the roles that have a use of it; empty: everybody who sees the case.
    """

    path: str
    names: dict[str, str]
    values: dict[str, dict[str, str]]
    concerns: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class ProcedureFile:
    """One `procedure.yaml`; `process` is the id of the process it belongs to."""

    file: str
    process: str
    names: dict[str, str]
    act: Act
    norms: list[str]
    roles: dict[str, str]  # id of a lane -> role
    variables: list[VariableWords]
    search_variables: list[SearchVariable]
    subject: str | None  # path of the variable that says whom a case is about
    office: str | None  # code of the office of cases that a timer or signal starts
    settings: list[Setting]
    scenarios: list[Scenario]

    @property
    def key(self) -> str:
        """The id of the process, under which a release keeps this file."""
        return self.process

    def configuration_values(self) -> Plain:
        """The root variable `configuration` of every new case, as plain values."""
        return {setting.name: setting.value for setting in self.settings}


def read(text: str | bytes, file: str) -> ProcedureFile:
    """Read a `procedure.yaml`; `file` is its name in findings.

    Raises ProcedureFileRefused with every finding, each with the path to the fault.
    """
    try:
        found: Plain = _Procedure().load(_mapping(text), unknown=RAISE)
    except ValueError as e:
        raise ProcedureFileRefused(file, [str(e)]) from e
    except ValidationError as e:
        messages = sorted(plain_yaml.told(e.messages_dict))
        raise ProcedureFileRefused(file, messages) from e
    defaults: Plain = found.pop("defaults")
    stories = [scenario_file.with_defaults(raw, defaults) for raw in found["scenarios"]]
    problems = [*_twice(found), *_without_start(stories)]
    if problems:
        raise ProcedureFileRefused(file, problems)
    found["settings"] = found.pop("configuration")
    found["scenarios"] = [Scenario(**story) for story in stories]
    return ProcedureFile(file=file, **found)


def _mapping(text: str | bytes) -> Plain:
    tree = plain_yaml.parse(text)
    if not isinstance(tree, dict):
        raise ValueError("the file must hold one mapping of names")
    return tree


def _twice(found: Plain) -> Iterator[str]:
    for what, names in (
        ("configuration", [setting.name for setting in found["configuration"]]),
        ("variables", [each.path for each in found["variables"]]),
        ("search_variables", [each.path for each in found["search_variables"]]),
        ("scenarios", [raw["name"] for raw in found["scenarios"]]),
    ):
        for name in sorted({name for name in names if names.count(name) > 1}):
            yield f"{what}: {name!r} is there twice"


def _without_start(stories: list[Plain]) -> Iterator[str]:
    for number, story in enumerate(stories):
        if "at" not in story:
            yield (
                f"scenarios.{number}.at: tell when the case starts, here or in "
                "`defaults`"
            )


PATH = validate.Regexp(r"[a-z]\w*(\.[a-z]\w*)*\Z")


class _Act(Made):
    makes = Act
    id = text()
    title = fields.Nested(plain_yaml.Texts, required=True)
    numbers = ids(required=True)
    dates = fields.List(
        fields.String(validate=validate.Regexp(r"\d{4}-\d\d-\d\d\Z")), required=True
    )


class _Setting(Made):
    makes = Setting
    name = fields.String(required=True, validate=validate.Regexp(r"[a-z][a-z0-9_]*\Z"))
    value = fields.Raw(required=True, allow_none=True)
    norm = text()
    source = text()
    confidence = fields.String(
        required=True, validate=validate.OneOf(["A", "A/B", "B", "C"])
    )
    note = fields.String()


class _VariableWords(Made):
    makes = VariableWords
    path = fields.String(required=True, validate=PATH)
    names = fields.Nested(plain_yaml.Texts, required=True)
    values = plain_yaml.context(
        values=fields.Nested(plain_yaml.Texts), load_default=dict
    )
    concerns = fields.List(
        fields.String(validate=validate.OneOf(list(Role))), load_default=list
    )


class _SearchVariable(Made):
    makes = SearchVariable
    path = fields.String(required=True, validate=PATH)
    names = fields.Nested(plain_yaml.Texts, required=True)


class _Procedure(Schema):
    process = text()
    names = fields.Nested(plain_yaml.Texts, required=True)
    act = fields.Nested(_Act, required=True)
    norms = ids(required=True)
    roles = plain_yaml.context(
        values=fields.String(validate=validate.OneOf(list(Role))), load_default=dict
    )
    variables = fields.List(fields.Nested(_VariableWords), load_default=list)
    search_variables = fields.List(fields.Nested(_SearchVariable), load_default=list)
    subject = fields.String(validate=PATH, load_default=None)
    office = fields.String(validate=validate.Length(min=1), load_default=None)
    configuration = fields.List(fields.Nested(_Setting), load_default=list)
    defaults = fields.Nested(scenario_file.DefaultsSchema, load_default=dict)
    scenarios = fields.List(
        fields.Nested(scenario_file.ScenarioSchema), load_default=list
    )
