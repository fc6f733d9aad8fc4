"""Which passwords will do, and how they are kept."""

import time
import unicodedata

import pytest
from argon2 import PasswordHasher

from workflows import passwords, people
from workflows.model import InputRefused

GOOD = "тау мен дала арасында"


@pytest.mark.parametrize(
    "password", [GOOD, "correct horse battery", "x3kq9 vbz7m wd2f", "п" + GOOD * 2]
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
        ("short", "needs 15 characters"),
        ("бір екі үш төр", "needs 15 characters"),
        ("x" * 129, "128 characters at most"),
        ("i am ALIYA at school", "user name"),
        ("aaaaaaaaaaaaaaaa", "easy to guess"),
        ("abababababababab", "easy to guess"),
        ("passwordpassword", "easy to guess"),
        ("1234567890123456", "easy to guess"),
        ("qwertyuiop123456", "easy to guess"),
        ("йцукенгшщзхъфыва", "easy to guess"),
        ("ӘлібековаӘлібекова", "easy to guess"),
        ("rasimrasimrasim", "easy to guess"),
    ],
)
def test_a_weak_password_is_refused_with_its_reason(password, reason):
    with pytest.raises(InputRefused, match=reason):
        passwords.new("aliya", password, name="Әлия Әлібекова")


def test_beside_another_factor_eight_characters_will_do():
    least = passwords.LEAST_BESIDE_ANOTHER_FACTOR

    assert passwords.new("aliya", "x3kq9vbz", least=least)
    with pytest.raises(InputRefused, match="needs 8"):
        passwords.new("aliya", "x3kq9vb", least=least)


def test_no_kind_of_character_is_asked_for_and_64_are_allowed():
    assert passwords.new("aliya", "тау мен дала арасындағы жол ұзақ екен" * 2)


def test_the_estimate_of_the_longest_password_is_quick():
    began = time.process_time()
    for letters in ("a1" * 64, "password" * 16, "abcd1234" * 16):
        with pytest.raises(InputRefused):
            passwords.new("aliya", letters)

    assert time.process_time() - began < 5


def test_a_first_password_is_always_good_enough():
    for _ in range(20):
        assert passwords.new("aliya", passwords.first(), name="Әлия")


def test_a_password_of_the_older_spelling_still_opens():
    told = "ﬁrst ﬂight of a dove"
    kept = PasswordHasher(time_cost=1, memory_cost=64).hash(
        unicodedata.normalize("NFKC", told)
    )

    assert passwords.is_right(kept, told)
    assert passwords.is_right(passwords.new("aliya", told), told)


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


@pytest.mark.parametrize("told", [f" {GOOD}", f"{GOOD} ", f"{GOOD}\r\n", f"\xa0{GOOD}"])
def test_a_space_from_a_message_around_a_password_is_none_of_it(told):
    assert passwords.is_right(passwords.new("aliya", GOOD), told)
    assert passwords.is_right(passwords.new("aliya", told), told)


@pytest.mark.parametrize("typed", ["Aliya", " aliya\n", "\u200bALIYA", "ａｌｉｙａ"])
def test_a_user_name_is_one_however_it_is_typed(typed):
    assert people.login_of(typed) == "aliya"
