"""Numbers that the state gives out: IIN of a person, BIN of an organisation, telephone.

One place for their rules; `integrations.people` makes valid ones from the same code.
"""

import re
from datetime import date

from forms import letters

FIRST_WEIGHTS = (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
SECOND_WEIGHTS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 1, 2)
# The seventh digit of an IIN: the century of birth and the sex; odd is male.
CENTURIES = {"1": 1800, "2": 1800, "3": 1900, "4": 1900, "5": 2000, "6": 2000}
BIN_KINDS = "456"  # resident entity, non-resident, joint entrepreneurship
BIN_PARTS = "0123"  # head office, branch, representation, peasant farm

_TWELVE_DIGITS = re.compile(r"[0-9]{12}\Z")
_PHONE = re.compile(r"(?:\+?7|8)7[0-9]{9}\Z")
_TELEPHONE = re.compile(r"\+[1-9][0-9]{7,14}\Z")  # ITU-T E.164
_DASHES = r"\-\u2010-\u2015\u2212"
_FILLING = re.compile(f"[{_DASHES}]")
_PHONE_FILLING = re.compile(f"[()./{_DASHES}]")


def check_digit(eleven: str) -> int | None:
    """The twelfth digit of an IIN or BIN; None for a number that is never issued."""
    for weights in (FIRST_WEIGHTS, SECOND_WEIGHTS):
        rest = sum(w * int(d) for w, d in zip(weights, eleven, strict=True)) % 11
        if rest < 10:
            return rest
    return None


def iin_fault(iin: str) -> str | None:
    """What is wrong with it: "digits", "birth_date", "century", "check", or None."""
    if not _TWELVE_DIGITS.match(iin):
        return "digits"
    if iin[6] not in CENTURIES:
        return "century"
    if _birth_date(iin) is None:
        return "birth_date"
    return _check_fault(iin)


def bin_fault(number: str) -> str | None:
    """What is wrong with it: "digits", "month", "kind", "check", or None."""
    if not _TWELVE_DIGITS.match(number):
        return "digits"
    if not 1 <= int(number[2:4]) <= 12:
        return "month"
    if number[4] not in BIN_KINDS or number[5] not in BIN_PARTS:
        return "kind"
    return _check_fault(number)


def iin_is_valid(iin: str) -> bool:
    return iin_fault(iin) is None


def bin_is_valid(number: str) -> bool:
    return bin_fault(number) is None


def iin_birth_date(iin: str) -> date:
    """The date of birth that a valid IIN tells; ValueError for another string."""
    _require(iin)
    born_on = _birth_date(iin)
    if born_on is None:  # unreachable after _require, told to the type checker
        raise ValueError("not a valid IIN")
    return born_on


def iin_sex(iin: str) -> str:
    """ "male" or "female", as a valid IIN tells; ValueError for another string."""
    _require(iin)
    return "male" if int(iin[6]) % 2 else "female"


def state_number(typed: str) -> str:
    """An IIN or BIN as it is kept, from one that is written with spaces or dashes.

    Before those of our own files, and of others, there is an apostrophe.
    """
    return _FILLING.sub("", letters.bare(typed)).lstrip("'")


def phone_normal(phone: str) -> str | None:
    """A Kazakhstan mobile as `+77XXXXXXXXX`; None when it is not one.

    Spaces, brackets, dots and dashes are filling; `8 7..` and `7 7..` is how people
    write `+7 7..`. Ten digits are none: they may as well lack the last one.
    """
    bare = _PHONE_FILLING.sub("", letters.bare(phone))
    return f"+7{bare[-10:]}" if _PHONE.match(bare) else None


def telephone_normal(phone: str) -> str | None:
    """A telephone of any country as `+` and digits; None when it is not one.

    `8` or `7` and ten digits is how people here write `+7`, `00` how others write `+`.
    """
    bare = _PHONE_FILLING.sub("", letters.bare(phone))
    if re.fullmatch(r"[78][0-9]{10}", bare):
        bare = f"+7{bare[1:]}"
    elif bare.startswith("00"):
        bare = f"+{bare[2:]}"
    return bare if _TELEPHONE.match(bare) else None


def _birth_date(iin: str) -> date | None:
    year = CENTURIES[iin[6]] + int(iin[:2])
    try:
        return date(year, int(iin[2:4]), int(iin[4:6]))
    except ValueError:
        return None


def _check_fault(number: str) -> str | None:
    return None if check_digit(number[:11]) == int(number[11]) else "check"


def _require(iin: str) -> None:
    if not iin_is_valid(iin):
        # The number itself stays out of the message: messages reach logs.
        raise ValueError("not a valid IIN")
