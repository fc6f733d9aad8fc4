"""What stands in a decision model beside DMN's own elements, or is misspelt in them.

An attribute that DMN does not have would be read by nobody. What other tools write in
namespaces of their own is kept; of what is known to change a result, or to be ours, and
is not read, nothing is let through; of what is unknown a warning tells.
"""

import re
from collections.abc import Iterator

from lxml import etree

from workflows.model import Finding
from workflows.safe_xml import XmlRefused, open_xml

OMG = re.compile(r"https?://www\.omg\.org/spec/(DMN|DD|BPMN)/")
ZEEBE = "http://camunda.org/schema/zeebe/1.0"
CAMUNDA = "http://camunda.org/schema/1.0/dmn"
# Colours, widths, links to glossaries, bookkeeping of editors.
DESIGN = (
    "http://www.w3.org/",
    "http://camunda.org/schema/modeler/",
    "http://bpmn.io/schema/",
    "http://www.trisotech.com/",
    "http://trisotech.com/",
    "http://www.drools.org/kie/dmn/",
    "https://kie.apache.org/",
    "https://kie.org/dmn/",
    "http://www.signavio.com",
    "http://www.fico.com/",
)
# Camunda 7 names the value of an input cell so; the house-keeping of its history is
# none of ours.
HISTORY = frozenset({"historyTimeToLive", "versionTag", "diagramRelationId"})
READ = frozenset({"properties", "property", "versionTag"})
ATTRIBUTES = frozenset(
    """id name label namespace expressionLanguage typeLanguage exporter exporterVersion
    typeRef isCollection importType locationURI href URI hitPolicy aggregation
    preferredOrientation outputLabel kind iteratorVariable outputTypeRef textFormat
    associationDirection""".split()
)


def check(source: bytes, file: str) -> list[Finding]:
    """Findings on a file that DMN itself has nothing against; none for a broken one."""
    try:
        root = open_xml(source, file)
    except XmlRefused:
        return []
    model = etree.QName(root).namespace
    found = [
        Finding(file, _id_of(element), rule, severity, message)
        for element in root.iter("{*}*")
        for rule, severity, message in _of(element, model)
    ]
    return list(dict.fromkeys(found))


def _of(element: etree._Element, model: str | None) -> Iterator[tuple[str, str, str]]:
    """(rule, severity, message) of what one element is and has."""
    name = etree.QName(element)
    if name.namespace != model:
        if not _is_kept(element):
            yield from _foreign(name.namespace, name.localname, "element")
        return
    for key in element.keys():
        attribute = etree.QName(key)
        if attribute.namespace is not None:
            yield from _foreign(attribute.namespace, attribute.localname, "attribute")
        elif attribute.localname not in ATTRIBUTES:
            yield (
                "attribute-unknown",
                "error",
                (
                    f"Line {element.sourceline}: <{name.localname}> has an attribute "
                    f"{attribute.localname}, which DMN does not have. Correct it, or "
                    "remove it."
                ),
            )


def _is_kept(element: etree._Element) -> bool:
    """Whether it stands inside of what another finding, or none, is about."""
    parent = element.getparent()
    if parent is None:
        return False
    above = etree.QName(parent)
    return above.namespace == etree.QName(element).namespace or bool(
        OMG.match(above.namespace or "") and "MODEL" not in (above.namespace or "")
    )


def _foreign(
    namespace: str | None, name: str, what: str
) -> Iterator[tuple[str, str, str]]:
    space = namespace or ""
    if OMG.match(space) or space.startswith(DESIGN):
        return
    if space == ZEEBE:
        if what == "attribute" or name in READ:
            return
    elif space == CAMUNDA:
        if name in HISTORY:
            return
    else:
        yield (
            "extension-unread",
            "warning",
            f"The {what} {name} of namespace {space} is kept, but nothing reads it.",
        )
        return
    yield (
        "extension-not-run",
        "error",
        (
            f"The {what} {name} of namespace {space} does not run here. Remove it, and "
            "write what it says in DMN itself."
        ),
    )


def _id_of(element: etree._Element) -> str | None:
    current: etree._Element | None = element
    while current is not None:
        found = current.get("id")
        if found and current.getparent() is not None:
            return found
        current = current.getparent()
    return None
