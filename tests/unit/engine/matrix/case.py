"""What a row of the matrix is: a drawing, what the world does, what must be seen."""

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Runs:
    """A drawing that runs.

    `story`: lines of `action : trace [open]`, the first without action: `traces` has
    the language of traces, `play` that of actions, and `[open]` names all that waits
    for the world. `left`: the variables of the case after the story. `sees`: what an
    element sees when it opens, or a list, in the order of opening. `ends`: "completed",
    "open" where it waits on for the world, "terminate", or "error CODE".
    """

    variant: str
    does: str
    body: str
    story: str
    variables: dict[str, Any] = field(default_factory=dict)
    left: dict[str, Any] | None = None
    sees: dict[str, Any] = field(default_factory=dict)
    ends: str = "completed"
    start: str | None = None
    called: dict[str, str] = field(default_factory=dict)
    decisions: dict[str, str] = field(default_factory=dict)  # in FEEL
    around: str = ""  # what stands beside the process in the file


@dataclass(frozen=True)
class Refused:
    """A drawing that must be refused by `rule` at the element `at`."""

    variant: str
    rule: str
    body: str
    at: str | None = "a"
    around: str = ""
    called: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Element:
    """The variants of one element; `clause` is where BPMN 2.0.2 says what it does."""

    name: str
    clause: str
    cases: tuple[Runs | Refused, ...]


@dataclass
class Group:
    """A chapter of the document."""

    title: str
    about: str = ""
    elements: list[Element] = field(default_factory=list)

    def element(self, name: str, clause: str, *cases: Runs | Refused) -> None:
        self.elements.append(Element(name, clause, cases))


def slug(*texts: str) -> str:
    words = "".join(c if c.isalnum() else " " for c in " ".join(texts).lower())
    return "-".join(words.split())
