"""FEEL's functions on strings; positions count characters from 1."""

from decimal import Decimal

from workflows.feel.errors import WrongType, WrongValue
from workflows.feel.functions import patterns
from workflows.feel.functions.numbers import integer
from workflows.feel.functions.registry import builtin
from workflows.feel.values import Run, Value, kind


@builtin("string length(string: string)")
def string_length(run: Run, string: str) -> Value:
    return Decimal(len(string))


@builtin("upper case(string: string)")
def upper_case(run: Run, string: str) -> Value:
    return string.upper()


@builtin("lower case(string: string)")
def lower_case(run: Run, string: str) -> Value:
    return string.lower()


@builtin("contains(string: string, match: string)")
def contains(run: Run, string: str, match: str) -> Value:
    return match in string


@builtin("starts with(string: string, match: string)")
def starts_with(run: Run, string: str, match: str) -> Value:
    return string.startswith(match)


@builtin("ends with(string: string, match: string)")
def ends_with(run: Run, string: str, match: str) -> Value:
    return string.endswith(match)


@builtin("substring(string: string, start position: number, length?: number)")
def substring(
    run: Run, string: str, start_position: Decimal, length: Decimal | None = None
) -> Value:
    """From the start position, or from the end if it is negative."""
    start = integer(run, start_position, "start position")
    if start == 0 or abs(start) > max(len(string), 1):
        raise WrongValue(f"the string has no position {start}")
    begin = start - 1 if start > 0 else len(string) + start
    if length is None:
        return string[begin:]
    count = integer(run, length, "length")
    if count < 1:
        raise WrongValue(f"a length of {count} is below 1")
    return string[begin : begin + count]


@builtin("substring before(string: string, match: string)")
def substring_before(run: Run, string: str, match: str) -> Value:
    return string.partition(match)[0] if match and match in string else ""


@builtin("substring after(string: string, match: string)")
def substring_after(run: Run, string: str, match: str) -> Value:
    return string.partition(match)[2] if match else string


@builtin("string join(list: list, delimiter?: string|null)")
def string_join(run: Run, items: list[Value], delimiter: str | None = None) -> Value:
    """Nulls are left out, as the standard says; other non-strings are refused."""
    texts = [item for item in items if item is not None]
    for text in texts:
        if type(text) is not str:
            raise WrongType("string join", "strings", kind(text))
    glue = delimiter or ""
    run.sized(None, sum(map(len, texts)) + len(glue) * len(texts))
    return glue.join(texts)


@builtin("split(string: string, delimiter: string)")
def split(run: Run, string: str, delimiter: str) -> Value:
    return run.sized(patterns.split(string, delimiter))


@builtin("matches(input: string, pattern: string, flags?: string|null)")
def matches(run: Run, text: str, pattern: str, flags: str | None = None) -> Value:
    return patterns.found(text, pattern, flags or "")


@builtin(
    "replace(input: string, pattern: string, replacement: string, flags?: string|null)"
)
def replace(
    run: Run, text: str, pattern: str, replacement: str, flags: str | None = None
) -> Value:
    limit = run.environment.max_size
    return run.sized(patterns.replaced(text, pattern, replacement, flags or "", limit))
