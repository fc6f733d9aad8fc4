"""IIN, BIN and telephone: check digits, centuries, slips."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from forms import choices, numbers


def iin(head: str) -> str:
    """A valid IIN from its first eleven digits, or from the next that is issued."""
    while (digit := numbers.check_digit(head)) is None:
        head = f"{int(head) + 1:011}"
    return f"{head}{digit}"


def test_the_check_digit_follows_the_published_weights():
    # By hand: 9 + 14 + 3 + 8 + 20 + 9 + 30 + 11 = 104, and 104 mod 11 = 5.
    assert numbers.check_digit("97124000131") == 5


def test_the_second_weights_are_used_when_the_first_give_ten():
    # By hand: the first give 296, 296 mod 11 = 10; the second 377, 377 mod 11 = 3.
    assert numbers.check_digit("12345678901") == 3


def test_a_number_that_gives_ten_twice_is_never_issued():
    twice_ten = next(
        f"{n:011}" for n in range(10**6) if numbers.check_digit(f"{n:011}") is None
    )

    for last in "0123456789":
        assert not numbers.iin_is_valid(twice_ten + last)


@pytest.mark.parametrize(
    ("century", "year", "sex"),
    [
        ("1", 1895, "male"),
        ("2", 1895, "female"),
        ("3", 1995, "male"),
        ("4", 1995, "female"),
        ("5", 2095, "male"),
        ("6", 2095, "female"),
    ],
)
def test_the_seventh_digit_tells_century_and_sex(century, year, sex):
    number = iin(f"950317{century}0012")

    assert numbers.iin_birth_date(number) == date(year, 3, 17)
    assert numbers.iin_sex(number) == sex


@pytest.mark.parametrize(
    ("number", "fault"),
    [
        ("", "digits"),
        ("95031730001", "digits"),
        ("9503173000123", "digits"),
        ("95031730001a", "digits"),
        ("９５０３１７３０００１２", "digits"),  # full-width digits
        ("950317300012\n", "digits"),
        (iin("95031700012"), "century"),
        (iin("95031770012"), "century"),
        (iin("95023030012"), "birth_date"),
        (iin("00022940012"), "birth_date"),  # 1900 was no leap year
        (iin("95130130012"), "birth_date"),
    ],
)
def test_a_wrong_iin_is_told_by_what_is_wrong(number, fault):
    assert numbers.iin_fault(number) == fault
    with pytest.raises(ValueError, match="not a valid IIN"):
        numbers.iin_birth_date(number)


def test_29_february_2000_is_a_birthday():
    assert numbers.iin_birth_date(iin("00022950012")) == date(2000, 2, 29)


@given(
    st.integers(0, 9999),
    # Not the eleventh digit: its weight is 11, so the rule itself cannot see it.
    st.sampled_from([0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 11]),
    st.integers(1, 9),
)
def test_any_single_wrong_digit_is_noticed(serial, place, change):
    number = iin(f"9503173{serial:04}")
    wrong = (int(number[place]) + change) % 10
    slipped = f"{number[:place]}{wrong}{number[place + 1 :]}"

    # The second weights share an image with the first, so a slip in one of the eleven
    # may pass where it moves a number between them: by the rule, not by our code.
    if numbers.iin_is_valid(slipped):
        first = sum(w * int(d) for w, d in zip(range(1, 12), slipped, strict=False))
        before = sum(w * int(d) for w, d in zip(range(1, 12), number, strict=False))
        assert place < 11
        assert 10 in (first % 11, before % 11)


@pytest.mark.parametrize(
    ("head", "fault"),
    [
        ("09024000047", None),
        ("09024100047", None),
        ("09025200047", None),
        ("09026300047", None),
        ("09134000047", "month"),
        ("09004000047", "month"),
        ("09023000047", "kind"),
        ("09024400047", "kind"),
    ],
)
def test_a_bin_has_month_kind_and_part(head, fault):
    number = iin(head)

    assert numbers.bin_fault(number) == fault


def test_a_wrong_check_digit_of_a_bin_is_told():
    number = iin("09024000047")
    wrong = f"{number[:11]}{(int(number[11]) + 1) % 10}"

    assert numbers.bin_fault(wrong) == "check"
    assert not numbers.bin_is_valid(wrong)


@pytest.mark.parametrize(
    ("typed", "normal"),
    [
        ("+7 701 123 45 67", "+77011234567"),
        ("8 (701) 123-45-67", "+77011234567"),
        ("87011234567", "+77011234567"),
        ("7011234567", None),
        ("+7 495 123 45 67", None),  # not a Kazakhstan mobile
        ("+7 701 123 45 6", None),
        ("+7 701 123 45 678", None),
        ("", None),
    ],
)
def test_a_telephone_has_one_normal_form(typed, normal):
    assert numbers.phone_normal(typed) == normal


@pytest.mark.parametrize("told", [Decimal("sNaN"), Decimal("NaN"), float("inf"), True])
def test_what_is_no_number_is_none_of_the_numbers_offered(told):
    assert not choices.same(Decimal(1), told)
