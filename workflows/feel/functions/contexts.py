"""FEEL's functions on contexts, and the logical `not`."""

from collections.abc import Sequence

from workflows.feel.errors import UnknownName, WrongType, WrongValue
from workflows.feel.functions.registry import builtin
from workflows.feel.values import Run, Value, kind

Context = dict[str, Value]


@builtin("not(negand: boolean)")
def negation(run: Run, negand: bool) -> Value:
    return not negand


@builtin("get value(m: context, key: string)")
def get_value(run: Run, context: Context, key: str) -> Value:
    """A missing key is an error, as a missing property is."""
    if key not in context:
        raise UnknownName(key, of="the context")
    return context[key]


@builtin("get value(m: context, keys: list)")
def get_deep_value(run: Run, context: Context, keys: list[Value]) -> Value:
    value: Value = context
    for key in _keys("get value", keys):
        if type(value) is not dict or key not in value:
            raise UnknownName(key, of=f"a {kind(value)}")
        value = value[key]
    return value


@builtin("get entries(m: context)")
def get_entries(run: Run, context: Context) -> Value:
    return [{"key": key, "value": value} for key, value in context.items()]


@builtin("context(entries: list)")
def context_of(run: Run, entries: list[Value]) -> Value:
    """From items with a key and a value; a key that comes twice is refused."""
    context: Context = {}
    for entry in entries:
        if type(entry) is not dict or not {"key", "value"} <= entry.keys():
            raise WrongType("context", "contexts with key and value", kind(entry))
        if type(entry["key"]) is not str:
            raise WrongType("context", "keys that are strings", kind(entry["key"]))
        if entry["key"] in context:
            raise WrongValue(f"the key {entry['key']} comes twice")
        context[entry["key"]] = entry["value"]
    return context


@builtin("context put(context: context, key: string, value: any)")
def context_put(run: Run, context: Context, key: str, value: Value) -> Value:
    return run.sized({**context, key: value})


@builtin("context put(context: context, keys: list, value: any)")
def context_put_deep(
    run: Run, context: Context, keys: list[Value], value: Value
) -> Value:
    return _put(run, context, _keys("context put", keys), value)


@builtin("context merge(contexts: list)")
def context_merge(run: Run, contexts: list[Value]) -> Value:
    merged: Context = {}
    for context in contexts:
        if type(context) is not dict:
            raise WrongType("context merge", "contexts", kind(context))
        run.spend(1 + len(context))
        merged.update(context)
    return merged


def _keys(name: str, keys: list[Value]) -> list[str]:
    if not keys:
        raise WrongValue(f"{name} takes at least one key")
    for key in keys:
        if type(key) is not str:
            raise WrongType(name, "keys that are strings", kind(key))
    return keys


def _put(run: Run, context: Value, keys: Sequence[str], value: Value) -> Value:
    run.spend()
    if type(context) is not dict:
        raise WrongType("context put", "a context at every key", kind(context))
    if len(keys) == 1:
        return {**context, keys[0]: value}
    if keys[0] not in context:
        raise UnknownName(keys[0], of="the context")
    return {**context, keys[0]: _put(run, context[keys[0]], keys[1:], value)}
