"""Compiling calls: of FEEL's functions, of functions in values, and definitions."""

from collections.abc import Callable, Mapping, Sequence

from workflows.feel import temporal, wide
from workflows.feel.compiler import Closure, Compiler, Maker, constant, leaves
from workflows.feel.errors import (
    EvaluationError,
    FeelSyntaxError,
    UnknownFunction,
    UnknownName,
    WrongType,
)
from workflows.feel.functions import BUILTINS, Builtin
from workflows.feel.parser import Node
from workflows.feel.types import Predicate, compile_type
from workflows.feel.values import Environment, Function, Run, Scope, Value, kind
from workflows.ports import SystemClock

# Of constants, these give a constant: made once, and refused before any case runs.
FOLDED = frozenset({"date", "time", "date and time", "duration"})
_LITERALS = frozenset({"StringLiteral", "NumericLiteral"})


def make_call(compiler: Compiler, node: Node) -> Closure:
    callee, _, parameters, _ = node[3]
    if callee[0] != "VariableName" or compiler.is_local(callee[3]):
        return _call_value(compiler, callee, parameters)
    name = callee[3]
    if name in _SPECIAL_MAKERS:
        return _SPECIAL_MAKERS[name](compiler, node)
    if name in BUILTINS and name in compiler.functions:
        return _call_own_or_builtin(compiler, BUILTINS[name], node)
    if name in BUILTINS:
        return _call_builtin(compiler, BUILTINS[name], node)
    if name in compiler.functions or compiler.lenient:
        return _call_value(compiler, callee, parameters)
    known = (*BUILTINS, *_SPECIAL_MAKERS, *compiler.functions)
    raise UnknownFunction(name, position=callee[1], among=known)


def make_date_literal(compiler: Compiler, node: Node) -> Closure:
    """`date("...")` and its kin, or `@"..."`."""
    first = node[3][0]
    if first[0] != "AtLiteral":
        return _call_builtin(compiler, BUILTINS[leaves(first)], node)
    text = first[3][0][3]
    reader = wide if compiler.lenient else temporal
    return _folded(compiler, lambda: reader.parse_at_literal(text), node)


def make_definition(compiler: Compiler, node: Node) -> Closure:
    parts = {part[0]: part for part in node[3]}
    if "external" in parts:
        reason = "a function in another language does not run here"
        raise FeelSyntaxError(reason, position=parts["external"][1])
    formal = parts.get("FormalParameters", [None, 0, 0, []])[3]
    names = tuple(parameter[3][0][3][0][3] for parameter in formal)
    types = [
        compile_type(parameter[3][1], compiler.types) if len(parameter[3]) > 1 else None
        for parameter in formal
    ]
    with compiler.scope(names):
        body = compiler.compile(parts["FunctionBody"][3][0])
    described = compiler.source(node)[:40]

    def define(scope: Scope) -> Value:
        def call(run: Run, arguments: Sequence[Value]) -> Value:
            run.spend()
            _check(described, names, types, arguments)
            inner = dict(zip(names, arguments, strict=True))
            return body(Scope(inner, run, scope))

        return Function(described, names, call)

    return define


def _check(
    name: str,
    parameters: Sequence[str],
    types: Sequence[Predicate | None],
    arguments: Sequence[Value],
) -> None:
    if len(arguments) != len(parameters):
        raise WrongType(name, f"{len(parameters)} arguments", str(len(arguments)))
    for parameter, is_type, value in zip(parameters, types, arguments, strict=True):
        if is_type is not None and value is not None and not is_type(value):
            raise WrongType(f"{name}, parameter {parameter},", "its type", kind(value))


def _call_own_or_builtin(compiler: Compiler, builtin: Builtin, node: Node) -> Closure:
    """A variable hides the function of its name only where it holds a function."""
    callee, _, parameters, _ = node[3]
    held, own = compiler.compile(callee), _call_value(compiler, callee, parameters)
    try:
        standard = _call_builtin(compiler, builtin, node)
    except FeelSyntaxError:
        standard = own

    def call(scope: Scope) -> Value:
        value = held(scope)
        hidden = type(value) is Function and value.call != builtin.call
        return own(scope) if hidden else standard(scope)

    return call


def _call_builtin(compiler: Compiler, builtin: Builtin, node: Node) -> Closure:
    parameters = node[3][2]
    names, arguments = _arguments(compiler, parameters)
    if not compiler.lenient:
        builtin = builtin.narrowed([o for o in builtin.overloads if not o.lenient])
    narrowed, places = _fitting(builtin, names, len(arguments))
    if not narrowed.overloads:
        if compiler.lenient:
            return constant(None)
        reason = f"{builtin.name} is called as {builtin.usage()}"
        raise FeelSyntaxError(reason, position=node[1])
    ordered = [arguments[place] for place in places]
    literal = all(child[0] in _LITERALS for child in parameters[3])
    if builtin.name in FOLDED and literal and names is None:
        run = Run(Environment(clock=SystemClock(), lenient=compiler.lenient))
        values = [argument(Scope({}, run)) for argument in ordered]
        return _folded(compiler, lambda: narrowed.call(run, values), node)
    call = narrowed.call
    return compiler.guarded(
        lambda scope: call(scope.run, [argument(scope) for argument in ordered]),
        node[1],
    )


def _fitting(
    builtin: Builtin, names: list[str] | None, count: int
) -> tuple[Builtin, list[int]]:
    """The overloads that can take these arguments, and which goes where."""
    if names is None:
        fitting = [one for one in builtin.overloads if one.takes_count(count)]
        return builtin.narrowed(fitting), list(range(count))
    arranged = [(one, one.positions(names)) for one in builtin.overloads]
    places = next((found for _, found in arranged if found is not None), [])
    return builtin.narrowed([one for one, found in arranged if found == places]), places


def _call_value(compiler: Compiler, callee: Node, parameters: Node) -> Closure:
    function = compiler.compile(callee)
    names, arguments = _arguments(compiler, parameters)
    described = compiler.source(callee)

    def call(scope: Scope) -> Value:
        called = function(scope)
        if type(called) is not Function:
            raise WrongType("a call", f"{described} to be a function", kind(called))
        values = [argument(scope) for argument in arguments]
        if names is not None:
            values = _by_name(called, names, values)
        return called.call(scope.run, values)

    return compiler.guarded(call, callee[1])


def _by_name(called: Function, names: list[str], values: list[Value]) -> list[Value]:
    given = dict(zip(names, values, strict=True))
    if set(names) != set(called.parameters) or len(given) != len(names):
        expected = ", ".join(called.parameters)
        raise WrongType(called.name, f"the arguments {expected}", ", ".join(names))
    return [given[name] for name in called.parameters]


def _arguments(
    compiler: Compiler, node: Node
) -> tuple[list[str] | None, list[Closure]]:
    """Compiled arguments, with their names if they are named."""
    if node[0] == "PositionalParameters":
        return None, [compiler.compile(child) for child in node[3]]
    names = [child[3][0][3][0][3] for child in node[3]]
    return names, [compiler.compile(child[3][1]) for child in node[3]]


def _folded(compiler: Compiler, make: Callable[[], Value], node: Node) -> Closure:
    try:
        return constant(make())
    except EvaluationError as error:
        if compiler.lenient:
            return constant(None)
        raise FeelSyntaxError(error.reason, position=node[1]) from error


def _make_is_defined(compiler: Compiler, node: Node) -> Closure:
    """False for a name or a property that does not exist; null is a value."""
    parameters = node[3][2]
    kinds = [child[0] for child in parameters[3]]
    if kinds not in (["VariableName"], ["PathExpression"]):
        reason = "is defined takes a name, such as is defined(a) or is defined(a.b)"
        raise FeelSyntaxError(reason, position=node[1])
    with compiler.guard_names():
        read = compiler.compile(parameters[3][0])

    def check(scope: Scope) -> Value:
        try:
            read(scope)
        except UnknownName:
            return False
        return True

    return check


def _make_get_or_else(compiler: Compiler, node: Node) -> Closure:
    """The second value where the first is null or reads a name that does not exist."""
    parameters = node[3][2]
    if parameters[0] != "PositionalParameters" or len(parameters[3]) != 2:
        reason = "get or else is called as get or else(value, default)"
        raise FeelSyntaxError(reason, position=node[1])
    with compiler.guard_names():
        read = compiler.compile(parameters[3][0])
    default = compiler.compile(parameters[3][1])

    def choose(scope: Scope) -> Value:
        try:
            value = read(scope)
        except UnknownName:
            value = None
        return default(scope) if value is None else value

    return compiler.guarded(choose, node[1])


_SPECIAL_MAKERS: Mapping[str, Maker] = {
    "is defined": _make_is_defined,
    "get or else": _make_get_or_else,
}

MAKERS: Mapping[str, Maker] = {
    "FunctionInvocation": make_call,
    "DateTimeLiteral": make_date_literal,
    "FunctionDefinition": make_definition,
}
