"""The functions that FEEL expressions may call."""

from workflows.feel.functions import (
    contexts,
    conversion,
    dates,
    lists,
    numbers,
    ranges,
    strings,
    wide_dates,
)
from workflows.feel.functions.registry import BUILTINS, Builtin

__all__ = ["BUILTINS", "NAMES", "SPECIAL", "Builtin"]

# Their argument may be missing, so the compiler evaluates them itself.
SPECIAL = frozenset({"is defined", "get or else"})

NAMES = frozenset(BUILTINS) | SPECIAL

# Each module enters its functions when it is imported; naming them here keeps linters
# from taking the imports for unused ones.
MODULES = (contexts, conversion, dates, lists, numbers, ranges, strings, wide_dates)
