"""Answers as honest people send them, from telephones, Macs, Word and address books."""

import unicodedata
from datetime import date, time

import pytest

import forms
from forms import letters, numbers
from tests.forming import check, codes, form_of, question

IIN = "150317600121"
KAZAKH_LETTERS = "ӘәҒғҚқҢңӨөҰұҮүҺһІіЙйЁё"
ONE_LINE = question()
SOME_LINES = question("textarea")
NAME = question(validate={"maxLength": 11, "pattern": "^[\\-А-Яа-яӘәҒғҚқЙй ]+$"})


def of(kind: str) -> forms.Form:
    return form_of(question(properties={"rasim": kind}))


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("150317 600121", "a space"),
        ("150317\xa0600121", "a no-break space of Word"),
        ("150317\u202f600121", "a narrow one of a spreadsheet"),
        ("150317-600121", "a dash"),
        ("150317\u2013600121", "a dash of Word"),
        ("\u200e150317600121\u200b", "marks of a messenger"),
        ("\ufeff150317600121", "a mark of UTF-8"),
        ("150317\xad600121", "a soft hyphen"),
        ("１５０３１７６００１２１", "wide digits"),
        ("'150317600121", "an apostrophe of a spreadsheet"),
        ("\t150317600121\r\n", "a cell of a table"),
    ],
)
def test_an_iin_is_the_same_however_it_was_copied(typed, why):
    assert check(of("iin"), {"q": typed}) == {"q": IIN}, why


def test_what_looks_like_a_digit_is_none():
    """A letter О is no zero, and no power of two is a two."""
    assert codes(of("iin"), {"q": IIN.replace("0", "О")}) == {"q": "iin_digits"}
    assert letters.bare("5²") == "5²"


@pytest.mark.parametrize(
    "typed",
    [
        "+7 701 123 45 67",
        "7 701 123 45 67",
        "77011234567",
        "8 701 123 45 67",
        "+7.701.123.45.67",
        "8/701/1234567",
        "\u202a+7 701 123 45 67\u202c",  # of the address book of a telephone
        "+7\xa0701\xa0123\u201345\u201367",
    ],
)
def test_a_telephone_is_the_same_however_it_is_written(typed):
    assert numbers.phone_normal(typed) == "+77011234567"
    assert numbers.telephone_normal(typed) == "+77011234567"


@pytest.mark.parametrize("typed", ["701 123 45 67", "7 701 123 45 6"])
def test_ten_digits_are_no_telephone_for_the_last_may_be_missing(typed):
    assert numbers.phone_normal(typed) is None
    assert numbers.telephone_normal(typed) is None


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("info@мектеп.қаз", "info@xn--e1aaogsq.xn--80ao21a"),
        ("Info@Mektep.KZ", "Info@Mektep.KZ"),
        ("\u200ba+b@mail.kz\xa0", "a+b@mail.kz"),
    ],
)
def test_an_address_may_have_a_domain_in_cyrillic(typed, kept):
    form = form_of(question(validate={"validationType": "email"}))

    assert check(form, {"q": typed}) == {"q": kept}


def test_a_mailbox_in_cyrillic_is_a_slip():
    form = form_of(question(validate={"validationType": "email"}))

    assert codes(form, {"q": "аsel@mail.kz"}) == {"q": "email"}


def test_the_letters_of_a_mac_are_those_of_all_others():
    """й of two marks would be two letters of a limit and none of a pattern."""
    name = "Қайрат-Қойғ"

    assert check(form_of(NAME), {"q": unicodedata.normalize("NFD", name)}) == {
        "q": name
    }


def test_every_letter_of_kazakh_is_kept():
    assert check(form_of(ONE_LINE), {"q": KAZAKH_LETTERS}) == {"q": KAZAKH_LETTERS}


@pytest.mark.parametrize(
    ("component", "typed", "kept"),
    [
        (ONE_LINE, "Әл\xa0Фараби", "Әл Фараби"),
        (ONE_LINE, "Қай\xadрат", "Қайрат"),
        (ONE_LINE, "\ufeffАйгүл\u200b", "Айгүл"),
        (ONE_LINE, "Қайрат\u2028ұлы", "Қайрат ұлы"),
        (ONE_LINE, "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        (SOME_LINES, "бір\u2028екі\u2029үш", "бір\nекі\nүш"),  # of a Mac
        (SOME_LINES, "бір\x0bекі", "бір\nекі"),  # of Word
        (SOME_LINES, "бір\rекі\r\nүш", "бір\nекі\nүш"),
        (SOME_LINES, "10\xa0000 ₸", "10\xa0000 ₸"),
    ],
)
def test_a_text_is_taken_as_programs_paste_it(component, typed, kept):
    assert check(form_of(component), {"q": typed}) == {"q": kept}


def test_line_ends_count_once():
    form = form_of(question("textarea", validate={"maxLength": 5}))

    assert check(form, {"q": "ә\r\nі\r\nө"}) == {"q": "ә\nі\nө"}


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1\u202f000,50", "1000.50"),
        ("1.000,50", "1000.50"),
        ("1,000.50", "1000.50"),
        ("1.234.567", "1234567"),
        ("12,345,678.9", "12345678.9"),
        ("1,000", "1.000"),  # as numbers are written here
        ("1000,", "1000"),
        (",5", "0.5"),
        ("\u20135", "-5"),  # what Word makes of a minus
        ("-0", "0"),
        ("\u200e12", "12"),
    ],
)
def test_a_number_is_read_as_people_write_it(typed, number):
    answers = forms.from_html(form_of(question("number")), {"q": typed})

    assert str(answers["q"]) == number


@pytest.mark.parametrize("typed", ["1,23,456", "12,345,6789", "0,123.4", "5²", "."])
def test_a_number_that_is_none_stays_as_it_was_typed(typed):
    answers = forms.from_html(form_of(question("number")), {"q": typed})

    assert answers == {"q": typed}


@pytest.mark.parametrize(
    "typed",
    [
        "01.09.2026",
        "1-9-2026",
        "01/09/2026",
        "01.09.2026 ж.",
        "01.09.2026г.",
        "1. 9.2026",
    ],
)
def test_a_date_is_read_as_people_write_it(typed):
    form = form_of(question("datetime"))

    assert check(form, forms.from_html(form, {"q": typed})) == {"q": date(2026, 9, 1)}


@pytest.mark.parametrize(
    "typed", ["01.09.26", "01.09-2026", "32.01.2026", "29.02.2026"]
)
def test_a_date_that_could_be_another_is_asked_again(typed):
    form = form_of(question("datetime"))

    assert codes(form, forms.from_html(form, {"q": typed})) == {"q": "not_a_date"}


@pytest.mark.parametrize("typed", ["9:30", "09.30", "9-30", "09:30\u200e"])
def test_a_time_is_read_as_people_write_it(typed):
    form = form_of(question("datetime", subtype="time"))

    assert check(form, forms.from_html(form, {"q": typed})) == {"q": time(9, 30)}


def test_what_is_written_in_a_box_is_measured_as_its_browser_measures_it():
    typed = "\r\n".join(["ә" * 99] * 5) + "\r\n"  # 499 letters to a browser

    assert len(letters.said(typed)) == 499
    assert letters.said(" a\0b\ud83d ") == "ab"
