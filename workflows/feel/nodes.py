"""Compiling literals, names, paths, operators, logic, conditionals, lists, contexts."""

import itertools
from collections.abc import Mapping
from decimal import DecimalException

from workflows.feel import wide
from workflows.feel.compiler import (
    ITEM_SCOPE,
    Closure,
    Compiler,
    Maker,
    constant,
    null_instead,
)
from workflows.feel.errors import FeelSyntaxError, UnknownName, WrongType
from workflows.feel.functions import BUILTINS
from workflows.feel.leniency import (
    LENIENT_ARITHMETIC,
    lenient_equal,
    lenient_not_equal,
)
from workflows.feel.operators import ARITHMETIC, COMPARISONS, NUMBERS, equal, negate
from workflows.feel.parser import Node
from workflows.feel.temporal import PROPERTIES
from workflows.feel.values import Scope, Value, kind

# Names looked through for the one that was meant.
MAX_SUGGESTED = 1000


def make_number(compiler: Compiler, node: Node) -> Closure:
    try:
        return constant(NUMBERS.create_decimal(node[3]))
    except DecimalException as error:
        reason = "the number is out of bounds"
        raise FeelSyntaxError(reason, position=node[1]) from error


def make_string(compiler: Compiler, node: Node) -> Closure:
    return constant(node[3])


def make_boolean(compiler: Compiler, node: Node) -> Closure:
    return constant(node[3] == "true")


def make_null(compiler: Compiler, node: Node) -> Closure:
    return constant(None)


def make_parentheses(compiler: Compiler, node: Node) -> Closure:
    return compiler.compile(node[3][1])


def make_variable(compiler: Compiler, node: Node) -> Closure:
    """A name: of an inner scope, of the item of a filter, or of the caller's."""
    name, position = node[3], node[1]
    item_hops = []
    for hops, names in enumerate(reversed(compiler.scopes)):
        if names is ITEM_SCOPE:
            item_hops.append(hops)
            if name == "item":
                return _of_items(name, item_hops, _item(hops))
        elif name in names:
            return _of_items(name, item_hops, _local(name, hops))
    compiler.names.add(name)
    hops = len(compiler.scopes)
    return _of_items(name, item_hops, _free(compiler, name, hops, position))


def make_path(compiler: Compiler, node: Node) -> Closure:
    source, _, last = node[3]
    owner, name, position = compiler.compile(source), last[3], last[1]
    described = compiler.source(source)
    if compiler.lenient:
        return lambda scope: _lenient_property(owner(scope), name)

    def read(scope: Scope) -> Value:
        value = owner(scope)
        if type(value) is dict and name in value:
            return value[name]
        scope.run.charge(value)
        try:
            return property_of(value, name, described)
        except UnknownName as error:
            raise error.at(position)  # noqa: B904 the same error goes on

    return read


def property_of(owner: Value, name: str, described: str) -> Value:
    """UnknownName when there is no such property; of a list, that of every item."""
    if type(owner) is list:
        return [property_of(item, name, described) for item in owner]
    if type(owner) is dict:
        if name in owner:
            return owner[name]
        raise UnknownName(name, of=described, among=owner)
    properties = PROPERTIES.get(type(owner), {})
    read = properties.get(name)
    if read is None:
        of = f"{described} (it is a {kind(owner)})"
        raise UnknownName(name, of=of, among=properties)
    return read(owner)


def make_arithmetic(compiler: Compiler, node: Node) -> Closure:
    table = LENIENT_ARITHMETIC if compiler.lenient else ARITHMETIC
    if len(node[3]) == 2:
        if node[3][0][3] != "-":
            reason = f'"{node[3][0][3]}" needs a value before it'
            raise FeelSyntaxError(reason, position=node[1])
        operand = compiler.compile(node[3][1])
        return compiler.guarded(lambda scope: negate(operand(scope)), node[1])
    first, sign, second = node[3]
    left, right = compiler.compile(first), compiler.compile(second)
    if sign[3] != "+":
        return compiler.binary(table[sign[3]], left, right, sign[1])

    added = table["+"]

    def plus(scope: Scope) -> Value:
        value = added(left(scope), right(scope))
        return scope.run.sized(value) if type(value) is str else value

    return compiler.guarded(plus, sign[1])


def make_conjunction(compiler: Compiler, node: Node) -> Closure:
    return _logic(compiler, node, "and", decisive=False)


def make_disjunction(compiler: Compiler, node: Node) -> Closure:
    return _logic(compiler, node, "or", decisive=True)


def make_if(compiler: Compiler, node: Node) -> Closure:
    _, asked, _, positive, _, negative = node[3]
    condition = compiler.compile(asked)
    then, otherwise = compiler.compile(positive), compiler.compile(negative)
    if compiler.lenient:
        return lambda scope: (then if condition(scope) is True else otherwise)(scope)

    def choose(scope: Scope) -> Value:
        verdict = condition(scope)
        if verdict is True:
            return then(scope)
        if verdict is False:
            return otherwise(scope)
        raise WrongType("if", "a boolean", kind(verdict)).at(asked[1])

    return choose


def make_list(compiler: Compiler, node: Node) -> Closure:
    items = [compiler.compile(child) for child in node[3][1:-1]]
    return lambda scope: [item(scope) for item in items]


def make_context(compiler: Compiler, node: Node) -> Closure:
    """Every entry may use those before it; a key that comes twice is refused."""
    entries: list[tuple[str, Closure]] = []
    for entry in node[3][1:-1]:
        key, value = entry[3]
        name = key[3][0][3]
        known = [known for known, _ in entries]
        if name in known:
            reason = f"the key {name} comes twice"
            raise FeelSyntaxError(reason, position=key[1])
        with compiler.scope(known):
            entries.append((name, compiler.compile(value)))

    def build(scope: Scope) -> Value:
        values: dict[str, Value] = {}
        inner = Scope(values, scope.run, scope)
        for name, value in entries:
            values[name] = value(inner)
        return values

    return build


def make_comparison(compiler: Compiler, node: Node) -> Closure:
    first, operator, second = node[3]
    left, right = compiler.compile(first), compiler.compile(second)
    compare = COMPARISONS[operator[3]]
    if operator[3] not in ("=", "!="):
        return compiler.binary(compare, left, right, operator[1])
    if compiler.lenient:
        check_equal = lenient_equal if operator[3] == "=" else lenient_not_equal
        return null_instead(
            lambda scope: check_equal(left(scope), right(scope), scope.run)
        )

    positive = operator[3] == "="

    def check(scope: Scope) -> Value:
        return equal(left(scope), right(scope), scope.run) is positive

    return compiler.guarded(check, operator[1])


def _logic(compiler: Compiler, node: Node, word: str, *, decisive: bool) -> Closure:
    """`and` is decided by false, `or` by true, from left to right."""
    first, _, second = node[3]
    left, right = compiler.compile(first), compiler.compile(second)

    def ternary(scope: Scope) -> Value:
        one = left(scope)
        if one is decisive:
            return decisive
        other = right(scope)
        if other is decisive:
            return decisive
        return not decisive if one is other is (not decisive) else None

    def strict(scope: Scope) -> Value:
        one = left(scope)
        if one is decisive:
            return decisive
        if type(one) is not bool:
            raise WrongType(word, "booleans", kind(one)).at(first[1])
        other = right(scope)
        if type(other) is not bool:
            raise WrongType(word, "booleans", kind(other)).at(second[1])
        return other

    return ternary if compiler.lenient else strict


def _up(scope: Scope, hops: int) -> Scope:
    for _ in range(hops):
        assert scope.parent is not None  # noqa: S101 the compiler counts the scopes
        scope = scope.parent
    return scope


def _item(hops: int) -> Closure:
    return lambda scope: _up(scope, hops).item


def _local(name: str, hops: int) -> Closure:
    if hops == 0:
        return lambda scope: scope.values[name]
    return lambda scope: _up(scope, hops).values[name]


def _free(compiler: Compiler, name: str, hops: int, position: int) -> Closure:
    """A variable of the caller's; a function of FEEL is a value too, if not hidden."""
    function = BUILTINS.get(name)
    missing: Closure
    if function is not None and not compiler.guarding:
        missing = constant(function.as_value())
    elif compiler.lenient:
        missing = constant(None)
    else:
        missing = _unknown(name, position)

    def read(scope: Scope) -> Value:
        root = scope if hops == 0 else _up(scope, hops)
        try:
            return root.values[name]
        except KeyError:
            return missing(scope)

    return read


def _unknown(name: str, position: int) -> Closure:
    def refuse(scope: Scope) -> Value:
        around: Scope | None = scope
        known: list[str] = []
        while around is not None:
            known += itertools.islice(around.values, MAX_SUGGESTED)
            around = around.parent
        raise UnknownName(name, among=known).at(position)

    return refuse


def _of_items(name: str, item_hops: list[int], otherwise: Closure) -> Closure:
    """Look into the items of the filters around first, the innermost before all."""
    if not item_hops:
        return otherwise
    hops = tuple(item_hops)

    def read(scope: Scope) -> Value:
        for count in hops:
            values = _up(scope, count).values
            if name in values:
                return values[name]
        return otherwise(scope)

    return read


def _lenient_property(owner: Value, name: str) -> Value:
    if type(owner) is list:
        return [_lenient_property(item, name) for item in owner]
    if type(owner) is dict:
        return owner.get(name)
    properties = PROPERTIES.get(type(owner)) or wide.PROPERTIES.get(type(owner), {})
    read = properties.get(name)
    return None if read is None else read(owner)


MAKERS: Mapping[str, Maker] = {
    "NumericLiteral": make_number,
    "StringLiteral": make_string,
    "BooleanLiteral": make_boolean,
    "null": make_null,
    "ParenthesizedExpression": make_parentheses,
    "VariableName": make_variable,
    "?": make_variable,
    "PathExpression": make_path,
    "ArithmeticExpression": make_arithmetic,
    "Conjunction": make_conjunction,
    "Disjunction": make_disjunction,
    "IfExpression": make_if,
    "List": make_list,
    "Context": make_context,
}
