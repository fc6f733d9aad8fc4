"""Every text that people see is there in Kazakh and in Russian."""

import enum
import re
import string
from collections.abc import Iterator

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.mofile import read_mo

from server import catalogue, words
from workflows.model import (
    DeadlineState,
    IncidentState,
    InstanceState,
    JobState,
    Role,
    TaskState,
)

LOCALES = ("kk", "ru")
NAMED = re.compile(r"%\((\w+)\)s")
UPDATE = "run `python -m server.catalogue`, then translate"


@pytest.fixture(scope="module")
def texts() -> Catalog:
    return catalogue.gather()


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_of_the_code_is_in_the_catalogue(
    texts: Catalog, locale: str
) -> None:
    known = {message.id for message in _messages(catalogue.read(locale))}

    missing = {message.id for message in _messages(texts)} - known

    assert not missing, UPDATE


@pytest.mark.parametrize("locale", LOCALES)
def test_no_text_of_the_catalogue_is_gone_from_the_code(
    texts: Catalog, locale: str
) -> None:
    used = {message.id for message in _messages(texts)}

    gone = {message.id for message in _messages(catalogue.read(locale))} - used

    assert not gone, UPDATE


@pytest.mark.parametrize("locale", LOCALES)
def test_every_text_is_translated_and_none_is_a_guess(locale: str) -> None:
    messages = list(_messages(catalogue.read(locale)))

    empty = [message.id for message in messages if not all(_strings(message))]
    guessed = [message.id for message in messages if message.fuzzy]

    assert not empty
    assert not guessed


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_has_a_form_for_each_plural_of_its_language(locale: str) -> None:
    read = catalogue.read(locale)

    short = [
        message.id
        for message in _messages(read)
        if message.pluralizable and len(_strings(message)) != read.num_plurals
    ]

    assert not short


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_asks_only_for_what_the_text_gives(
    locale: str,
) -> None:
    wrong = [
        (message.id, said)
        for message in _messages(catalogue.read(locale))
        for said in _strings(message)
        if not _placeholders(said) <= _placeholders(_ids(message)[-1])
    ]

    assert not wrong


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_that_is_formatted_keeps_every_named_value(locale: str) -> None:
    lost = [
        (message.id, said)
        for message in _messages(catalogue.read(locale))
        for said in _strings(message)
        if set(NAMED.findall(_ids(message)[-1])) != set(NAMED.findall(said))
    ]

    assert not lost


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_installed_is_what_was_translated(locale: str) -> None:
    compiled = catalogue.path_of(locale).with_suffix(".mo")
    with compiled.open("rb") as file:
        installed = {_ids(m): _strings(m) for m in _messages(read_mo(file))}

    written = {_ids(m): _strings(m) for m in _messages(catalogue.read(locale))}

    assert installed == written, "run `make install`"


@pytest.mark.parametrize(
    ("states", "known"),
    [
        (InstanceState, words.INSTANCE),
        (TaskState, words.TASK),
        (JobState, words.JOB),
        (IncidentState, words.INCIDENT),
        (DeadlineState, words.DEADLINE),
        (Role, words.ROLES),
    ],
)
def test_every_state_has_a_word(states: type[enum.StrEnum], known: words.Words) -> None:
    assert {str(state) for state in states} == {str(name) for name in known}


def test_refusals_and_tables_of_problems_are_gathered(
    texts: Catalog,
) -> None:
    assert texts.get("This {kind} is {state}: it cannot be {move}.")
    assert texts.get("Answer this question")
    assert texts.get("Somebody was faster")


def _messages(read: Catalog) -> Iterator[Message]:
    return (message for message in read if message.id)


def _ids(message: Message) -> tuple[str, ...]:
    return (message.id,) if isinstance(message.id, str) else tuple(message.id)


def _strings(message: Message) -> tuple[str, ...]:
    said = message.string
    return (said,) if isinstance(said, str) else tuple(said)


def _placeholders(text: str) -> set[str]:
    braces = {name for _, name, _, _ in string.Formatter().parse(text) if name}
    return braces | set(NAMED.findall(text))
