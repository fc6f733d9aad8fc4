"""One component of a form-js schema: the closed table of what runs, and its reading."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from forms import limits, templates
from forms.model import (
    Component,
    Field,
    Kind,
    Option,
    Paragraph,
    Scalar,
    Separator,
    Texts,
)
from forms.notebook import Notebook

# Visual, or the editor's own: kept in the file, no effect on what a form does.
COSMETIC = frozenset({"layout", "showOutline", "verticalAlignment", "searchable"})
EVERY = frozenset({"type", "id", "conditional", "properties"}) | COSMETIC
QUESTION = EVERY | {"key", "label", "description", "validate", "readonly", "disabled"}
KNOWN: Mapping[str, frozenset[str]] = {
    "textfield": QUESTION | {"defaultValue"},
    "textarea": QUESTION | {"defaultValue"},
    "number": QUESTION
    | {"defaultValue", "decimalDigits", "increment", "serializeToString"},
    "checkbox": QUESTION | {"defaultValue"},
    "radio": QUESTION | {"defaultValue", "values"},
    "select": QUESTION | {"defaultValue", "values"},
    "datetime": QUESTION - {"label"} | {"subtype", "dateLabel", "disallowPassedDates"},
    "text": EVERY | {"text"},
    "group": EVERY | {"label", "path", "components"},
    "separator": EVERY,
}
# Properties that are harmless with one value alone.
ONLY: Mapping[str, object] = {"disabled": False, "serializeToString": False}
OWN_KINDS = {"iin": Kind.IIN, "bin": Kind.BIN, "phone": Kind.PHONE}
LANGUAGES = ("ru", "en")
PROPERTIES = frozenset(
    {"rasim", "norm"}
    | {
        f"{name}.{lang}"
        for name in ("label", "description", "text")
        for lang in LANGUAGES
    }
)

_KEY = re.compile(r"[^\W\d]\w*(\.[^\W\d]\w*)*\Z")


@dataclass(frozen=True)
class Surroundings:
    """What the groups around a component give it."""

    path: str = ""
    hide: tuple[str, ...] = ()


class Entry:
    """One raw component, with the place for what is wrong with it."""

    def __init__(
        self, raw: dict[str, Any], notes: Notebook, around: Surroundings
    ) -> None:
        self.raw = raw
        self.notes = notes
        self.around = around
        told = raw.get("id") or raw.get("key")
        self.id = told if isinstance(told, str) else f"component_{len(notes.ids) + 1}"
        if self.id in notes.ids:
            self.refuse("id-twice", "two components have this id: rename one")
        notes.ids.add(self.id)
        self.properties: dict[str, Any] = self.mapping("properties")

    def refuse(self, rule: str, message: str) -> None:
        self.notes.refuse(self.id, rule, message)

    def is_known(self) -> bool:
        """Whether the table names the type; what it does not name is refused."""
        kind = self.raw.get("type")
        if not isinstance(kind, str) or kind not in KNOWN:
            names = ", ".join(sorted(KNOWN))
            self.refuse(
                "component-not-run", f"`{kind}` does not run; what runs: {names}"
            )
            return False
        for name in self.raw.keys() - KNOWN[kind]:
            self.refuse("unknown-property", f"`{name}` does not run here: remove it")
        for name, only in ONLY.items():
            if self.raw.get(name, only) is not only:
                self.refuse("property-value", f"`{name}` may only be {only!r} here")
        for name in self.properties.keys() - PROPERTIES:
            self.refuse("unknown-property", f"properties `{name}` is not known")
        return True

    def mapping(self, name: str) -> dict[str, Any]:
        value = self.raw.get(name, {})
        if isinstance(value, dict):
            return value
        self.refuse("property-value", f"`{name}` must be an object")
        return {}

    def text(self, name: str) -> str:
        value = self.raw.get(name, "")
        if isinstance(value, str):
            return value.strip()
        self.refuse("property-value", f"`{name}` must be text")
        return ""

    def hide(self) -> tuple[str, ...]:
        """Conditions under which it is hidden, those of its groups first."""
        conditional = self.mapping("conditional")
        for name in conditional.keys() - {"hide"}:
            self.refuse("unknown-property", f"conditional `{name}` does not run")
        told = conditional.get("hide")
        if told is None or told == "":
            return self.around.hide
        return (*self.around.hide, *self.feel("conditional.hide", told))

    def feel(self, name: str, told: object) -> tuple[str, ...]:
        """The FEEL source without its `=`, in a tuple; empty when it is refused."""
        if isinstance(told, str) and told.startswith("=") and told[1:].strip():
            return (told[1:].strip(),)
        self.refuse("expression", f"`{name}` must be FEEL that begins with `=`")
        return ()

    def inside(self) -> Surroundings:
        """What a group gives to what it holds."""
        path = self.text("path")
        if path and not _KEY.match(path):
            self.refuse("key", f"`{path}` is not a path of names joined by dots")
            path = ""
        return Surroundings(
            f"{self.around.path}{path}." if path else self.around.path, self.hide()
        )

    def heading(self) -> Texts | None:
        label = self.text("label")
        return self.texts("label", label) if label else None

    def texts(
        self, name: str, kazakh: str, more: Mapping[str, Any] | None = None
    ) -> Texts:
        """The text in three languages; a language that is missing is a warning."""
        properties = self.properties if more is None else more
        if templates.has_expression(kazakh):
            self.refuse(
                "expression", f"`{name}` is plain text here: no FEEL, no {{{{ }}}}"
            )
        others: dict[str, str] = {}
        for lang in LANGUAGES:
            told = properties.get(f"{name}.{lang}")
            if isinstance(told, str) and told.strip():
                others[lang] = told.strip()
            elif told is not None:
                self.refuse(
                    "property-value", f"properties `{name}.{lang}` must be text"
                )
            else:
                self.notes.warn(
                    self.id, "translation", f"`{name}.{lang}` is missing in properties"
                )
        return Texts(kazakh, others.get("ru"), others.get("en"))


def read(entry: Entry) -> Component | None:
    """The component of an entry whose type is known, all but groups."""
    kind = entry.raw["type"]
    if kind == "separator":
        return Separator(entry.id, entry.hide())
    if kind == "text":
        return _read_paragraph(entry)
    return _read_field(entry)


def _read_paragraph(entry: Entry) -> Paragraph | None:
    told = {"kk": entry.text("text")}
    for lang in LANGUAGES:
        other = entry.properties.get(f"text.{lang}")
        if isinstance(other, str) and other.strip():
            told[lang] = other.strip()
        else:
            entry.notes.warn(entry.id, "translation", f"`text.{lang}` is missing")
    if not told["kk"]:
        entry.refuse("text", "the text is empty")
    try:
        parts = {lang: templates.cut(text) for lang, text in told.items()}
    except templates.TemplateRefused as e:
        entry.refuse("text", str(e))
        return None
    return Paragraph(entry.id, parts, entry.hide())


def _read_field(entry: Entry) -> Field | None:
    kind = _kind(entry)
    key = entry.text("key")
    label = entry.text("dateLabel" if kind is Kind.DATE else "label")
    if not _KEY.match(key):
        entry.refuse("key", "`key` must be names joined by dots: `decision.reason`")
    if not label:
        entry.refuse("label", "a question needs a label, in Kazakh")
    description = entry.text("description")
    field = Field(
        id=entry.id,
        path=entry.around.path + key,
        kind=kind,
        label=entry.texts("label", label),
        description=entry.texts("description", description) if description else None,
        limits=limits.read(entry.raw, kind, entry.refuse),
        options=_options(entry) if kind in (Kind.RADIO, Kind.SELECT) else (),
        readonly=_readonly(entry),
        hide=entry.hide(),
        norms=_norms(entry),
    )
    return replace(field, default=_default(entry, field))


def _kind(entry: Entry) -> Kind:
    own = entry.properties.get("rasim")
    if own is not None:
        if entry.raw["type"] == "textfield" and own in OWN_KINDS:
            return OWN_KINDS[own]
        entry.refuse("rasim", "properties `rasim` is iin, bin or phone, on a textfield")
    if entry.raw["type"] == "datetime":
        if entry.raw.get("subtype", "date") != "date":
            entry.refuse("property-value", "`subtype` must be `date`: times do not run")
        return Kind.DATE
    return Kind(entry.raw["type"])


def _readonly(entry: Entry) -> bool | str:
    told = entry.raw.get("readonly", False)
    if isinstance(told, bool):
        return told
    return next(iter(entry.feel("readonly", told)), True)


def _norms(entry: Entry) -> tuple[str, ...]:
    told = entry.properties.get("norm", "")
    if not isinstance(told, str):
        entry.refuse("property-value", "properties `norm` must be ids, as text")
        return ()
    return tuple(told.replace(",", " ").split())


def _options(entry: Entry) -> tuple[Option, ...]:
    listed = entry.raw.get("values")
    if not isinstance(listed, list) or not listed:
        entry.refuse(
            "values", "it needs a list `values` with the answers to choose from"
        )
        return ()
    found: dict[str, Option] = {}
    for raw in listed:
        option = _option(entry, raw)
        if option is not None and option.token in found:
            entry.refuse("values", f"the value `{option.token}` is offered twice")
        elif option is not None:
            found[option.token] = option
    return tuple(found.values())


def _option(entry: Entry, raw: object) -> Option | None:
    if not isinstance(raw, dict) or raw.keys() - {"label", "value", "properties"}:
        entry.refuse("values", "an answer has `label`, `value` and `properties` alone")
        return None
    label, more = raw.get("label"), raw.get("properties", {})
    value = _scalar(raw.get("value"))
    if value is None or value == "":
        entry.refuse(
            "values", "an answer's `value` must be text, a number, true or false"
        )
        return None
    if not isinstance(label, str) or not label.strip() or not isinstance(more, dict):
        entry.refuse("values", f"the answer `{token(value)}` needs a label, in Kazakh")
        return None
    return Option(value, token(value), entry.texts("label", label.strip(), more))


def token(value: Scalar) -> str:
    """How an HTML form carries the value of an option."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _default(entry: Entry, field: Field) -> Scalar | None:
    told = entry.raw.get("defaultValue")
    if told is None or told == "":
        return None
    value = _scalar(told)
    fits: bool
    if field.options:
        chosen = next((o for o in field.options if o.value == value), None)
        fits = chosen is not None and type(chosen.value) is type(value)
    else:
        wanted = {Kind.NUMBER: Decimal, Kind.CHECKBOX: bool}.get(field.kind, str)
        fits = type(value) is wanted
    if not fits:
        entry.refuse("default", "`defaultValue` is not an answer to this question")
        return None
    return value


def _scalar(told: object) -> Scalar | None:
    if isinstance(told, str | bool):
        return told
    if isinstance(told, int | float):
        return Decimal(str(told))
    return None
