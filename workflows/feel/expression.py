"""An expression ready to run: compiled once at release, evaluated in every case."""

import functools
from collections.abc import Iterable, Mapping

from workflows.feel import calls, loops, membership, nodes
from workflows.feel.compiler import Closure, Compiler, Maker
from workflows.feel.errors import FeelError, FeelSyntaxError, LimitReached
from workflows.feel.parser import VERSION, Tree
from workflows.feel.types import Predicate
from workflows.feel.values import Environment, Run, Scope, Value
from workflows.feel.wire import check_size

MAKERS: Mapping[str, Maker] = {
    **nodes.MAKERS,
    **membership.MAKERS,
    **loops.MAKERS,
    **calls.MAKERS,
}


class Expression:
    """A compiled expression; safe to share among threads.

    `names` are the names it may read from its caller: within a filter that can also be
    a property of the items.
    """

    def __init__(
        self,
        tree: Tree,
        text: str,
        functions: Iterable[str],
        types: Mapping[str, Predicate] | None = None,
    ) -> None:
        self.text = text
        self.tree = tree
        self._functions = frozenset(functions)
        self._types = types

    def evaluate(
        self, variables: Mapping[str, Value], environment: Environment
    ) -> Value:
        """The value of the expression with these variables.

        UnknownName, WrongType or WrongValue where strict FEEL refuses, LimitReached
        where it runs too long or grows too large; each tells expression and position.
        """
        run = self._lenient[0] if environment.lenient else self._strict[0]
        try:
            value = run(Scope(variables, Run(environment)))
            if type(value) is list or type(value) is dict:
                check_size(value, environment.max_size)
        except FeelError as error:
            raise error.within(self.text)  # noqa: B904 the same error goes on
        except RecursionError as error:
            # Python counts frames, not calls; a call of FEEL takes about six of them.
            raise LimitReached(150, "nested calls").within(self.text) from error
        return value

    def closure(self, *, lenient: bool) -> Closure:
        """What runs, for a caller that brings its own Scope and Run.

        FeelSyntaxError where strict evaluation has nothing to run.
        """
        return (self._lenient if lenient else self._strict)[0]

    @property
    def names(self) -> frozenset[str]:
        return self._strict[1]

    @functools.cached_property
    def _strict(self) -> tuple[Closure, frozenset[str]]:
        return self._compiled(lenient=False)

    @functools.cached_property
    def _lenient(self) -> tuple[Closure, frozenset[str]]:
        return self._compiled(lenient=True)

    def _compiled(self, *, lenient: bool) -> tuple[Closure, frozenset[str]]:
        compiler = Compiler(
            MAKERS,
            self.text,
            lenient=lenient,
            functions=self._functions,
            types=self._types,
        )
        root = self.tree["node"]
        try:
            if root[0] == "Expression":
                if len(root[3]) != 1 or isinstance(root[3], str):
                    raise FeelSyntaxError("there is no expression", position=0)
                root = root[3][0]
            closure = compiler.compile(root)
        except FeelError as error:
            raise error.within(self.text)  # noqa: B904 the same error goes on
        return closure, frozenset(compiler.names)


def compile_tree(
    tree: Tree,
    text: str,
    *,
    functions: Iterable[str] = (),
    types: Mapping[str, Predicate] | None = None,
    lenient: bool = False,
) -> Expression:
    """Compile what `Parser.parse` gave for `text`.

    FeelSyntaxError for what parses but cannot run: an unknown function (but for
    `functions`, which are variables that hold one), an unknown type (but for `types`,
    those of a decision model), a date that does not exist. With `lenient` that waits:
    lenient evaluation gives null for it.
    """
    if tree.get("version") != VERSION:
        raise FeelSyntaxError(
            f"its tree has the form {tree.get('version')}, not {VERSION}",
            position=0,
            expression=text,
        )
    expression = Expression(tree, text, functions, types)
    if not lenient:
        expression.names  # noqa: B018 compiles, and so refuses
    return expression
