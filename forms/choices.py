"""The options of a question: listed by the form, or where they come from."""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from forms.entries import KEY, Entry
from forms.model import Option, OptionsFrom, Scalar
from forms.texts import Texts

MOST_OPTIONS = 1_000
SOURCES = ("values", "valuesKey", "valuesExpression")


def listed(entry: Entry) -> tuple[Option, ...]:
    """The options of `values`; every one has a label in three languages."""
    told = entry.raw.get("values")
    if not isinstance(told, list) or not told:
        entry.refuse(
            "values", "it needs a list `values` with the answers to choose from"
        )
        return ()
    if len(told) > MOST_OPTIONS:
        entry.refuse("values", f"it offers more than {MOST_OPTIONS} answers")
        return ()
    found: dict[str, Option] = {}
    for raw in told:
        option = _option(entry, raw)
        if option is not None and option.token in found:
            entry.refuse("values", f"the value `{option.token}` is offered twice")
        elif option is not None:
            found[option.token] = option
    return tuple(found.values())


def source(entry: Entry) -> OptionsFrom | None:
    """Where the options come from; None where the form lists them."""
    if entry.properties.get("rasim") == "school":
        under = entry.own_feel("under")
        if any(name in entry.raw for name in SOURCES):
            entry.refuse("values", "the schools come by themselves: list no answers")
        return OptionsFrom(lookup="school", params={"under": under} if under else {})
    if entry.properties.get("under") is not None:
        entry.refuse("unknown-property", "`under` is of `rasim` school alone")
    told = [name for name in SOURCES if entry.raw.get(name) not in (None, "")]
    if len(told) > 1:
        names = ", ".join(told)
        entry.refuse("values", f"its answers come from one place, not from {names}")
        return OptionsFrom()
    if told == ["valuesKey"]:
        key = entry.text("valuesKey")
        if not KEY.match(key):
            entry.refuse("values", "`valuesKey` must name a variable with a list")
            return OptionsFrom()
        return OptionsFrom(feel=key)
    if told == ["valuesExpression"]:
        feel = entry.feel("valuesExpression", entry.raw["valuesExpression"])
        return OptionsFrom(feel=next(iter(feel), None))
    return None


def computed(value: object) -> tuple[Option, ...] | None:
    """Options as FEEL gives them: a list of {label, value}, or of plain values.

    A label may be a context {kk, ru, en}. None for what is no such list, or offers one
    value twice.
    """
    if not isinstance(value, list | tuple) or len(value) > MOST_OPTIONS:
        return None
    found: dict[str, Option] = {}
    for each in value:
        option = _of_feel(each)
        if option is None or option.token in found:
            return None
        found[option.token] = option
    return tuple(found.values())


def scalar(told: object) -> Scalar | None:
    if isinstance(told, str | bool | Decimal):
        return told
    if isinstance(told, int | float):
        return Decimal(str(told))
    return None


def token(value: Scalar) -> str:
    """How an HTML form carries the value of an option."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def free_token(value: Scalar) -> str:
    """How an HTML form carries a value that no form lists: text as it is, else `=1`.

    Text that begins with `=` gets one more.
    """
    if isinstance(value, str):
        return f"={value}" if value.startswith("=") else value
    return f"={token(value)}"


def of_free_token(told: str) -> Scalar:
    """The value of a `free_token`; a number that is none stays as it came."""
    if not told.startswith("="):
        return told
    bare = told[1:]
    if bare.startswith("="):
        return bare
    if bare in ("true", "false"):
        return bare == "true"
    try:
        return Decimal(bare)
    except InvalidOperation:
        return bare


def same(offered: Scalar, told: object) -> bool:
    """Equal, where true is not 1 and "1" is not 1."""
    if isinstance(offered, Decimal):
        if isinstance(told, bool) or not isinstance(told, int | float | Decimal):
            return False
        number = Decimal(str(told))
        return number.is_finite() and number == offered  # sNaN cannot be compared
    return type(offered) is type(told) and offered == told


def chosen(options: tuple[Option, ...], told: object) -> Option | None:
    """The option whose value `told` is."""
    return next((one for one in options if same(one.value, told)), None)


def _option(entry: Entry, raw: object) -> Option | None:
    if not isinstance(raw, dict) or raw.keys() - {"label", "value", "properties"}:
        entry.refuse("values", "an answer has `label`, `value` and `properties` alone")
        return None
    label, more = raw.get("label"), raw.get("properties", {})
    value = scalar(raw.get("value"))
    if value is None or value == "":
        entry.refuse(
            "values", "an answer's `value` must be text, a number, true or false"
        )
        return None
    if not isinstance(label, str) or not label.strip() or not isinstance(more, dict):
        entry.refuse("values", f"the answer `{token(value)}` needs a label, in Kazakh")
        return None
    return Option(value, token(value), entry.texts("label", label.strip(), more))


def _of_feel(each: object) -> Option | None:
    label: object = None
    if isinstance(each, Mapping):
        label, each = each.get("label"), each.get("value")
    value = scalar(each)
    if value is None or value == "":
        return None
    if isinstance(label, Mapping):
        words = {lang: told for lang, told in label.items() if isinstance(told, str)}
        if not words.get("kk"):
            return None
        texts = Texts(words["kk"], words.get("ru"), words.get("en"))
    else:
        texts = Texts(label if isinstance(label, str) and label else token(value))
    return Option(value, free_token(value), texts)
