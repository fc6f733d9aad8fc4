"""A parser for the whole run, and short ways to evaluate one expression."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from workflows.calendars import WorkingCalendar
from workflows.feel import Environment, Parser, Value, compile_tree, from_plain

# Wednesday, 1 April 2026, 09:00 in Almaty.
NOW = datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


class StoppedClock:
    def now(self) -> datetime:
        return NOW


@pytest.fixture(scope="session")
def parser() -> Iterator[Parser]:
    with Parser() as opened:
        yield opened


@pytest.fixture(scope="session")
def environment() -> Environment:
    return Environment(StoppedClock(), WorkingCalendar())


@pytest.fixture(scope="session")
def evaluate(parser: Parser, environment: Environment) -> Callable[..., Value]:
    """`evaluate("a + 1", {"a": 1})`: plain data in, a FEEL value out."""

    def run(
        text: str, variables: dict[str, Any] | None = None, **options: Any
    ) -> Value:
        tree = parser.parse(text, unary=options.get("unary", False))
        expression = compile_tree(tree, text)
        values = {name: _value(given) for name, given in (variables or {}).items()}
        return expression.evaluate(values, options.get("environment", environment))

    return run


@pytest.fixture(scope="session")
def lenient(parser: Parser) -> Callable[..., Value]:
    """The same in lenient mode, as the conformance tests want it."""
    environment = Environment(StoppedClock(), lenient=True)

    def run(text: str, variables: dict[str, Any] | None = None) -> Value:
        expression = compile_tree(parser.parse(text), text, lenient=True)
        values = {name: _value(given) for name, given in (variables or {}).items()}
        return expression.evaluate(values, environment)

    return run


def _value(given: Any) -> Value:
    plain = (type(None), bool, int, float, str, list, dict)
    return from_plain(given) if isinstance(given, plain) else given
