"""Languages: which one a reader gets, and every refusal of ours said in it."""

import string
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal, localcontext
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import flask_babel  # type: ignore[import-untyped]  # it has no types
from babel import dates, numbers
from babel.support import NullTranslations, Translations
from flask import Flask, Response, has_request_context, request

from forms.problems import Problem
from server import cookies
from workflows.model import RasimError

LOCALES = ("kk", "ru", "en")  # Kazakh first: the state language, and the default
LOCALE_NAMES = {"kk": "Қазақша", "ru": "Русский", "en": "English"}
LOCALE_SHORT = {"kk": "ҚАЗ", "ru": "РУС", "en": "ENG"}
COOKIE = "rasim_lang"
COOKIE_SECONDS = 365 * 24 * 3600
DATES = {"kk": "y 'ж.' d MMMM", "ru": "d MMMM y 'г.'", "en": "d MMMM y"}
SHOWN_DIGITS = 10  # behind the point of a number that is read, not typed
MOST_DIGITS = 40  # before the point, and behind it; a longer one has its exponent
TIME_ZONE = "Asia/Almaty"  # the law's own, whatever the reader's machine says
HERE = ZoneInfo(TIME_ZONE)
FOLDER = Path(__file__).parent / "translations"


def init_app(app: Flask, locale_of_reader: Callable[[], str | None]) -> None:
    """Give an app its languages; `locale_of_reader` is the account's own, if any."""

    def select() -> str:
        asked = request.args.get("lang") if has_request_context() else None
        kept = cookies.read(COOKIE) if has_request_context() else None
        for locale in (asked, kept):
            if locale in LOCALES:
                return str(locale)
        own = locale_of_reader() if has_request_context() else None
        return own if own in LOCALES else LOCALES[0]

    flask_babel.Babel(
        app,
        default_locale=LOCALES[0],
        default_timezone=TIME_ZONE,
        default_translation_directories=str(FOLDER),
        locale_selector=select,
        timezone_selector=lambda: TIME_ZONE,
    )
    # A page has hundreds of texts, and the extension's own way is long for each.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of i18n
        lambda msgid: _texts().gettext(msgid),
        lambda one, many, number: _texts().ngettext(one, many, number),
        newstyle=True,
    )
    app.after_request(_keep_choice)


def gettext(msgid: str, **variables: object) -> str:
    """The text in the reader's language; `%(name)s` in it stands for a variable."""
    told = _texts().gettext(msgid)
    return told % variables if variables else told


def ngettext(one: str, many: str, number: int) -> str:
    """The text for a number of things; `%(num)s` in it stands for the number."""
    return _texts().ngettext(one, many, number) % {"num": number}


def _texts() -> NullTranslations:
    return translations(locale())


@cache
def translations(language: str) -> NullTranslations:
    """All texts in a language; those of the code itself where it has none."""
    return Translations.load(FOLDER, [language])


def lazy_gettext(msgid: str) -> object:
    """A text whose language is chosen when it is shown: `str()` says it."""
    return flask_babel.lazy_gettext(msgid)


def number(told: Decimal | int) -> str:
    """A number as the language writes it: 1 234,5; a third has ten digits."""
    return _written(Decimal(told), grouped=True, digits=SHOWN_DIGITS)


def exact_number(told: Decimal) -> str:
    """A number as an input holds it: every digit, and no commas between thousands.

    A comma is what a number that is typed here has before its decimals.
    """
    return _written(told, grouped=numbers.get_group_symbol(locale()) != ",")


def _written(told: Decimal, *, grouped: bool, digits: int = MOST_DIGITS) -> str:
    if abs(told.adjusted()) > MOST_DIGITS:
        return str(told)
    with localcontext(prec=3 * MOST_DIGITS):
        shown = round(told, digits)
        return numbers.format_decimal(
            shown if shown else abs(shown),
            locale=locale(),
            decimal_quantization=False,
            group_separator=grouped,
        )


def day(told: date | datetime, pattern: str | None = None) -> str:
    """A date with its year, or by a CLDR pattern; of a moment, its date in Almaty."""
    here = told.astimezone(HERE) if isinstance(told, datetime) else told
    language = locale()
    return dates.format_date(here, pattern or DATES[language], language)


def clock_time(told: datetime) -> str:
    """The time of a moment in Almaty: 18:30."""
    return f"{told.astimezone(HERE):%H:%M}"


def locale() -> str:
    """The language of this answer: "kk", "ru" or "en"."""
    chosen = flask_babel.get_locale()
    return str(chosen.language) if chosen is not None else LOCALES[0]


# How a refusal names the state that something is in.
STATES = {
    "active": lazy_gettext("in progress"),
    "suspended": lazy_gettext("stopped for a time"),
    "created": lazy_gettext("free"),
    "claimed": lazy_gettext("in work"),
    "completed": lazy_gettext("completed"),
    "canceled": lazy_gettext("canceled"),
    "todo": lazy_gettext("waits its turn"),
    "doing": lazy_gettext("is being asked"),
    "succeeded": lazy_gettext("answered"),
    "failed": lazy_gettext("did not succeed"),
    "open": lazy_gettext("open"),
    "resolved": lazy_gettext("resolved"),
    "over": lazy_gettext("over"),
}


def name_in(names: Mapping[str, str], fallback: str = "") -> str:
    """The name in the reader's language, else Kazakh, else any, else `fallback`."""
    for each in (locale(), *LOCALES):
        if names.get(each):
            return names[each]
    return next((name for name in names.values() if name), fallback)


def say(error: RasimError) -> str:
    """A refusal as a sentence in the reader's language; words among its data too."""
    data = {name: _said(name, told) for name, told in error.data.items()}
    return string.Formatter().vformat(gettext(error.msgid), (), data)


def _said(name: str, told: object) -> object:
    if name == "state" and told in STATES:
        return str(STATES[str(told)])
    if isinstance(told, Mapping):
        return name_in(told)
    return gettext(told) if isinstance(told, str) and told else told


def say_problem(problem: Problem | str) -> str:
    """What is wrong with one answer, in the reader's language."""
    if isinstance(problem, str):
        return gettext(problem)
    if problem.texts is not None:
        return problem.texts.say(locale())
    return gettext(problem.msgid).format(**problem.params)


def _keep_choice(response: Response) -> Response:
    asked = request.args.get("lang")
    if asked in LOCALES:
        cookies.keep(response, COOKIE, str(asked), seconds=COOKIE_SECONDS)
    return response
