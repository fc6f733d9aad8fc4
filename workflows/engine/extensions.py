"""What the `zeebe:` extension elements of one drawn element say."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from lxml import etree

from workflows.engine.documents import BPMN, ZEEBE

# What a property of these names says is read; others are documentation.
TITLES = ("title.ru", "title.en")
NORM = "norm"
DEADLINE = "deadline"
CALLED = "calledElement"
NOT_BY = "not_by"
BULK = "bulk"


class Assignment(NamedTuple):
    """`source`, a FEEL expression or a literal, is evaluated into `target`."""

    target: str
    source: str


@dataclass(frozen=True)
class Extensions:
    """The texts as drawn: what begins with `=` is still an expression."""

    inputs: tuple[Assignment, ...] = ()
    outputs: tuple[Assignment, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)
    properties: tuple[tuple[str, str], ...] = ()
    # Attributes of the extension elements that have only attributes, by element.
    attributes: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    def get(self, element: str, attribute: str) -> str | None:
        """An attribute as drawn; an empty one counts as absent."""
        return self.attributes.get(element, {}).get(attribute) or None

    @cached_property
    def norms(self) -> tuple[str, ...]:
        """The norm ids of the element, in order, each once."""
        texts = [text for name, text in self.properties if name == NORM]
        ids = [norm for text in texts for norm in text.replace(",", " ").split()]
        return tuple(dict.fromkeys(ids))

    @cached_property
    def deadline(self) -> str | None:
        found = dict(self.properties).get(DEADLINE, "").strip()
        return found or None

    @cached_property
    def not_by(self) -> tuple[str, ...]:
        """The user tasks whose doers must not do this one, as drawn, each once."""
        found = dict(self.properties).get(NOT_BY, "")
        return tuple(dict.fromkeys(found.replace(",", " ").split()))

    @property
    def bulk(self) -> str | None:
        """Whether many may be completed at once: "true" or "false", None untold."""
        return dict(self.properties).get(BULK)

    def titles(self, kazakh: str) -> dict[str, str]:
        """A name in each language; the Kazakh one stands in for a missing one."""
        found = dict(self.properties)
        russian, english = (found.get(name) or kazakh for name in TITLES)
        return {"kk": kazakh, "ru": russian, "en": english}

    @property
    def other_properties(self) -> dict[str, str]:
        """The properties that have no reading of their own here."""
        return {
            name: text
            for name, text in self.properties
            if name not in TITLES and name != NORM
        }


NOTHING = Extensions()


def read_extensions(node: etree._Element) -> Extensions:
    """Read the extensions of a drawn element that `closed_world` has let through."""
    parent = node.find(BPMN + "extensionElements")
    if parent is None and node.get(CALLED) is None:
        return NOTHING
    inputs: list[Assignment] = []
    outputs: list[Assignment] = []
    headers: dict[str, str] = {}
    properties: list[tuple[str, str]] = []
    attributes: dict[str, dict[str, str]] = {}
    for element in () if parent is None else parent.iter(ZEEBE + "*"):
        name = etree.QName(element).localname
        get = element.get
        if name in ("input", "output"):
            into = inputs if name == "input" else outputs
            into.append(Assignment(get("target", ""), get("source", "")))
        elif name == "header":
            headers[get("key", "")] = get("value", "")
        elif name == "property":
            properties.append((get("name", ""), get("value", "")))
        elif element.getparent() is parent:
            attributes[name] = {str(key): str(text) for key, text in element.items()}
    called = node.get(CALLED)
    if called is not None:
        # As the standard writes it: a name, which may bear the prefix of a namespace.
        attributes.setdefault(CALLED, {})["processId"] = called.split(":")[-1]
    return Extensions(
        tuple(inputs), tuple(outputs), headers, tuple(properties), attributes
    )
