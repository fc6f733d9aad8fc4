"""A released process, ready to run: its specifications, elements and expressions."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from lxml import etree

from workflows import feel
from workflows.engine.decisions import Decision
from workflows.engine.documents import BPMN, parse_document
from workflows.engine.errors import EngineError
from workflows.engine.evaluation import is_expression
from workflows.engine.extensions import Extensions, read_extensions
from workflows.engine.parser import (
    TIMES,
    DrawingParser,
    lanes_of,
    specifications,
    triggers_of,
)


@dataclass(frozen=True)
class Element:
    """One drawn element, as pages and history speak of it.

    `properties` are the `zeebe:properties` beside titles and norms, as drawn.
    """

    id: str
    type: str
    name: str
    names: Mapping[str, str]
    norms: tuple[str, ...] = ()
    form_id: str | None = None
    job_type: str | None = None
    decision: str | None = None
    lane: str | None = None
    candidate_groups: tuple[str, ...] = ()
    properties: Mapping[str, str] = field(default_factory=dict)
    not_by: tuple[str, ...] = ()  # elements of the same drawing
    is_bulk: bool = False


@dataclass
class Definition:
    """Immutable once made, and shared by all cases of its version."""

    key: str
    names: Mapping[str, str]
    elements: Mapping[str, Element]
    start: str | None  # the start event without trigger
    spec: Any
    subprocess_specs: Mapping[str, Any]
    trees: Mapping[str, Any]
    # Processes of the same release that this one may call, by key.
    called: Mapping[str, "Definition"] = field(default_factory=dict, repr=False)
    # What its business rule tasks evaluate, by decision id.
    decisions: Mapping[str, Decision] = field(default_factory=dict, repr=False)
    # The start events, that without trigger too, in drawing order.
    starts: tuple[str, ...] = ()
    deadline: str | None = None
    properties: Mapping[str, str] = field(default_factory=dict)
    _compiled: dict[str, feel.Expression] = field(default_factory=dict)

    @cached_property
    def apart(self) -> Mapping[str, tuple[str, ...]]:
        """By user task: those that must have been done by somebody else.

        The rule of two steps binds whichever of them is done second.
        """
        pairs = {
            (one.id, other) for one in self.elements.values() for other in one.not_by
        }
        pairs |= {(other, one) for one, other in pairs}
        return {
            one: tuple(sorted(other for each, other in pairs if each == one))
            for one, _ in pairs
        }

    def maps_start(self, start_event: str | None) -> bool:
        """Whether output mappings say what remains of the event that starts it."""
        if start_event not in self.spec.start.triggered:
            return False
        return bool(self.spec.task_specs[start_event].extensions.outputs)

    def outputs_of(self, element_id: str) -> Mapping[str, str]:
        """What the output mappings of an element write: variable -> source as drawn.

        Empty where it has none: its result then is what it leaves with.
        """
        for spec in (self.spec, *self.subprocess_specs.values()):
            found = spec.task_specs.get(element_id)
            if found is not None:
                return dict(found.extensions.outputs)
        return {}

    def expression(self, text: str) -> feel.Expression:
        """The expression of a FEEL text (without `=`), compiled at its first use."""
        found = self._compiled.get(text)
        if found is None:
            if text not in self.trees:
                raise EngineError(reason=f'"{text}" was not read at release')
            found = feel.compile_tree(self.trees[text], text)
            self._compiled[text] = found
        return found


def load(
    xml: bytes,
    key: str,
    trees: Mapping[str, Any],
    called: Mapping[str, Definition] | None = None,
    decisions: Mapping[str, Decision] | None = None,
) -> Definition:
    """Make process `key` of a released drawing ready to run.

    `trees` are those of `Drawing.trees`. Nothing is linted again: `xml` must be what
    `read` accepted. `called` are the processes that call activities of this one may
    call, by key; it is kept as it is, so that processes may call each other.
    `decisions` are those that its business rule tasks name.
    """
    root = parse_document(xml)
    process = process_node(root, key)
    extensions = read_extensions(process)
    spec, subprocess_specs = specifications(root, key)
    return Definition(
        key=key,
        names=names_of(process),
        elements={one.id: one for one in elements_of(process, lanes_of(root))},
        start=spec.start.chosen_start,
        spec=spec,
        subprocess_specs=subprocess_specs,
        trees=trees,
        starts=tuple(one["id"] for one in starts_of(root, process)),
        called={} if called is None else called,
        decisions={} if decisions is None else decisions,
        deadline=extensions.deadline,
        properties=extensions.other_properties,
    )


def process_node(root: etree._Element, key: str) -> etree._Element:
    for process in root.iter(BPMN + "process"):
        if process.get("id") == key:
            return process
    raise EngineError(reason=f"the drawing has no process {key}")


def starts_of(root: etree._Element, process: etree._Element) -> list[dict[str, Any]]:
    """The start events of a process, in drawing order, JSON-able.

    Each {"id", "kind", "name", "timer"}: the kind is "none", "message", "signal" or
    "timer", the name that of the message or signal, the timer {"kind": "timeDate" |
    "timeDuration" | "timeCycle", "expression": as drawn}; None where it does not apply.
    """
    names = {
        node.get("id"): node.get("name")
        for node in root.iter(BPMN + "message", BPMN + "signal")
    }
    found = []
    for start in process.iterchildren(BPMN + "startEvent"):
        kind = (triggers_of(start) or ["none"])[0].removesuffix("EventDefinition")
        told: dict[str, Any] = {"id": start.get("id"), "kind": kind}
        trigger = start.find(f"{BPMN}{kind}EventDefinition")
        told["name"] = told["timer"] = None
        if trigger is not None and kind == "timer":
            when = next((child for child in trigger if child.tag in TIMES), None)
            if when is not None:
                text = (when.text or "").strip()
                time_kind = str(etree.QName(when).localname)
                told["timer"] = {"kind": time_kind, "expression": text}
        elif trigger is not None:
            told["name"] = names.get(trigger.get(f"{kind}Ref"))
        found.append(told)
    return found


def names_of(node: etree._Element) -> dict[str, str]:
    kazakh = node.get("name") or node.get("id") or ""
    return read_extensions(node).titles(kazakh)


def elements_of(process: etree._Element, lanes: Mapping[str, str]) -> Iterator[Element]:
    """Every flow node of a process, those in sub-processes too, in drawing order."""
    for node in process.iter(*DrawingParser.OVERRIDE_PARSER_CLASSES):
        extensions = read_extensions(node)
        element_id = node.get("id") or ""
        yield Element(
            id=element_id,
            type=etree.QName(node).localname,
            name=node.get("name") or "",
            names=names_of(node),
            norms=extensions.norms,
            form_id=extensions.get("formDefinition", "formId"),
            job_type=extensions.get("taskDefinition", "type"),
            decision=extensions.get("calledDecision", "decisionId"),
            lane=_lane(node, lanes),
            candidate_groups=literal_groups(extensions),
            properties=extensions.other_properties,
            not_by=extensions.not_by,
            is_bulk=extensions.bulk == "true",
        )


def literal_groups(extensions: Extensions) -> tuple[str, ...]:
    """The candidate groups that are known before a case runs."""
    text = extensions.get("assignmentDefinition", "candidateGroups")
    if text is None or is_expression(text):
        return ()
    return tuple(group.strip() for group in text.split(",") if group.strip())


def _lane(node: etree._Element, lanes: Mapping[str, str]) -> str | None:
    """The lane of an element, or of the sub-process that it is in."""
    current: etree._Element | None = node
    while current is not None:
        lane = lanes.get(current.get("id") or "")
        if lane is not None:
            return lane
        current = current.getparent()
    return None
