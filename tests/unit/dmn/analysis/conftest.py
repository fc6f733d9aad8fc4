"""Decision tables for the tests of their analysis, and a parser for the whole run."""

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from workflows import feel
from workflows.dmn import coverage
from workflows.dmn.constants import UnaryTests
from workflows.dmn.coverage import Input, Rule, Table
from workflows.model import Finding

Row = tuple[str, ...]
Shown = dict[str, Any]


@pytest.fixture(scope="session")
def parser() -> Iterator[feel.Parser]:
    with feel.Parser() as opened:
        yield opened


@pytest.fixture(scope="session")
def tests(parser: feel.Parser) -> Callable[[str], UnaryTests]:
    known: dict[str, UnaryTests] = {}

    def read(text: str) -> UnaryTests:
        if text not in known:
            is_any = text in ("", "-")
            known[text] = UnaryTests(text, None if is_any else parse(text))
        return known[text]

    def parse(text: str) -> feel.Tree | None:
        try:
            return parser.parse(text, unary=True)
        except feel.FeelSyntaxError:
            return None

    return read


@pytest.fixture(scope="session")
def make(tests: Callable[[str], UnaryTests]) -> Callable[..., Table]:
    """`make("FIRST", {"age": "number"}, [("< 18", "1")])`; a type with allowed values
    is `("string", '"a", "b"')`."""

    def build(
        policy: str, inputs: dict[str, Any], rows: list[Row], **more: Any
    ) -> Table:
        types = [
            each if isinstance(each, tuple) else (each,) for each in inputs.values()
        ]
        columns = tuple(
            Input(name, given[0], tuple(map(tests, given[1:])))
            for name, given in zip(inputs, types, strict=True)
        )
        ranks = more.pop("ranks", [None] * len(rows))
        rules = tuple(
            Rule(
                f"rule_{number}",
                tuple(tests(text) for text in row[: len(inputs)]),
                row[len(inputs) :],
                rank,
            )
            for number, (row, rank) in enumerate(zip(rows, ranks, strict=True), 1)
        )
        return Table("table_1", "Places", policy, columns, rules, **more)

    return build


@pytest.fixture(scope="session")
def find(make: Callable[..., Table]) -> Callable[..., list[Finding]]:
    return lambda *given, **more: coverage.findings(make(*given, **more), "x.dmn")


@pytest.fixture(scope="session")
def shown(parser: feel.Parser) -> Callable[[Finding], Shown]:
    """The example of a finding, read back from its message."""

    def read(finding: Finding) -> Shown:
        literal = r'(?:@?"(?:[^"\\]|\\.)*"|[\w.+-]+)'
        pairs = re.findall(
            rf"(?:for|For|both match|,|;) (\w+) = ({literal})", finding.message
        )
        assert pairs, finding.message
        return {
            name: feel.constant_value(parser.parse(text.rstrip(".")), text.rstrip("."))
            for name, text in pairs
        }

    return read
