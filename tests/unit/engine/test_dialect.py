"""The closed world is closed: held against the XML schema of BPMN 2.0."""

from importlib import resources

import pytest
from lxml import etree

from workflows.engine import dialect, refusals


def test_every_element_of_the_schema_is_run_documented_or_refused(schema):
    for name in schema.reached("definitions"):
        assert (name in dialect.ELEMENTS) != (name in refusals.REFUSED), name


def test_every_attribute_of_what_runs_is_named_or_refused(schema):
    for name, rule in dialect.ELEMENTS.items():
        for attribute in schema.attributes(name):
            refused = (name, attribute) in refusals.REFUSED_ATTRIBUTES
            assert (attribute in rule.attributes) != refused, (name, attribute)


def test_every_child_of_what_runs_is_named_refused_or_has_no_place(schema):
    for name, rule in dialect.ELEMENTS.items():
        if rule.documents or name in dialect.EXPRESSION_TEXTS:
            continue
        for child in schema.children(name):
            known = child in rule.children or child == "extensionElements"
            assert known != (child in refusals.REFUSED) or child in MISPLACED, (
                name,
                child,
            )


# What runs in one place and is refused, as misplaced, in another.
MISPLACED = frozenset(
    """messageEventDefinition timerEventDefinition errorEventDefinition
    terminateEventDefinition signalEventDefinition escalationEventDefinition
    linkEventDefinition compensateEventDefinition multiInstanceLoopCharacteristics
    standardLoopCharacteristics""".split()
)


class Schema:
    X = "{http://www.w3.org/2001/XMLSchema}"

    def __init__(self, root):
        self.types = {t.get("name"): t for t in root.findall(self.X + "complexType")}
        self.globals = {e.get("name"): e for e in root.findall(self.X + "element")}
        self.elements = {
            name
            for name, one in self.globals.items()
            if one.get("abstract") != "true" and name not in BASES
        }

    def expand(self, name):
        found = set()
        if name in self.elements:
            found.add(name)
        for other, one in self.globals.items():
            if (one.get("substitutionGroup") or "").split(":")[-1] == name:
                found |= self.expand(other)
        return found

    def type_of(self, name):
        if name in self.globals:
            return self.globals[name].get("type").split(":")[-1]
        for holder in self.types.values():
            for one in holder.iter(self.X + "element"):
                if one.get("name") == name:
                    return (one.get("type") or "").split(":")[-1]
        return ""

    def line(self, type_name):
        while type_name in self.types:
            holder = self.types[type_name]
            yield holder
            base = holder.find(f".//{self.X}extension")
            type_name = "" if base is None else base.get("base").split(":")[-1]

    def attributes(self, name):
        for holder in self.line(self.type_of(name)):
            for one in holder.iter(self.X + "attribute"):
                yield one.get("name")

    def children(self, name):
        for holder in self.line(self.type_of(name)):
            for one in holder.iter(self.X + "element"):
                if one.get("name"):
                    yield one.get("name")
                else:
                    yield from self.expand(one.get("ref").split(":")[-1])

    def reached(self, name):
        """The elements inside `name`, without those inside what is not read."""
        seen, waiting = {name}, [name]
        while waiting:
            rule = dialect.ELEMENTS.get(waiting.pop(0))
            if rule is not None and not rule.documents:
                new = set(self.children(name)) - seen
                seen |= new
                waiting += new
        return seen


# Abstract in spirit: types that only others extend, never drawn.
BASES = frozenset(
    """activity artifact baseElement baseElementWithMixedContent callableElement
    catchEvent choreographyActivity complexBehaviorDefinition dataAssociation event
    eventDefinition flowElement flowNode throwEvent rootElement""".split()
)


@pytest.fixture(scope="session")
def schema():
    folder = resources.files("SpiffWorkflow.bpmn.parser") / "schema"
    return Schema(etree.fromstring((folder / "Semantic.xsd").read_bytes()))
