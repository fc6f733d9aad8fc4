"""Which passwords will do, and how they are kept."""

import pytest

from workflows import passwords
from workflows.model import InputRefused

GOOD = "тау мен дала арасында"


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "a1" * 3 + "bcdefg"]
)
def test_a_long_password_will_do(password):
    hashed = passwords.new("aliya", password)

    assert hashed.startswith("$argon2id$")
    assert password not in hashed
    assert passwords.is_right(hashed, password)
    assert not passwords.is_right(hashed, password + "x")


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("short", "at least 12"),
        ("x" * 129, "at most 128"),
        ("i am ALIYA at school", "login"),
        ("aaaaaaaaaaaaaaaa", "different"),
        ("abababababababab", "different"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, reason):
    with pytest.raises(InputRefused, match=reason):
        passwords.new("aliya", password)


def test_letters_that_are_spelt_in_several_ways_are_one():
    composed, decomposed = "сый\u0439 пароль жолы", "сый\u0438\u0306 пароль жолы"

    assert passwords.is_right(passwords.new("aliya", composed), decomposed)


def test_no_password_is_never_right():
    assert not passwords.is_right(None, "")
    assert not passwords.is_right(None, GOOD)


@pytest.mark.parametrize("told", ["", "\0", "\ud800", "x" * 1_000_000])
def test_whatever_is_typed_is_wrong_and_nothing_worse(told):
    assert not passwords.is_right(passwords.new("aliya", GOOD), told)


def test_a_strong_hash_is_not_renewed_and_a_weak_one_is():
    strong = passwords.new("aliya", GOOD)
    weak = strong.replace("m=19456", "m=8192")

    assert passwords.renewed(strong, GOOD) is None
    assert passwords.renewed(weak, GOOD) is not None
