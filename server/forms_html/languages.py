"""Words of a form in the reader's language, with its own mark where they are Kazakh."""

from markupsafe import Markup

import forms
from server import i18n
from server.i18n import gettext


def said(texts: forms.Texts) -> str:
    """In the reader's language; Kazakh that stands in for it is marked as Kazakh.

    The mark is markup: a place for plain text alone (an `<option>`) takes `lang_of`.
    """
    text = plain(texts)
    lang = lang_of(texts)
    return Markup('<span lang="{}">{}</span>').format(lang, text) if lang else text


def plain(texts: forms.Texts) -> str:
    """In the reader's language, else in Kazakh, without a mark."""
    return texts.say(i18n.locale())


def lang_of(texts: forms.Texts) -> str | None:
    """The language of the words if it is not the reader's."""
    own = {"kk": texts.kk, "ru": texts.ru, "en": texts.en}.get(i18n.locale())
    return None if own else "kk"


def if_needed(question: str) -> str:
    """A question that may stay open says so."""
    if not isinstance(question, Markup):
        return gettext("%(question)s (if needed)", question=question)
    before, _, after = gettext("%(question)s (if needed)", question="\0").partition(
        "\0"
    )
    return Markup("{}{}{}").format(before, question, after)
