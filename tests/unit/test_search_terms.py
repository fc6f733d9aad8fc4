"""Words of values and of what people type, in Kazakh letters among others."""

import unicodedata
from datetime import date
from decimal import Decimal

import pytest

from workflows import search_terms


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("Әмина  ҚАСЫМОВА Ғалымжанқызы", ["әмина", "қасымова", "ғалымжанқызы"]),
        ("Ахметова-Серік", ["ахметова-серік", "ахметова", "серік"]),
        ("A-2026-0BE4C4A5", ["a-2026-0be4c4a5", "2026", "0be4c4a5"]),
        ("№ 12 «Дарын» мектебі", ["12", "дарын", "мектебі"]),
        ("ﬁne １２", ["fine", "12"]),
        (Decimal("10.50"), ["10.5"]),
        (Decimal("1E+3"), ["1000"]),
        (Decimal("-0"), ["0"]),
        (Decimal("0E+5000"), ["0"]),
        (Decimal("1E+999999"), ["1e+999999"]),
        (date(2020, 5, 14), ["2020-05-14"]),
        (True, ["true"]),
        (["бір", "екі", "бір"], ["бір", "екі"]),
        (None, []),
        ({"a": "b"}, []),
        ("a=b", ["a", "b"]),
        ("… — !", []),
    ],
)
def test_values_are_kept_by_their_words(value: object, words: list[str]) -> None:
    assert search_terms.words(value) == words


@pytest.mark.parametrize("text", ["1e999999999", "-1e999999", "1e-999999", "NaN"])
def test_a_number_beyond_measure_is_looked_for_in_few_letters(text: str) -> None:
    asked = search_terms.asked(text)

    assert asked is not None
    assert len(asked) < 64


def test_a_word_of_a_variable_is_not_kept_a_second_time_without_its_path() -> None:
    terms = search_terms.of({"child.name": "Айша Қасымова"}, ("A-7", "Айша Қасымова"))

    assert terms == ["айша=child.name", "қасымова=child.name", "a-7="]


def test_a_value_without_end_is_kept_in_part() -> None:
    long = " ".join(f"word{number}" for number in range(1000))

    assert len(search_terms.of({"a": long, "b": "x" * 500}, (long,))) <= 96
    assert all(len(word) <= 64 for word in search_terms.words("x" * 500))


@pytest.mark.parametrize(
    ("text", "path", "query"),
    [
        ("Қасым", None, "'қасым':*"),
        ("Қа", None, "'қа=':*"),
        ("Айша  ҚАСЫМОВА", "child.name", "'айша=child.name' & 'қасымова=child.name'"),
        ("14.05.2020", "b", "('14.05.2020=b' | '2020-05-14=b')"),
        ("10,50", "n", "('10,50=n' | '10.5=n')"),
        ("o'neil\\", None, "'o''neil\\\\':*"),
        ("a' | 'b", "p", "'a=p' & 'b=p'"),
        ("№ !", None, None),
    ],
)
def test_what_is_typed_becomes_a_query(
    text: str, path: str | None, query: str | None
) -> None:
    assert search_terms.asked(text, path) == query


@pytest.mark.parametrize(
    ("kept", "typed"),
    [
        ("Әлі", "Әлi"),  # Latin i, where there is no Kazakh keyboard
        ("Әсел", "əсел"),  # Latin schwa
        ("Қаһарман", "Қаhарман"),
        ("Семёнов", "Семенов"),
        ("Семенов", "Семёнов"),
        ("О’Коннор", "О'Коннор"),
        ("Қай\xadрат", "Қайрат"),  # a soft hyphen of Word
        ("Қайрат", unicodedata.normalize("NFD", "ҚАЙРАТ")),  # of a Mac
        ("Әл\xa0Фараби", "әл фараби"),
        ("A-2026-0BE4", "А-2026-0ВЕ4"),  # Cyrillic letters in the number of a case
        ("+77011234567", "8 (701) 123-45-67"),
        ("+77011234567", "7 701 123 45 67"),
        ("150317600121", "150317 600121"),
        ("150317600121", "150317\xa0600121"),
    ],
)
def test_what_looks_the_same_on_paper_is_found(kept: str, typed: str) -> None:
    query = search_terms.asked(typed, "p")

    assert query is not None
    terms = [search_terms.quoted(f"{word}=p") for word in search_terms.words(kept)]
    assert terms[0] in query


def test_a_word_of_one_alphabet_stays_as_it_is() -> None:
    assert search_terms.words("оса Oca") == ["оса", "oca"]
    assert search_terms.asked("оса", "p") == "'оса=p'"
