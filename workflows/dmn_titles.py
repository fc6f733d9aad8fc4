"""What a DMN file says for people alone: names in other languages, norms, notes.

As in drawings: `zeebe:properties` of a decision or rule hold `title.ru`, `title.en`
and `norm`. What stands here has no effect on any evaluation.
"""

from collections.abc import Iterator

from lxml import etree

from workflows.safe_xml import XmlRefused, open_xml

ZEEBE = "{http://camunda.org/schema/zeebe/1.0}"
LANGUAGES = ("ru", "en")
NAMED = frozenset({"decision", "decisionService", "businessKnowledgeModel"})


def titles(source: bytes) -> dict[str, dict[str, str]]:
    """Names by language of what has a title: by id, or by name where there is none.

    Empty for a file that cannot be read, which `dmn.read` tells.
    """
    found = {}
    for element in _root(source):
        name = element.get("name", "")
        said = dict(properties(element))
        if _local(element) in NAMED:
            found[element.get("id") or name] = {
                "kk": name,
                **{one: said.get(f"title.{one}") or name for one in LANGUAGES},
            }
    return found


def properties(element: etree._Element) -> list[tuple[str, str]]:
    """The `zeebe:properties` of an element, in order."""
    return [
        (one.get("name", ""), one.get("value", ""))
        for extensions in element
        if _local(extensions) == "extensionElements"
        for one in extensions.iter(ZEEBE + "property")
    ]


def norms(said: list[tuple[str, str]]) -> list[str]:
    """The norm ids among properties, in order, each once."""
    texts = [text for name, text in said if name == "norm"]
    ids = [norm for text in texts for norm in text.replace(",", " ").split()]
    return list(dict.fromkeys(ids))


def norms_of(source: bytes) -> Iterator[tuple[str | None, str]]:
    """(element, norm id) of every norm that the properties of a file name."""
    for element in _root(source).iter("{*}*"):
        for norm in norms(properties(element)):
            yield element.get("id"), norm


def _root(source: bytes) -> etree._Element:
    try:
        return open_xml(source, "")
    except XmlRefused:
        return etree.Element("nothing")


def _local(element: etree._Element) -> str:
    return str(etree.QName(element).localname)
