"""FEEL: parsed at release, evaluated in Python with decimals and our own clock."""

from workflows.feel.compiler import Closure
from workflows.feel.errors import (
    EvaluationError,
    FeelError,
    FeelSyntaxError,
    LimitReached,
    MisspeltFunction,
    MisspeltName,
    NotAValue,
    UnknownFunction,
    UnknownName,
    WrongType,
    WrongValue,
)
from workflows.feel.expression import Expression, compile_tree
from workflows.feel.functions.conversion import shown_number
from workflows.feel.parser import Parser, ParserNotBuilt, Tree
from workflows.feel.reading import (
    Path,
    constant_value,
    exclude_each_other,
    is_constant,
    is_never_boolean,
    keys,
    paths,
)
from workflows.feel.values import (
    Environment,
    Function,
    Range,
    Run,
    Scope,
    Value,
    YearsMonths,
    kind,
)
from workflows.feel.wire import dumps, from_plain, loads, plain

__all__ = [
    "Closure",
    "Environment",
    "EvaluationError",
    "Expression",
    "FeelError",
    "FeelSyntaxError",
    "Function",
    "LimitReached",
    "MisspeltFunction",
    "MisspeltName",
    "NotAValue",
    "Parser",
    "ParserNotBuilt",
    "Path",
    "Range",
    "Run",
    "Scope",
    "Tree",
    "UnknownFunction",
    "UnknownName",
    "Value",
    "WrongType",
    "WrongValue",
    "YearsMonths",
    "compile_tree",
    "constant_value",
    "dumps",
    "exclude_each_other",
    "from_plain",
    "is_constant",
    "is_never_boolean",
    "keys",
    "kind",
    "loads",
    "paths",
    "plain",
    "shown_number",
]
