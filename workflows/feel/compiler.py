"""The frame of compilation: a tree becomes Python closures, names find their scopes."""

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, TypeAlias

from workflows.feel.errors import EvaluationError, FeelSyntaxError
from workflows.feel.parser import Node
from workflows.feel.values import Scope, Value

Closure: TypeAlias = Callable[[Scope], Value]
Maker: TypeAlias = Callable[["Compiler", Node], Closure]

# In a filter the names of the item come first, and only the item knows them.
ITEM_SCOPE = None


class Compiler:
    """Compiles the nodes of one expression, for one mode.

    `names` gathers the free names. `guarding` is set where a name may be missing (`is
    defined`): there a function of FEEL does not stand in for a variable of its name.
    """

    def __init__(
        self,
        makers: Mapping[str, Maker],
        text: str,
        *,
        lenient: bool,
        functions: Iterable[str] = (),
        types: Mapping[str, Callable[[Value], bool]] | None = None,
    ) -> None:
        self.makers = makers
        self.text = text
        self.lenient = lenient
        self.functions = frozenset(functions)
        self.types = {} if types is None else types
        self.names: set[str] = set()
        self.guarding = False
        self.scopes: list[frozenset[str] | None] = []

    def compile(self, node: Node) -> Closure:
        """FeelSyntaxError for what cannot run; lenient, that part is null."""
        make = self.makers.get(node[0], _refuse)
        if not self.lenient:
            return make(self, node)
        try:
            return make(self, node)
        except FeelSyntaxError:
            return constant(None)

    def source(self, node: Node) -> str:
        """The text of a node, for messages."""
        return self.text[node[1] : node[2]]

    @contextlib.contextmanager
    def scope(self, names: Iterable[str] | None) -> Iterator[None]:
        """What is compiled within is evaluated one Scope further inside."""
        self.scopes.append(ITEM_SCOPE if names is None else frozenset(names))
        try:
            yield
        finally:
            self.scopes.pop()

    @contextlib.contextmanager
    def guard_names(self) -> Iterator[None]:
        """Strict whatever the mode, so that a missing name shows."""
        before = self.lenient, self.guarding
        self.lenient, self.guarding = False, True
        try:
            yield
        finally:
            self.lenient, self.guarding = before

    def is_local(self, name: str) -> bool:
        return any(names is not None and name in names for names in self.scopes)

    def guarded(self, run: Closure, position: int) -> Closure:
        """Errors of `run` get the position of their part; lenient, they become null."""
        if self.lenient:
            return null_instead(run)

        def placed(scope: Scope) -> Value:
            try:
                return run(scope)
            except EvaluationError as error:
                raise error.at(position)  # noqa: B904 the same error goes on

        return placed

    def binary(
        self,
        operator: Callable[[Any, Any], Value],
        left: Closure,
        right: Closure,
        position: int,
    ) -> Closure:
        """As `guarded`, in one call less: most of what runs is this."""
        if self.lenient:
            return null_instead(lambda scope: operator(left(scope), right(scope)))

        def apply(scope: Scope) -> Value:
            try:
                return operator(left(scope), right(scope))
            except EvaluationError as error:
                raise error.at(position)  # noqa: B904 the same error goes on

        return apply


def constant(value: Value) -> Closure:
    return lambda scope: value


def mentions(node: Node, kind: str, name: str) -> bool:
    """Whether a node of this kind and text is anywhere below."""
    if isinstance(node[3], str):
        return bool(node[0] == kind and node[3] == name)
    return any(mentions(child, kind, name) for child in node[3])


def leaves(node: Node) -> str:
    """The words of a node: `days and time duration`."""
    if isinstance(node[3], str):
        return node[3]
    return " ".join(leaves(child) for child in node[3])


def _refuse(compiler: Compiler, node: Node) -> Closure:
    reason = f'"{compiler.source(node)[:40]}" cannot stand here'
    raise FeelSyntaxError(reason, position=node[1])


def null_instead(run: Closure) -> Closure:
    def lenient(scope: Scope) -> Value:
        try:
            return run(scope)
        except EvaluationError:
            return None

    return lenient
