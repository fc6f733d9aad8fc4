"""What the elements of a process read and write, as far as the drawing tells."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from lxml import etree

from workflows import feel
from workflows.engine.content import expression_texts
from workflows.engine.definitions import process_node
from workflows.engine.documents import BPMN, parse_document
from workflows.engine.evaluation import body, is_expression
from workflows.engine.event_rules import THROWS, throws_message
from workflows.engine.extensions import Extensions, read_extensions
from workflows.engine.parser import DrawingParser
from workflows.engine.repetition import COUNTER, MULTI_INSTANCE, STANDARD_LOOP

# Its keys where it is known to be a context of these and no others; else None.
Shape = frozenset[str] | None

JOBS = frozenset({BPMN + "serviceTask", BPMN + "sendTask"})
PEOPLE = frozenset({BPMN + "userTask", BPMN + "manualTask"})
COMPUTED = frozenset({BPMN + "scriptTask", BPMN + "businessRuleTask"})
HEARS = ("messageEventDefinition", "signalEventDefinition", "errorEventDefinition")
REPEATED = (MULTI_INSTANCE, STANDARD_LOOP)


@dataclass
class Usage:
    """What one process reads and writes.

    `reads`: (element, path). `writes`: name -> the shapes that are written to it.
    `form_ids` are the forms whose answers become variables. `open_at` are the elements
    whose result nobody can tell before a case runs.
    """

    reads: list[tuple[str | None, feel.Path]] = field(default_factory=list)
    writes: dict[str, list[Shape]] = field(default_factory=dict)
    form_ids: dict[str, None] = field(default_factory=dict)
    open_at: list[str] = field(default_factory=list)


def usage_of(xml: bytes, key: str, trees: Mapping[str, Any]) -> Usage:
    """Read it from a released drawing; `trees` are those of its expressions."""
    root = parse_document(xml)
    process = process_node(root, key)
    reader = _Reader(trees)
    for node in process.iter(*DrawingParser.OVERRIDE_PARSER_CLASSES):
        reader.element(node)
    reader.texts(process)
    return reader.usage


class _Reader:
    def __init__(self, trees: Mapping[str, Any]) -> None:
        self.trees = trees
        self.usage = Usage()
        # Expressions that see what their element has been answered.
        self.of_results: set[str] = set()

    def element(self, node: etree._Element) -> None:
        node_id = node.get("id") or ""
        extensions = read_extensions(node)
        for target, source in (*extensions.inputs, *extensions.outputs):
            self._write(target, source)
        multi = node.find(MULTI_INSTANCE)
        if multi is not None or node.find(STANDARD_LOOP) is not None:
            self._note(COUNTER, None)
        if multi is not None:
            self._repetition(read_extensions(multi))
        form_id = extensions.get("formDefinition", "formId")
        if node.tag in COMPUTED:
            self._computed(extensions)
        elif node.tag in PEOPLE and form_id is not None:
            self.usage.form_ids[form_id] = None
        elif _gets_anything(node):
            if not extensions.outputs:
                self.usage.open_at.append(node_id)
            self.of_results |= {source for _, source in extensions.outputs}
            for inner in node.iter(*REPEATED):
                self.of_results |= {text for _, text in expression_texts(inner)}

    def texts(self, process: etree._Element) -> None:
        for node_id, text in expression_texts(process):
            tree = self.trees.get(body(text))
            if tree is not None and text not in self.of_results:
                for path in sorted(feel.paths(tree)):
                    self.usage.reads.append((node_id, path))

    def _computed(self, extensions: Extensions) -> None:
        name = extensions.get("script", "resultVariable")
        if name is not None:
            self._write(name, extensions.get("script", "expression") or "")
        name = extensions.get("calledDecision", "resultVariable")
        if name is not None:
            self._note(name, None)

    def _repetition(self, extensions: Extensions) -> None:
        for attribute in ("inputElement", "outputCollection"):
            name = extensions.get("loopCharacteristics", attribute)
            if name is not None:
                self._note(name, None)

    def _write(self, name: str, text: str) -> None:
        tree = self.trees.get(body(text)) if is_expression(text) else None
        self._note(name, None if tree is None else feel.keys(tree))

    def _note(self, name: str, shape: Shape) -> None:
        self.usage.writes.setdefault(name, []).append(shape)


def _gets_anything(node: etree._Element) -> bool:
    """Whether its result comes from outside: a system, a person, another process."""
    if node.tag in JOBS or node.tag in PEOPLE:
        return True
    if node.tag in (BPMN + "callActivity", BPMN + "receiveTask"):
        return True
    if node.tag in THROWS:
        return throws_message(node)
    return any(node.find(BPMN + name) is not None for name in HEARS)
