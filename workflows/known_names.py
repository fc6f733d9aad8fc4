"""Variables that nothing gives, as far as the files of a release can tell.

A case starts with whatever it is given, and a connector answers what it likes. So a
name is called unknown only where the scenarios of `procedure.yaml` show what cases
start with and every step says what it gives; and misspelt where it is there but once
and another name, longer than three letters, is one or two letters away.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import forms
from workflows import engine, feel, procedure_file
from workflows.engine import Shape, Usage
from workflows.model import Finding
from workflows.release_files import Part

Shapes = dict[str, list[Shape]]

SHORTEST = 4  # letters of a name that another one can be a misspelling of
# What form-js gives to an expression inside a list.
OF_ITEM = frozenset({"this", "parent", "i"})
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
        self.of_forms: list[_Read] = []
        self.of_items: list[_Read] = []  # of an item, what its list does not ask
        self.given: Shapes = {name: list(s) for name, s in self.usage.writes.items()}
        for form_id in self.usage.form_ids:
            if form_id in drawn_forms:
                self._add_form(drawn_forms[form_id])
            else:
                self.is_open = True
        self.is_declared = procedure is not None and self._add_starts(procedure)
        for form_id in self.usage.form_ids:
            if form_id in drawn_forms:
                self._read_form(drawn_forms[form_id])
        # In how many expressions a name or property stands: a slip is there but once.
        reads = [path for _, path in self.usage.reads]
        reads += [one.path for one in self.of_forms]
        self.uses = Counter(path[:1] for path in reads)
        self.uses.update(path[:2] for path in reads if len(path) > 1)

    def _add_form(self, part: Part) -> None:
        form = forms.read(part.source, part.file)
        for root, keys in _answers(form).items():
            self.given.setdefault(root, []).append(frozenset(keys) or None)

    def _read_form(self, part: Part) -> None:
        """What its expressions read: of the case, or of their own list's item."""
        form = forms.read(part.source, part.file)
        items = _items(form)
        for one in forms.located(form):
            tree = part.compiled["trees"].get(one.text)
            for path in sorted(feel.paths(tree)) if tree is not None else ():
                root = path[0].strip("_") if one.of_list else path[0]
                if not one.of_list or root not in OF_ITEM:
                    self.of_forms.append(_Read(part.file, one.component_id, path))
                elif root == "this" and len(path) > 1:
                    if path[1] not in items[one.of_list]:
                        self.of_items.append(_Read(part.file, one.component_id, path))

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
        reads = [_Read(self.part.file, *read) for read in self.usage.reads]
        for read in dict.fromkeys(reads + self.of_forms):
            if read.path[0] not in self.given:
                yield from self._unknown(read)
            elif len(read.path) > 1:
                yield from self._property(read)
        for read in dict.fromkeys(self.of_items):
            yield self._warning(
                read,
                "property-unknown",
                f"An item of the list has no {read.path[1]}, which an expression of "
                f"{read.element_id} reads. Correct the name, or ask for it there.",
            )

    def _unknown(self, read: "_Read") -> Iterable[Finding]:
        element_id, name = read.element_id, read.path[0]
        others = [one for one in self.given if not _are_siblings(name, one)]
        near = _near(name, others) if self.uses[(name,)] == 1 else None
        if near is not None:
            yield self._warning(
                read,
                "variable-misspelt",
                f"The variable {name} in an expression of {element_id} is nowhere else "
                f"in this process. Did you mean {near}?",
            )
        elif self.is_declared and not self.is_open:
            yield self._warning(
                read,
                "variable-unknown",
                f"Nothing in this process gives the variable {name}, which an "
                f"expression of {element_id} reads, and no scenario starts with it. "
                "Correct the name, or let a scenario of procedure.yaml start with it.",
            )

    def _property(self, read: "_Read") -> Iterable[Finding]:
        element_id, (name, key) = read.element_id, read.path[:2]
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
            read,
            "property-unknown",
            f"Nothing gives {name} a property {key}, which an expression of "
            f"{element_id} reads. {mend}",
        )

    def _warning(self, read: "_Read", rule: str, message: str) -> Finding:
        return Finding(read.file, read.element_id, rule, "warning", message)


@dataclass(frozen=True)
class _Read:
    """One name that an expression reads, and where it stands."""

    file: str
    element_id: str | None
    path: feel.Path


def _answers(form: forms.Form) -> dict[str, set[str]]:
    """The variables that a form gives, with the properties that it asks for."""
    shapes: dict[str, set[str]] = {}
    for component in form.walk():
        if isinstance(component, forms.Field | forms.Computed | forms.DynamicList):
            if "[]" not in component.path:
                root, *inner = component.keys
                shapes.setdefault(root, set()).update(inner[:1])
    return shapes


def _items(form: forms.Form) -> dict[str, set[str]]:
    """The keys of an item, by the path of its list."""
    found: dict[str, set[str]] = {}
    for component in form.walk():
        if isinstance(component, forms.DynamicList):
            found.setdefault(component.path, set())
        if isinstance(component, forms.Field | forms.Computed | forms.DynamicList):
            of_list, dot, inner = component.path.rpartition("[].")
            if dot:
                found.setdefault(of_list, set()).add(inner.split(".")[0])
    return found


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
