"""Words of a form in the reader's language, with its own mark where they are Kazakh."""

from collections.abc import Iterable

from markupsafe import Markup, escape

import forms
from server import i18n
from server.i18n import gettext


def said(texts: forms.Texts) -> str:
    """In the reader's language; Kazakh that stands in for it is marked as Kazakh.

    The mark is markup: a place for plain text alone (an `<option>`) takes `lang_of`.
    """
    text, lang = plain(texts), lang_of(texts)
    return Markup('<span lang="{}">{}</span>').format(lang, text) if lang else text


def plain(texts: forms.Texts) -> str:
    """In the reader's language, else in Kazakh, without a mark."""
    return texts.say(i18n.locale())


def lang_of(texts: forms.Texts) -> str | None:
    """The language of the words if it is not the reader's."""
    own = {"kk": texts.kk, "ru": texts.ru, "en": texts.en}.get(i18n.locale())
    return None if own else "kk"


def joined(words: Iterable[str]) -> Markup:
    """Words one after the other, those with a mark among them kept as they are."""
    return Markup(", ").join(words)


def if_needed(question: str) -> Markup:
    """A question that may stay open says so."""
    return escape(gettext("%(question)s (if needed)")) % {"question": question}


def numbered(label: str, number: int) -> Markup:
    """The heading of one item of a list."""
    told = {"list": label, "number": number}
    return escape(gettext("%(list)s: no. %(number)s")) % told
