"""What every reader of a DMN file shares: places, texts, findings, known children."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lxml import etree

from workflows.dmn.elements import Place, Reference, Text, Variable
from workflows.model import Finding

_OMG = "://www.omg.org/spec/DMN/"
# DMN 1.2 to 1.6.
NAMESPACES = frozenset(
    {
        f"http{_OMG}20180521/MODEL/",
        f"https{_OMG}20191111/MODEL/",
        f"https{_OMG}20211108/MODEL/",
        f"https{_OMG}20230324/MODEL/",
        f"https{_OMG}20240513/MODEL/",
    }
)

# What may stand anywhere and is not evaluated.
SILENT = frozenset({"description", "extensionElements", "question", "allowedAnswers"})

# The place of what belongs to nobody, such as a type.
NOWHERE = Place("", "", "")


def local(element: etree._Element) -> str:
    return etree.QName(element).localname


@dataclass
class Sheet:
    """One file while it is read: gathers findings and numbers the texts.

    `refused` is what lenient evaluation makes null of, and strict refuses; `used` are
    the types that are named, each with the element that names it; `variables` are all
    names that have a type.
    """

    file: str
    namespace: str
    xmlns: str
    language: str | None = None
    prefixes: dict[str, str] = field(default_factory=dict)
    findings: list[Finding] = field(default_factory=list)
    refused: list[tuple[Place, str]] = field(default_factory=list)
    used: list[tuple[Place, str]] = field(default_factory=list)
    variables: list[tuple[str, str]] = field(default_factory=list)
    count: int = 0

    def error(self, element_id: str | None, rule: str, message: str) -> None:
        self.findings.append(Finding(self.file, element_id, rule, "error", message))

    def children(
        self, element: etree._Element, place: Place, known: frozenset[str]
    ) -> Iterator[tuple[str, etree._Element]]:
        """The children of the DMN namespace by name; one not `known` is a finding."""
        for child in element:
            name = etree.QName(child)
            if name.namespace != self.xmlns or name.localname in SILENT:
                continue
            if name.localname in known:
                yield name.localname, child
                continue
            self.error(
                place.element_id or None,
                "dmn-unknown-element",
                f"Line {child.sourceline}: <{name.localname}> cannot stand in "
                f"<{local(element)}>. Remove it, or save the file again from its "
                "editor.",
            )

    def text(
        self, element: etree._Element | None, place: Place, *, unary: bool = False
    ) -> Text | None:
        """The text in an element, None where it is empty."""
        if element is None:
            return None
        at = self.at(element, place)
        parts = [child for child in element if etree.QName(child).localname == "text"]
        source = "".join(part.text or "" for part in parts).strip()
        self.count += 1
        if not source:
            return None
        key = f"{'u' if unary else 'e'}{self.count}"
        return Text(key, source, unary, at, self._foreign(element))

    def at(self, element: etree._Element, place: Place) -> Place:
        """The place of an element: its own id, else that of what it stands in."""
        own = element.get("id")
        return Place(place.owner_id, place.owner_name, own) if own else place

    def variable(self, element: etree._Element) -> Variable:
        found = Variable(element.get("name", ""), self.type_of(element))
        if found.type is not None:
            self.variables.append((found.name, found.type))
        return found

    def type_of(self, element: etree._Element) -> str | None:
        return self.type_name(element, element.get("typeRef"))

    def type_name(self, element: etree._Element, written: str | None) -> str | None:
        """A type's name without a prefix; one of another model with its import's."""
        name = self._unprefixed(element, (written or "").strip())
        if name:
            self.used.append((_owner(element), name))
        return name or None

    def _unprefixed(self, element: etree._Element, name: str) -> str:
        prefix, colon, rest = name.partition(":")
        if not colon or prefix not in element.nsmap:
            return name
        namespace = element.nsmap[prefix]
        if namespace in self.prefixes:
            return f"{self.prefixes[namespace]}.{rest}".lstrip(".")
        return rest

    def reference(self, element: etree._Element) -> Reference:
        """An `href`: `#id`, or `namespace#id`."""
        namespace, _, found = (element.get("href") or "").rpartition("#")
        if namespace in ("", self.namespace):
            return Reference(None, found)
        return Reference(namespace, found)

    def _foreign(self, element: etree._Element) -> str | None:
        language = element.get("expressionLanguage") or self.language
        if not language or "feel" in language.lower():
            return None
        return language


def _owner(element: etree._Element) -> Place:
    """The decision, function or type around an element, and the nearest id."""
    chain = [element, *element.iterancestors()][:-1]
    top = chain[-1]
    name = top.get("name", "")
    nearest = next((one.get("id") for one in chain if one.get("id")), name)
    return Place(top.get("id") or name, name, nearest or "")
