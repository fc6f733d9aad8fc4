"""Trying a table out: every test of every rule really evaluated."""

from datetime import UTC, datetime
from typing import Any

from workflows import feel
from workflows.dmn.constants import UnaryTests
from workflows.dmn.coverage import Table

Shown = dict[str, Any]


class StoppedClock:
    def now(self) -> datetime:
        return datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


ENVIRONMENT = feel.Environment(StoppedClock())


def matching(table: Table, values: Shown) -> list[int]:
    """The rules that match, by really evaluating every test; numbers from 1."""
    return [
        number
        for number, rule in enumerate(table.rules, 1)
        if all(
            test.is_any or _holds(test, values[column.expression])
            for test, column in zip(rule.tests, table.inputs, strict=True)
        )
    ]


def _holds(test: UnaryTests, value: feel.Value) -> bool:
    assert test.tree is not None
    expression = feel.compile_tree(test.tree, test.text)
    try:
        return expression.evaluate({"?": value}, ENVIRONMENT) is True
    except feel.WrongType:
        assert value is None, "only null may be refused"
        return False
