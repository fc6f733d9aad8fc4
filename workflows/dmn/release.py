"""Reading a decision model at release: every fault told, every expression parsed."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from workflows import feel
from workflows.dmn import analysis
from workflows.dmn.elements import Drawn, Place, Text
from workflows.dmn.model import Import, Invocable, Model
from workflows.dmn.reader import read_drawn
from workflows.dmn.requirements import KINDS, arrows, check
from workflows.dmn.scopes import Names, texts
from workflows.dmn.types import Predicate, Types
from workflows.dmn.xml import Sheet
from workflows.feel import FeelError, Tree
from workflows.feel.parser import Shape, is_odd, names_within
from workflows.model import Finding
from workflows.safe_xml import XmlRefused, open_xml

NOT_RUN = "decision-not-run"
REQUIRES = "It requires what is not run. "


def read(
    source: bytes,
    file: str,
    parser: feel.Parser,
    imported: Mapping[str, Model] | None = None,
) -> Model:
    """What the file offers and lacks; raises nothing for a bad file.

    `imported`, by namespace, are the models already read: with them requirements into
    other models are checked as well.
    """
    try:
        root = open_xml(source, file)
    except XmlRefused as error:
        return Model(file, "", "", (), (), {}, {}, (error.finding,))
    drawn, sheet = read_drawn(root, file)
    release = _Release(drawn, file, parser, imported or {})
    release.refuse(sheet)
    release.shape(sheet)
    release.parse()
    decisions = release.invocables()
    return Model(
        file,
        drawn.namespace,
        drawn.name,
        decisions,
        tuple(Import(one.name, one.namespace) for one in drawn.imports),
        release.trees,
        _summary(drawn, decisions),
        (
            *sheet.findings,
            *check(drawn, file, imported),
            *release.findings,
            *analysis.findings(drawn, release.trees, file),
        ),
    )


class _Predicates(dict[str, Predicate]):
    """The types of the model; those of its imports are known when it is loaded."""

    prefixes: tuple[str, ...] = ()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or str(name).startswith(self.prefixes)

    def __missing__(self, name: str) -> Predicate:
        return lambda value: True


@dataclass
class _Release:
    """Parses and compiles the texts; remembers whose expression is broken."""

    drawn: Drawn
    file: str
    parser: feel.Parser
    imported: Mapping[str, Model]
    trees: dict[str, Tree] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    broken: dict[str, str] = field(default_factory=dict)
    shapes: dict[str, Shape] = field(default_factory=dict)
    parsed: dict[tuple[str, bool, Names], Tree | FeelError] = field(
        default_factory=dict
    )

    def __post_init__(self) -> None:
        self.types = Types(self.drawn, {}, ())
        self.predicates = _Predicates(self.types.predicates)
        self.predicates.prefixes = tuple(
            f"{one.name}." if one.name else "" for one in self.drawn.imports
        )

    def refuse(self, sheet: Sheet) -> None:
        """What the reader saw: what does not run here, and types nobody defines."""
        for place, reason in sheet.refused:
            self._not_run(place, reason)
        for place, name in sheet.used:
            if name not in self.predicates and self.types.find(name) is None:
                self._not_run(place, f"the type {name} is not defined. Define it.")

    def shape(self, sheet: Sheet) -> None:
        """Names behind a dot that only one who knows them can tell from a subtraction:
        of what is imported, and of types. Variables of one name share their names."""
        for one in self.drawn.imports:
            model = self.imported.get(one.namespace)
            if model is not None:
                self.shapes[one.name] = {each.name: {} for each in model.decisions}
        for name, kept in sheet.variables:
            shape = self.types.shape(kept)
            if any(map(is_odd, names_within({name: shape}))):
                self.shapes[name] = {**self.shapes.get(name, {}), **shape}

    def parse(self) -> None:
        asked = list(texts(self.drawn, self._foreign_names()))
        self._parse_all((text, names) for text, names in asked if not text.language)
        for text, names in asked:
            if text.language is not None:
                reason = f"{text.language} is not run. Write the expression in FEEL."
                self._not_run(text.place, reason)
                continue
            tree = self.parsed[text.source, text.unary, names]
            if not isinstance(tree, FeelError):
                self.trees[text.key] = tree
            fault = tree if isinstance(tree, FeelError) else self._fault(text, names)
            if fault is not None:
                self._not_run(text.place, f"{fault} Mend it.")

    def _parse_all(self, asked: Iterable[tuple[Text, Names]]) -> None:
        """One tree for all texts that read alike: tables repeat their entries."""
        keys = dict.fromkeys((text.source, text.unary, names) for text, names in asked)
        found = self.parser.parse_many(list(keys), self.shapes)
        self.parsed = dict(zip(keys, found, strict=True))

    def _fault(self, text: Text, names: Names) -> FeelError | None:
        """What strict evaluation refuses before anything runs."""
        try:
            feel.compile_tree(
                self.trees[text.key],
                text.source,
                functions=names,
                types=self.predicates,
            )
        except FeelError as error:
            return error
        return None

    def invocables(self) -> tuple[Invocable, ...]:
        reasons = self._reasons()
        return tuple(
            Invocable(
                element.id,
                element.name,
                KINDS[type(element)],
                tuple(str(reference) for reference, _ in arrows(element)),
                reasons.get(element.id),
                element.title,
            )
            for element in self.drawn.elements.values()
        )

    def _reasons(self) -> dict[str, str]:
        """Why an element is not run: for itself, or for what it requires."""
        found = dict(self.broken)
        requiring: dict[str, list[str]] = {}
        for element in self.drawn.elements.values():
            for reference, _ in arrows(element):
                requiring.setdefault(str(reference), []).append(element.id)
        for namespace, model in self.imported.items():
            for one in model.decisions:
                if one.not_run is not None:
                    found[f"{namespace}#{one.id}"] = one.not_run
        waiting = list(found)
        for broken in waiting:
            for element_id in requiring.get(broken, []):
                if element_id not in found:
                    reason = found[broken].removeprefix(REQUIRES)
                    found[element_id] = f"{REQUIRES}{reason}"
                    waiting.append(element_id)
        return found

    def _foreign_names(self) -> dict[str, str]:
        return {
            f"{namespace}#{one.id}": one.name
            for namespace, model in self.imported.items()
            for one in model.decisions
        }

    def _not_run(self, place: Place, reason: str) -> None:
        message = f'"{place.owner_name}" is not run: {reason}'
        self.broken.setdefault(place.owner_id, message)
        at = place.element_id or None
        self.findings.append(Finding(self.file, at, NOT_RUN, "warning", message))


def _summary(drawn: Drawn, decisions: tuple[Invocable, ...]) -> dict[str, Any]:
    """What pages and the API tell of the model, JSON-able."""
    return {
        "namespace": drawn.namespace,
        "name": drawn.name,
        "imports": [
            {"name": one.name, "namespace": one.namespace} for one in drawn.imports
        ],
        "decisions": [
            {
                "id": one.id,
                "name": one.name,
                "title": one.title,
                "kind": one.kind.value,
                "requires": list(one.requires),
                "type": drawn.elements[one.id].type,
                "not_run": one.not_run,
            }
            for one in decisions
        ],
    }
