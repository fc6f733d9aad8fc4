"""The DMN TCK: its models, its cases, and what comes of them here.

A case names a model, gives inputs, and expects the value of decisions, or of what a
service gives. It runs in the lenient mode, where an error is null: `errorResult` of the
suite.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from workflows import dmn, feel
from workflows.feel.functions import BUILTINS
from workflows.feel.operators import same
from workflows.ports import SystemClock
from workflows.safe_xml import open_xml

ENVIRONMENT = feel.Environment(clock=SystemClock(), lenient=True)

_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
_TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"

# The suite's own runners compare numbers so.
_NEAR = Decimal("1e-8")


def _by_feel(name: str) -> Callable[[str], Any]:
    """Reads a text as the function of this name does."""
    return lambda text: BUILTINS[name].call(feel.Run(ENVIRONMENT), [text.strip()])


_READERS: Mapping[str, Callable[[str], Any]] = {
    **dict.fromkeys(
        ("decimal", "integer", "double", "float", "int", "long"),
        lambda text: Decimal(text.strip()),
    ),
    "boolean": lambda text: text.strip() in ("true", "1"),
    "date": _by_feel("date"),
    "time": _by_feel("time"),
    "dateTime": _by_feel("date and time"),
    **dict.fromkeys(
        ("duration", "dayTimeDuration", "yearMonthDuration"), _by_feel("duration")
    ),
}


@dataclass(frozen=True)
class Case:
    """One result of one test case; `invocable` is set where a service is called."""

    level: str
    folder: str
    id: str
    model: Path
    invocable: str | None
    result: str
    inputs: Mapping[str, Any]
    expected: Any

    @property
    def key(self) -> str:
        return f"{self.folder} {self.id} {self.result}"


@dataclass(frozen=True)
class Verdict:
    case: Case
    passed: bool
    got: Any


@dataclass(frozen=True)
class Unreadable:
    """A value of the suite that FEEL here does not have; equal to none."""

    reason: str


class Models:
    """Models of the suite, read and loaded once, with what they import."""

    def __init__(self, parser: feel.Parser) -> None:
        self._parser = parser
        self._loaded: dict[Path, dmn.Definitions] = {}
        self._spaces: dict[Path, dict[str, Path]] = {}

    def load(self, path: Path) -> dmn.Definitions:
        if path not in self._loaded:
            source = path.read_bytes()
            model = dmn.read(source, path.name, self._parser)
            assert not model.errors, model.errors
            imported = {
                one.namespace: self.load(self._of_namespace(path.parent)[one.namespace])
                for one in model.imports
            }
            self._loaded[path] = dmn.load(source, model.trees, imported)
        return self._loaded[path]

    def _of_namespace(self, folder: Path) -> dict[str, Path]:
        if folder not in self._spaces:
            self._spaces[folder] = {
                open_xml(path.read_bytes(), path.name).get("namespace", ""): path
                for path in folder.glob("*.dmn")
            }
        return self._spaces[folder]


def cases(path: Path) -> Iterator[Case]:
    """The cases of one `*-test-*.xml`."""
    root = open_xml(path.read_bytes(), path.name)
    model = path.parent / (_child(root, "modelName").text or "").strip()
    for test in _children(root, "testCase"):
        inputs = {_input_name(one): value(one) for one in _children(test, "inputNode")}
        for result in _children(test, "resultNode"):
            yield Case(
                path.parent.parent.name,
                path.parent.name,
                test.get("id", ""),
                model,
                test.get("invocableName"),
                result.get("name", ""),
                inputs,
                value(_child(result, "expected")),
            )


def run(case: Case, models: Models) -> Verdict:
    try:
        definitions = models.load(case.model)
        asked = case.invocable or case.result
        got = definitions.evaluate(asked, case.inputs, ENVIRONMENT).value
    except (dmn.DecisionError, dmn.UnknownDecision) as error:
        return Verdict(case, False, error)
    if case.invocable and type(got) is dict and case.result in got:
        got = got[case.result]
    return Verdict(case, equal(got, case.expected), got)


def value(node: etree._Element) -> Any:
    """The FEEL value of an `inputNode`, `expected`, `item` or `component`."""
    components = {one.get("name"): value(one) for one in _children(node, "component")}
    if components:
        return components
    for child in node:
        if child.get(_NIL) in ("true", "1"):
            return None
        if _name(child) == "list":
            return [value(item) for item in _children(child, "item")]
        if _name(child) == "value":
            return _scalar(child)
    return None


def equal(one: Any, other: Any) -> bool:
    if type(one) is Decimal and type(other) is Decimal:
        return abs(one - other) <= _NEAR
    if type(one) is list and type(other) is list:
        return len(one) == len(other) and all(map(equal, one, other))
    if type(one) is dict and type(other) is dict:
        return one.keys() == other.keys() and all(
            equal(one[key], other[key]) for key in one
        )
    try:
        return same(one, other)
    except feel.FeelError:
        return False


def _scalar(node: etree._Element) -> Any:
    kind = node.get(_TYPE, "xsd:string").rpartition(":")[2]
    text = node.text or ""
    read = _READERS.get(kind)
    try:
        return text if read is None else read(text)
    except feel.FeelError as error:
        return Unreadable(error.reason)


def _input_name(node: etree._Element) -> str:
    space, name = node.get("namespace"), node.get("name", "")
    return f"{space}#{name}" if space else name


def _name(node: etree._Element) -> str:
    return etree.QName(node).localname


def _children(node: etree._Element, name: str) -> list[etree._Element]:
    return [child for child in node if _name(child) == name]


def _child(node: etree._Element, name: str) -> etree._Element:
    return _children(node, name)[0]
