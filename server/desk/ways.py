"""How far a case went in each drawing: that of its own process, and of called ones."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from server import i18n
from workflows.engine.standing import Standing
from workflows.history import EventRow
from workflows.incidents import IncidentRow
from workflows.model import IncidentState
from workflows.released import Released

Element = Mapping[str, Any]


@dataclass(frozen=True)
class Drawings:
    """The elements of a case's drawings; ids may be the same in two of them."""

    released: Released

    def element(self, element_id: str | None, process: str | None) -> Element | None:
        """An element of the case's own drawing, or of the called `process`."""
        return self.released.of(process).elements.get(element_id or "")

    def name(self, element_id: str, process: str | None = None) -> str:
        """Its name; where another drawing has it, that one's name goes with it."""
        element = self.element(element_id, process)
        name = i18n.name_in(element["names"], element_id) if element else element_id
        return name if process is None else f"{name} ({self.process_name(process)})"

    def process_name(self, process: str | None) -> str:
        released = self.released.of(process)
        return i18n.name_in(released.names, released.definition.key)


@dataclass(frozen=True)
class Way:
    """What a case did in one drawing; `process` is None for its own."""

    process: str | None
    name: str  # of the process
    key: str
    version: int
    steps: Mapping[str, str]  # element id -> done, active, failed
    chosen: Mapping[str, Sequence[str]]  # flows taken where there was a choice
    elements: Mapping[str, Element]

    @property
    def marks(self) -> dict[str, Any]:
        """What the diagram needs to colour itself."""
        return {"steps": self.steps, "chosen": self.chosen}

    @property
    def state(self) -> str:
        """Of the process as a whole, in the words of its steps."""
        states = set(self.steps.values())
        return next((one for one in ("failed", "active") if one in states), "done")

    @property
    def step_words(self) -> list[tuple[str, str]]:
        """The steps reached, in words, and their states: in drawing order."""
        return [
            (i18n.name_in(element["names"], element_id), self.steps[element_id])
            for element_id, element in self.elements.items()
            if element_id in self.steps and element["name"]
        ]

    def norms(self, *, is_over: bool) -> Iterator[str]:
        """What is rested on now; when all is over, what the whole way rested on."""
        for element_id, element in self.elements.items():
            state = self.steps.get(element_id)
            if state is not None and (is_over or state != "done"):
                yield from element["norms"]


def ways(
    drawings: Drawings,
    events: Sequence[EventRow],
    faults: Iterable[IncidentRow],
    standing: Iterable[Standing],
) -> list[Way]:
    """The way in the case's own drawing, then in each called one that was reached."""
    steps: dict[str | None, dict[str, str]] = {None: {}}
    chosen: dict[str | None, dict[str, list[str]]] = {}

    def mark(process: str | None, element_id: str, state: str) -> None:
        steps.setdefault(process, {})[element_id] = state

    # What is worse or later wins.
    for event in events:
        if event.element_id is None:
            continue
        if event.type == "element.completed":
            mark(event.called_process, event.element_id, "done")
        if event.detail and "flows" in event.detail:
            taken = list(event.detail["flows"])
            chosen.setdefault(event.called_process, {})[event.element_id] = taken
    for place in standing:
        mark(place.process, place.element_id, "active")
    for row in faults:
        if row.state == IncidentState.OPEN:
            mark(row.called_process, row.element_id, "failed")
    return [
        _way(drawings, process, reached, chosen.get(process, {}))
        for process, reached in steps.items()
    ]


def _way(
    drawings: Drawings,
    process: str | None,
    steps: Mapping[str, str],
    chosen: Mapping[str, Sequence[str]],
) -> Way:
    released = drawings.released.of(process)
    return Way(
        process=process,
        name=drawings.process_name(process),
        key=released.definition.key,
        version=released.version,
        steps=steps,
        chosen=chosen,
        elements=released.elements,
    )
