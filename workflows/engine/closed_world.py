"""The first check of a drawing: every element and attribute is one that we know."""

from collections.abc import Iterator, Mapping

from lxml import etree

from workflows.engine import dialect, refusals, vendors
from workflows.engine.documents import BPMN, ZEEBE
from workflows.model import Finding

XSI = "{http://www.w3.org/2001/XMLSchema-instance}"
# Here a wrong word is a mistake, not another tool's note.
OURS = frozenset({BPMN[1:-1], ZEEBE[1:-1], XSI[1:-1]})
EXPRESSION_TYPES = ("tFormalExpression", "tExpression")


class ClosedWorld:
    """Collects what is wrong in one file."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.findings: list[Finding] = []

    def check(self, root: etree._Element, skipped: set[etree._Element]) -> None:
        """Walk the drawing, except for the `skipped` processes of other people."""
        waiting = [root]
        while waiting:
            node = waiting.pop()
            rule = dialect.ELEMENTS[_name(node)]
            runs = not (rule.documents or rule.is_note or node is root)
            self._attributes(node, rule.attributes, runs=runs)
            if rule.documents:
                continue
            for child in node:
                if child in skipped:
                    continue
                if child.tag == BPMN + "extensionElements":
                    self._extensions(node, child, rule)
                elif self._known(node, child, rule):
                    waiting.append(child)

    def _known(
        self, parent: etree._Element, node: etree._Element, rule: dialect.Element
    ) -> bool:
        """Whether to go into `node`; if not, a finding says why, or it is design."""
        name = _name(node)
        if vendors.is_design(_namespace(node)):
            return False
        if not str(node.tag).startswith(BPMN):
            self._refuse(
                node,
                "extension-unknown",
                f"The element {name} of namespace {_namespace(node)} is not known "
                "here. Remove it.",
            )
        elif name in refusals.REFUSED:
            self._refuse(
                node,
                "element-not-run",
                f"{_told(node)} does not run here. {refusals.REFUSED[name]}",
            )
        elif name not in dialect.ELEMENTS:
            self._refuse(
                node,
                "element-unknown",
                f"{_told(node)} is no element of BPMN 2.0 known here. Remove it.",
            )
        elif name not in rule.children:
            self._refuse(
                node,
                "element-misplaced",
                f"{_told(node)} has no meaning inside {_name(parent)}. Move or remove "
                "it.",
            )
        else:
            return True
        return False

    def _attributes(
        self,
        node: etree._Element,
        known: Mapping[str, dialect.Attribute],
        *,
        runs: bool = True,
    ) -> None:
        """Check the attributes; at what does not run, those of other tools are kept."""
        unknown: dict[str, list[str]] = {}
        for key, value in _attributes_of(node):
            qualified = etree.QName(key)
            namespace, name = qualified.namespace, qualified.localname
            if namespace is None:
                self._attribute(node, name, value, known.get(name))
            elif not (
                _is_design(node, namespace, name, value)
                or (not runs and namespace not in OURS)
            ):
                unknown.setdefault(namespace, []).append(f'{name}="{value}"')
        for namespace, told in unknown.items():
            one = len(told) == 1
            self._refuse(
                node,
                "attribute-unknown",
                f"The attribute{'' if one else 's'} {', '.join(told)} of namespace "
                f"{namespace} at {_told(node)} {'is' if one else 'are'} not known here."
                f" Remove {'it' if one else 'them'}.",
            )

    def _attribute(
        self,
        node: etree._Element,
        name: str,
        value: str,
        allowed: dialect.Attribute | None,
    ) -> None:
        told = f'The attribute {name}="{value}" at {_told(node)}'
        mend = refusals.REFUSED_ATTRIBUTES.get((_name(node), name))
        if mend is not None:
            rule = "script-not-feel" if name == "scriptFormat" else "attribute-not-run"
            self._refuse(node, rule, f"{told} does not run here. {mend}")
        elif allowed is None:
            self._refuse(
                node, "attribute-unknown", f"{told} is not known here. Remove it."
            )
        elif isinstance(allowed, tuple) and value not in allowed:
            values = " or ".join(f'"{one}"' for one in allowed)
            self._refuse(
                node,
                "attribute-not-run",
                f"{told} does not run here. Set it to {values}, or remove it.",
            )

    def _extensions(
        self, owner: etree._Element, node: etree._Element, rule: dialect.Element
    ) -> None:
        self._attributes(node, {})
        seen: set[str] = set()
        unknown: dict[str | None, list[str]] = {}
        for child in node:
            name, namespace = _name(child), _namespace(child)
            if vendors.is_design(namespace):
                continue
            if namespace not in OURS:
                if not rule.is_note:
                    unknown.setdefault(namespace, []).append(name)
                continue
            if self._zeebe(owner, child, rule.extensions):
                self._inside(owner, child)
                if name in seen:
                    self._refuse(
                        owner,
                        "extension-doubled",
                        f"{_told(owner)} has zeebe:{name} twice. Keep one.",
                    )
                seen.add(name)
        for namespace, names in unknown.items():
            one = len(set(names)) == 1
            self._refuse(
                owner,
                "extension-unknown",
                f"The extension{'' if one else 's'} {', '.join(dict.fromkeys(names))} "
                f"of namespace {namespace} at {_told(owner)} {'is' if one else 'are'} "
                f"not known here. Remove {'it' if one else 'them'}.",
            )

    def _zeebe(
        self, owner: etree._Element, node: etree._Element, allowed: frozenset[str]
    ) -> bool:
        name = _name(node)
        if not str(node.tag).startswith(ZEEBE):
            self._refuse(
                owner,
                "extension-unknown",
                f"The extension {name} of namespace {_namespace(node)} at "
                f"{_told(owner)} is not known here. Remove it.",
            )
        elif name in refusals.REFUSED_EXTENSIONS:
            self._refuse(
                owner,
                "extension-not-run",
                f"zeebe:{name} at {_told(owner)} does not run here. "
                f"{refusals.REFUSED_EXTENSIONS[name]}",
            )
        elif name not in dialect.EXTENSIONS:
            self._refuse(
                owner,
                "extension-unknown",
                f"zeebe:{name} at {_told(owner)} is not known here. Remove it.",
            )
        elif name not in allowed:
            self._refuse(
                owner,
                "extension-misplaced",
                f"zeebe:{name} has no meaning at {_told(owner)}. Remove it.",
            )
        else:
            return True
        return False

    def _inside(self, owner: etree._Element, node: etree._Element) -> None:
        rule = dialect.EXTENSIONS[_name(node)]
        self._attributes(node, rule.attributes)
        seen: set[tuple[str, str | None]] = set()
        for child in node:
            if not self._zeebe(owner, child, rule.children):
                continue
            self._inside(owner, child)
            name = _name(child)
            key = child.get(dialect.KEYS.get(name, ""))
            if (name, key) in seen and key not in dialect.REPEATED:
                self._refuse(
                    owner,
                    "extension-doubled",
                    f'{_told(owner)} has zeebe:{name} "{key}" twice. Keep one.',
                )
            seen.add((name, key))

    def _refuse(self, node: etree._Element, rule: str, message: str) -> None:
        self.findings.append(
            Finding(self.file, element_id(node), rule, "error", message)
        )


def element_id(node: etree._Element) -> str | None:
    """The id of a node, or of the nearest one around it that has one."""
    for one in _outward(node):
        found = one.get("id")
        if found and str(one.tag).startswith(BPMN):
            return found
    return None


def drawn_id(node: etree._Element) -> str | None:
    """As `element_id`, of what is seen in the diagram: no event definition, no loop."""
    for one in _outward(node):
        parts = ("Definition", "Characteristics")
        if str(one.tag).startswith(BPMN) and not _name(one).endswith(parts):
            found = one.get("id")
            if found and _name(one) not in dialect.EXPRESSION_TEXTS:
                return found
    return None


def _outward(node: etree._Element) -> Iterator[etree._Element]:
    current: etree._Element | None = node
    while current is not None:
        yield current
        current = current.getparent()


def _is_design(node: etree._Element, namespace: str, name: str, value: str) -> bool:
    if namespace == XSI[1:-1]:
        if name == "type":
            is_expression = _name(node) in dialect.EXPRESSION_TEXTS
            return is_expression and value.split(":")[-1] in EXPRESSION_TYPES
        return name in ("schemaLocation", "noNamespaceSchemaLocation")
    if namespace == ZEEBE[1:-1]:
        return name in dialect.EXTENSION_ATTRIBUTES
    return vendors.is_design(namespace, name)


def _attributes_of(node: etree._Element) -> Iterator[tuple[str, str]]:
    for key, value in node.items():
        yield str(key), str(value)


def _name(node: etree._Element) -> str:
    return str(etree.QName(node).localname)


def _namespace(node: etree._Element) -> str | None:
    return etree.QName(node).namespace


def _told(node: etree._Element) -> str:
    own = node.get("id")
    return f"{_name(node)} {own}" if own else _name(node)
