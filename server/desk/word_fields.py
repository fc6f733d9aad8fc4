"""Variables of a case as questions: each by its word, in an input of its kind."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from werkzeug.datastructures import MultiDict

import forms
from forms.choices import token
from forms.places import get
from forms.texts import Texts
from server.i18n import gettext, lazy_gettext
from workflows.model import AnswersRefused
from workflows.released import Released
from workflows.vocabulary import Vocabulary

_ = lazy_gettext
KIND = "-kind"  # ends the name of the question after the kind of a value

# What a value may be where nothing tells its kind.
KINDS: Mapping[str, object] = {
    "text": _("text"),
    "number": _("number"),
    "date": _("date"),
    "truth": _("yes or no"),
}
READ_AS = {"number": forms.Kind.NUMBER, "date": forms.Kind.DATE}
TOLD: Mapping[type, forms.Kind] = {
    Decimal: forms.Kind.NUMBER,
    str: forms.Kind.TEXT,
    date: forms.Kind.DATE,
}


@dataclass(frozen=True)
class WordField:
    """One variable: its path, its question, and whether its kind is asked beside it."""

    path: str
    field: forms.Field
    asks_kind: bool = False

    @property
    def name(self) -> str:
        return self.field.path


def of(
    paths: Iterable[str],
    released: Released,
    words: Vocabulary,
    variables: Mapping[str, Any],
    mapped: Mapping[str, str],
) -> tuple[WordField, ...]:
    """The questions, in the order of the paths.

    The kind of a value is that of the question of a form that asks for it, of its
    words, of what the variable holds, or of what the drawing maps into it.
    """
    asked = {
        one.path: one
        for form in released.forms.values()
        for one in form.fields
        if one.files is None and one.options_from is None
    }
    found = []
    for number, path in enumerate(paths):
        label, name = _label(words, path), f"v{number}"
        question = asked.get(path)
        if question is not None:
            found.append(WordField(path, _freed(question, name, label)))
            continue
        told = get(variables, path.split("."))
        if told is None:
            told = _mapped(mapped.get(path, ""))
        found.append(_by_value(path, name, label, words, told))
    return tuple(found)


def form_of(asked: Sequence[WordField]) -> forms.Form:
    """The questions as a form, none of which must be answered."""
    components: list[forms.Component] = []
    for one in asked:
        components.append(one.field)
        if one.asks_kind:
            components.append(_kind_of(one))
    return forms.Form("by_hand", "", tuple(components))


def as_typed(
    asked: Sequence[WordField], posted: MultiDict[str, str]
) -> tuple[WordField, ...]:
    """The questions as their answers are read: of the kind that was chosen."""

    def read(one: WordField) -> WordField:
        kind = READ_AS.get(posted.get(one.name + KIND, "")) if one.asks_kind else None
        return replace(one, field=replace(one.field, kind=kind)) if kind else one

    return tuple(map(read, asked))


def values(
    asked: Sequence[WordField],
    posted: MultiDict[str, str],
    answers: Mapping[str, Any],
) -> dict[str, Any]:
    """By path, what was answered; AnswersRefused for a yes or no that is neither."""
    found: dict[str, Any] = {}
    wrong: dict[str, list[str]] = {}
    for one in asked:
        told = answers[one.name]
        if told is None or told == []:
            continue
        if one.asks_kind and posted.get(one.name + KIND) == "truth":
            told = _truth(told)
            if told is None:
                wrong[one.name] = [gettext("Write yes or no.")]
        found[one.path] = told
    if wrong:
        raise AnswersRefused(errors=wrong)
    return found


def _by_value(
    path: str, name: str, label: Texts, words: Vocabulary, told: object
) -> WordField:
    meanings = words.values.get(path, {})
    if meanings:
        options = [
            forms.Option(_scalar(value), value, _texts(names, value))
            for value, names in meanings.items()
        ]
        return WordField(path, _choice(name, label, options))
    if isinstance(told, bool):
        return WordField(path, _choice(name, label, _yes_or_no(), forms.Kind.RADIO))
    kind = TOLD.get(type(told))
    asked = forms.Field(name, name, kind or forms.Kind.TEXT, label)
    return WordField(path, asked, asks_kind=kind is None)


def _freed(question: forms.Field, name: str, label: Texts) -> forms.Field:
    """A question of some form by itself: asked in any case, and never owed."""
    own = replace(
        question,
        id=name,
        path=name,
        label=label,
        limits=replace(question.limits, required=False, feel={}),
        default=None,
        default_feel=None,
        readonly=False,
        hide=(),
        check=None,
        cross=None,
    )
    if own.kind is forms.Kind.CHECKBOX:  # unticked it would say no
        return _choice(name, label, _yes_or_no(), forms.Kind.RADIO)
    return own


def _choice(
    name: str,
    label: Texts,
    options: Sequence[forms.Option],
    kind: forms.Kind = forms.Kind.SELECT,
) -> forms.Field:
    return forms.Field(name, name, kind, label, options=tuple(options))


def _kind_of(one: WordField) -> forms.Field:
    said = gettext("%(question)s: what kind of value", question="{}")
    label = one.field.label
    asked = Texts(*(said.format(label.say(lang)) for lang in ("kk", "ru", "en")))
    options = [forms.Option(n, n, _same(str(text))) for n, text in KINDS.items()]
    return replace(
        _choice(one.name + KIND, asked, options),
        default="text",
        limits=forms.Limits(required=True),
    )


def _label(words: Vocabulary, path: str) -> Texts:
    """The word for a variable, with the word for what it is a part of."""
    parent = words.names.get(path.rpartition(".")[0])
    own = _texts(words.names.get(path, {}), path)
    if not parent:
        return own
    whole = _texts(parent, "")
    return Texts(
        *(f"{whole.say(lang)}: {own.say(lang)}" for lang in ("kk", "ru", "en"))
    )


def _texts(names: Mapping[str, str], fallback: str) -> Texts:
    kazakh = names.get("kk") or fallback
    return Texts(kazakh, names.get("ru"), names.get("en"))


def _same(said: str) -> Texts:
    """Words that are in the reader's language already."""
    return Texts(said, said, said)


def _yes_or_no() -> list[forms.Option]:
    return [
        forms.Option(value, token(value), _same(said))
        for value, said in ((True, gettext("yes")), (False, gettext("no")))
    ]


def _scalar(value: str) -> str | bool | Decimal:
    """A value as JSON writes it, unquoted: `true`, `3`, `kk`."""
    told = _literal(value)
    return told if isinstance(told, bool | Decimal) else value


def _mapped(source: str) -> object:
    """What an output mapping gives that is a value itself; None for any other."""
    return _literal(source.removeprefix("=")) if source.startswith("=") else None


def _literal(text: str) -> object:
    try:
        told = json.loads(text, parse_int=Decimal, parse_float=Decimal)
    except ValueError:
        return None
    return told if isinstance(told, bool | Decimal | str) else None


def _truth(told: object) -> bool | None:
    said = str(told).strip().casefold()
    if said in (gettext("yes").casefold(), "true"):
        return True
    if said in (gettext("no").casefold(), "false"):
        return False
    return None
