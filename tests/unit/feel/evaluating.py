"""One way to evaluate for the tests beside Python's own types."""

from collections.abc import Callable

from workflows.feel import Environment, Parser, Tree, Value, compile_tree
from workflows.ports import SystemClock

ENVIRONMENT = Environment(SystemClock())

_parser: list[Parser] = []
_compiled: dict[str, Callable[..., Value]] = {}


def open_with(parser: Parser) -> None:
    _parser.append(parser)


def close() -> None:
    _parser.clear()
    _compiled.clear()


def parse(text: str, known_names: list[str] | None = None) -> Tree:
    return _parser[0].parse(text, known_names=known_names or [])


def feel(text: str, **values: Value) -> Value:
    """Compiled once: the same expression comes again with other values."""
    if text not in _compiled:
        _compiled[text] = compile_tree(parse(text), text).evaluate
    return _compiled[text](values, ENVIRONMENT)
