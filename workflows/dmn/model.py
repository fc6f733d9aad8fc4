"""A decision model as its release keeps it: what it offers, needs, and lacks."""

import enum
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from workflows.feel import Tree
from workflows.model import Finding


class InvocableKind(enum.StrEnum):
    DECISION = "decision"
    SERVICE = "service"
    BKM = "bkm"
    INPUT = "input"  # not evaluated: what the caller gives


@dataclass(frozen=True)
class Invocable:
    """A decision, a service, a business knowledge model or an input.

    `name` is that by which expressions read it, `title` what people see. `requires` are
    ids within the model, `namespace#id` in another one. `not_run` tells why strict
    evaluation refuses it (a broken expression of its own, or of what it requires), None
    where it runs.
    """

    id: str
    name: str
    kind: InvocableKind
    requires: tuple[str, ...]
    not_run: str | None = None
    title: str = ""


@dataclass(frozen=True)
class Import:
    """Another model, whose elements this one reads as `name.element`."""

    name: str
    namespace: str


@dataclass(frozen=True)
class Model:
    """What `read` tells of a file; kept with a release: source, `trees`, `summary`.

    `trees` go to `load` with the same source. Expressions and unary tests have keys of
    their own (`e12`, `u13`: the place of the text in the file). An expression that does
    not parse has no tree.
    """

    file: str
    namespace: str
    name: str
    decisions: tuple[Invocable, ...]
    imports: tuple[Import, ...]
    trees: Mapping[str, Tree]
    summary: Mapping[str, Any]
    findings: tuple[Finding, ...]

    @property
    def errors(self) -> tuple[Finding, ...]:
        return tuple(one for one in self.findings if one.severity == "error")
