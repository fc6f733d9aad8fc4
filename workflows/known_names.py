"""Variables that nothing gives, as far as the files of a release can tell.

A case starts with whatever it is given, and a connector answers what it likes. So a
name is called unknown only where the scenarios of `procedure.yaml` show what cases
start with and every step says what it gives; and misspelt where it is there but once
and another name, longer than three letters, is one or two letters away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping

import forms
from workflows import engine, procedure_file
from workflows.engine import Shape, Usage
from workflows.model import Finding
from workflows.release_files import Part

Shapes = dict[str, list[Shape]]

SHORTEST = 4  # letters of a name that another one can be a misspelling of
LONG = 8  # from so many letters on, two of them may differ


def check(parts: list[Part]) -> list[Finding]:
    """Warnings on the expressions of the processes among these parts."""
    drawn_forms = {part.key: part for part in parts if part.kind == "form"}
    procedures = {part.key: part for part in parts if part.kind == "procedure"}
    findings: list[Finding] = []
    for part in parts:
        if part.kind == "process":
            names = _Names(part, drawn_forms, procedures.get(part.key))
            findings += names.findings()
    return findings


class _Names:
    """The names of one process: who reads them, and who gives them."""

    def __init__(
        self, part: Part, drawn_forms: Mapping[str, Part], procedure: Part | None
    ) -> None:
        self.part = part
        self.usage: Usage = engine.usage_of(
            part.source, part.key, part.compiled["trees"]
        )
        self.is_open = bool(self.usage.open_at)
        self.given: Shapes = {name: list(s) for name, s in self.usage.writes.items()}
        for form_id in self.usage.form_ids:
            if form_id in drawn_forms:
                self._add_form(drawn_forms[form_id])
            else:
                self.is_open = True
        self.is_declared = procedure is not None and self._add_starts(procedure)
        # In how many expressions a name or property stands: a slip is there but once.
        self.uses = Counter(path[:1] for _, path in self.usage.reads)
        self.uses.update(path[:2] for _, path in self.usage.reads if len(path) > 1)

    def _add_form(self, part: Part) -> None:
        form = forms.read(part.source, part.file)
        shapes: dict[str, set[str]] = {}
        for field in form.fields:
            root, *inner = field.keys
            shapes.setdefault(root, set()).update(inner[:1])
        for root, keys in shapes.items():
            self.given.setdefault(root, []).append(frozenset(keys) or None)

    def _add_starts(self, part: Part) -> bool:
        """What cases start with; whether the procedure shows it."""
        read = procedure_file.read(part.source, part.file)
        settings = frozenset(read.configuration_values())
        self.given.setdefault("configuration", []).append(settings)
        for scenario in read.scenarios:
            for name, value in scenario.start.items():
                shape = frozenset(value) if isinstance(value, dict) else None
                self.given.setdefault(name, []).append(shape)
        return bool(read.scenarios)

    def findings(self) -> Iterable[Finding]:
        for element_id, path in dict.fromkeys(self.usage.reads):
            name = path[0]
            if name not in self.given:
                yield from self._unknown(element_id, name)
            elif len(path) > 1:
                yield from self._property(element_id, name, path[1])

    def _unknown(self, element_id: str | None, name: str) -> Iterable[Finding]:
        others = [one for one in self.given if not _are_siblings(name, one)]
        near = _near(name, others) if self.uses[(name,)] == 1 else None
        if near is not None:
            yield self._warning(
                element_id,
                "variable-misspelt",
                f"The variable {name} in an expression of {element_id} is nowhere else "
                f"in this process. Did you mean {near}?",
            )
        elif self.is_declared and not self.is_open:
            yield self._warning(
                element_id,
                "variable-unknown",
                f"Nothing in this process gives the variable {name}, which an "
                f"expression of {element_id} reads, and no scenario starts with it. "
                "Correct the name, or let a scenario of procedure.yaml start with it.",
            )

    def _property(
        self, element_id: str | None, name: str, key: str
    ) -> Iterable[Finding]:
        shapes = self.given[name]
        known = frozenset[str]().union(*(one for one in shapes if one is not None))
        if key in known or None in shapes:
            return
        near = _near(key, known) if self.uses[(name, key)] == 1 else None
        if not self.is_declared and near is None:
            return  # a case may be started with more than its steps give
        mend = (
            f"Did you mean {name}.{near}?"
            if near
            else "It has " + (", ".join(sorted(known)) or "none") + "."
        )
        yield self._warning(
            element_id,
            "property-unknown",
            f"Nothing gives {name} a property {key}, which an expression of "
            f"{element_id} reads. {mend}",
        )

    def _warning(self, element_id: str | None, rule: str, message: str) -> Finding:
        return Finding(self.part.file, element_id, rule, "warning", message)


def _near(name: str, known: Iterable[str]) -> str | None:
    """The known name that this one looks like a slip of."""
    most = 2 if len(name) >= LONG else 1
    near = [
        (_distance(name, other), other)
        for other in known
        if min(len(other), len(name)) >= SHORTEST
        if abs(len(other) - len(name)) <= most
    ]
    close = min(near, default=(most + 1, ""))
    return close[1] if 0 < close[0] <= most else None


def _are_siblings(name: str, other: str) -> bool:
    """Whether they may well stand side by side: `person_a`, `person_b`, `persons`."""
    stems = {one.rstrip("0123456789_") for one in (name, other)}
    begins = name.startswith(other) or other.startswith(name)
    return len(stems) == 1 or begins or name[:-1] == other[:-1]


def _distance(one: str, other: str) -> int:
    """How many letters must be put in, left out, changed, or swapped with the next."""
    rows: list[list[int]] = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, facing in enumerate(other, 1):
            least = min(
                row[-1] + 1, rows[-1][j] + 1, rows[-1][j - 1] + (letter != facing)
            )
            swapped = (
                i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing
            )
            row.append(min(least, rows[-2][j - 2] + 1) if swapped else least)
        rows.append(row)
    return rows[-1][-1]
