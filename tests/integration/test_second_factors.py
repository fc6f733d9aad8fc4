"""The second step of signing in: codes of an app, recovery codes, and their thieves."""

import threading
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from workflows import credentials, passwords, people, second_factors, sessions
from workflows.credentials import SecondStep
from workflows.model import InputRefused, Role
from workflows.ports import FixedClock
from workflows.sealing import Sealer
from workflows.sessions import SignedIn
from workflows.store import tables

PASSWORD = "тау мен дала арасында"
START = datetime(2026, 9, 1, 4, 0, tzinfo=UTC)
SEALER = Sealer("s" * 32, second_factors.PURPOSE)
HALF_MINUTE = timedelta(seconds=30)


def at(after=timedelta(0)):
    return FixedClock(START + after)


@pytest.fixture(scope="module", autouse=True)
def office(store):
    with store.transaction() as tx:
        people.add_office(tx, code="root", kind="ministry", names={})


class Owner:
    """Somebody with a telephone."""

    def __init__(self, store):
        self.store = store
        self.login = f"aliya-{datetime.now(UTC).timestamp()}"
        with store.transaction() as tx:
            people.add_user(tx, at(), login=self.login, password=PASSWORD)
            people.add_membership(tx, login=self.login, role=Role.CLERK)
            self.caller = people.known(tx, self.login)
            self.secret = second_factors.begin(tx, at(), SEALER, self.caller).secret
            self.codes = second_factors.confirm(
                tx, at(), SEALER, self.caller, self.code(-HALF_MINUTE)
            )

    def code(self, after=timedelta(0)):
        return pyotp.TOTP(self.secret).at(START + after)

    def step(self, after=timedelta(0), password=PASSWORD):
        with self.store.transaction() as tx:
            return credentials.sign_in(tx, at(after), self.login, password)

    def finish(self, step, code, after=timedelta(0), sealer=SEALER):
        with self.store.transaction() as tx:
            return credentials.finish_sign_in(tx, at(after), sealer, step, code)


@pytest.fixture
def owner(store):
    return Owner(store)


def test_the_password_alone_begins_no_session(owner):
    step = owner.step()

    assert isinstance(step, SecondStep)
    found = owner.finish(step, owner.code())
    assert isinstance(found, SignedIn)
    with owner.store.transaction() as tx:
        assert sessions.by_session(tx, at(), found.token).caller.login == owner.login
        (row,) = sessions.of_user(tx, at(), owner.caller.user_id, found.token)
    assert row.how == "second_factor"


def test_a_code_works_once(owner):
    code = owner.code()

    assert owner.finish(owner.step(), code)
    assert owner.finish(owner.step(), code) is None
    assert owner.finish(owner.step(), owner.code(HALF_MINUTE), HALF_MINUTE)


def test_the_code_of_the_setup_does_not_sign_in(owner):
    assert owner.finish(owner.step(), owner.code(-HALF_MINUTE)) is None


def test_an_older_code_does_not_work_after_a_newer_one(owner):
    older = owner.code()
    assert owner.finish(owner.step(), owner.code(HALF_MINUTE), HALF_MINUTE)

    assert owner.finish(owner.step(), older, HALF_MINUTE) is None


@pytest.mark.parametrize("seconds", [-60, 61])
def test_a_code_of_another_time_is_refused(owner, seconds):
    owner.code()
    assert owner.finish(owner.step(), owner.code(timedelta(seconds=seconds))) is None


@pytest.mark.parametrize("told", ["", "000000", "x" * 10_000, "\ud800", "\0", "١٢٣٤٥٦"])
def test_whatever_is_typed_is_wrong_and_nothing_worse(owner, told):
    assert owner.finish(owner.step(), told) is None


def test_spaces_in_a_code_do_not_matter(owner):
    code = owner.code()

    assert owner.finish(owner.step(), f" {code[:3]} {code[3:]} ")


def test_two_at_once_with_one_code_are_one_sign_in(owner):
    step, code, found = owner.step(), owner.code(), []
    both = [
        threading.Thread(target=lambda: found.append(owner.finish(step, code)))
        for _ in range(2)
    ]
    for each in both:
        each.start()
    for each in both:
        each.join()

    assert sorted(each is None for each in found) == [False, True]


def test_guessed_codes_lock_out_even_with_the_right_password_between(owner):
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        assert owner.finish(owner.step(), "000000") is None

    assert owner.step() is None
    after = credentials.LOCKED_FOR
    assert owner.finish(owner.step(after), owner.code(after), after)


def test_a_lock_meets_who_stands_between_the_steps_too(owner):
    step = owner.step()
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        owner.step(password="wrong")

    assert owner.finish(step, owner.code()) is None


def test_a_hundred_failures_need_an_administrator(owner):
    after = timedelta(0)
    for count in range(credentials.FAILURES_AT_MOST):
        owner.step(after, password="wrong")
        if count % credentials.FAILURES_BEFORE_LOCK == 9:
            after += credentials.LOCKED_FOR
    year = timedelta(days=365)

    assert owner.step(year) is None
    with owner.store.transaction() as tx:
        credentials.unlock(tx, at(), owner.caller, owner.caller.user_id)
    assert owner.step(year) is not None


def test_a_changed_password_or_a_closed_account_ends_the_half_done(owner):
    step = owner.step()
    with owner.store.transaction() as tx:
        credentials.set_password(tx, owner.login, PASSWORD + " жаңа")
    assert owner.finish(step, owner.code()) is None

    step = owner.step(password=PASSWORD + " жаңа")
    with owner.store.transaction() as tx:
        tx.execute(
            sa.update(tables.users)
            .where(tables.users.c.login == owner.login)
            .values(disabled_at=START)
        )
    assert owner.finish(step, owner.code()) is None


def test_each_recovery_code_works_once_however_it_is_typed(owner):
    first, second = owner.codes[:2]

    assert len(set(owner.codes)) == second_factors.CODES
    assert owner.finish(owner.step(), first)
    assert owner.finish(owner.step(), first) is None
    assert owner.finish(owner.step(), second.lower().replace("-", " "))
    with owner.store.transaction() as tx:
        left = second_factors.codes_left(tx, owner.caller.user_id)
    assert left == second_factors.CODES - 2


def test_recovery_codes_are_their_owners_and_the_newest(owner, store):
    other = Owner(store)
    assert owner.finish(owner.step(), other.codes[0]) is None

    with store.transaction() as tx:
        fresh = second_factors.renew_codes(tx, at(), owner.caller)
    assert owner.finish(owner.step(), owner.codes[0]) is None
    assert owner.finish(owner.step(), fresh[0])


def test_the_secret_and_the_codes_are_not_in_the_database(owner):
    with owner.store.transaction() as tx:
        kept = str(tx.execute(sa.select(tables.second_factors)).all())
        kept += str(tx.execute(sa.select(tables.recovery_codes)).all())

    assert owner.secret not in kept
    assert not any(code in kept for code in owner.codes)


def test_a_secret_of_another_key_or_another_person_opens_nothing(owner, store):
    assert (
        owner.finish(owner.step(), owner.code(), sealer=Sealer("t" * 32, "x")) is None
    )

    thief = Owner(store)
    table = tables.second_factors
    with store.transaction() as tx:
        sealed = tx.scalar(
            sa.select(table.c.sealed_secret).where(
                table.c.user_id == thief.caller.user_id
            )
        )
        tx.execute(
            sa.update(table)
            .where(table.c.user_id == owner.caller.user_id)
            .values(sealed_secret=sealed)
        )
    assert owner.finish(owner.step(), thief.code()) is None


def test_it_is_off_until_the_first_code_and_on_once(owner, store):
    with store.transaction() as tx:
        people.add_user(tx, at(), login=owner.login + "2", password=PASSWORD)
        caller = people.known(tx, owner.login + "2")
        first = second_factors.begin(tx, at(), SEALER, caller)
        again = second_factors.begin(tx, at(), SEALER, caller)
        assert first == again
        assert "issuer=R%C3%A1sim" in first.uri
        assert not second_factors.is_on(tx, caller.user_id)
    with pytest.raises(InputRefused), store.transaction() as tx:
        second_factors.confirm(tx, at(), SEALER, caller, "000000")
    with store.transaction() as tx:
        assert isinstance(
            credentials.sign_in(tx, at(), caller.login, PASSWORD), SignedIn
        )

    for change in (second_factors.begin, second_factors.confirm):
        told = () if change is second_factors.begin else (owner.code(),)
        with pytest.raises(InputRefused), store.transaction() as tx:
            change(tx, at(), SEALER, owner.caller, *told)


def test_turned_off_the_password_is_enough_again(owner):
    with owner.store.transaction() as tx:
        assert second_factors.turn_off(tx, at(), owner.caller.user_id, owner.caller)
        assert not second_factors.turn_off(tx, at(), owner.caller.user_id, owner.caller)

    assert isinstance(owner.step(), SignedIn)


def test_beside_a_code_a_shorter_password_will_do_and_alone_it_is_changed(owner):
    short = "x3kq9vbz"
    with owner.store.transaction() as tx:
        credentials.set_password(tx, owner.login, short)
        second_factors.turn_off(tx, at(), owner.caller.user_id, None)

    begun = owner.step(password=short)

    with owner.store.transaction() as tx:
        assert sessions.by_session(tx, at(), begun.token).must_change_password
        with pytest.raises(passwords.PasswordTooShort):
            credentials.set_password(tx, owner.login, short)


def test_a_sign_in_on_its_way_does_not_slip_by_the_first_code(store):
    login = f"race-{datetime.now(UTC).timestamp()}"
    found = []
    with store.transaction() as tx:
        people.add_user(tx, at(), login=login, password=PASSWORD)
        caller = people.known(tx, login)
        secret = second_factors.begin(tx, at(), SEALER, caller).secret

    def sign_in():
        with store.transaction() as tx:
            found.append(credentials.sign_in(tx, at(), login, PASSWORD))

    other = threading.Thread(target=sign_in)
    with store.transaction() as tx:
        code = pyotp.TOTP(secret).at(START)
        second_factors.confirm(tx, at(), SEALER, caller, code)
        other.start()
        other.join(1.0)
    other.join()

    assert isinstance(found[0], SecondStep)


def replaced(owner, code_of, after=timedelta(0), sealer=SEALER):
    """Put another telephone in place of the owner's; its maker of codes."""
    told = second_factors.another(at(), SEALER, owner.caller)
    maker = pyotp.TOTP(told.setup.secret)
    with owner.store.transaction() as tx:
        owner.codes = second_factors.replace(
            tx, at(after), sealer, owner.caller, told.sealed, code_of(maker)
        )
    return told, maker


def test_another_telephone_takes_the_place_of_the_first(owner):
    told, maker = replaced(owner, lambda maker: maker.at(START))

    assert "issuer=R%C3%A1sim" in told.setup.uri
    assert owner.finish(owner.step(), owner.code()) is None
    assert owner.finish(owner.step(), maker.at(START)) is None  # used already
    assert owner.finish(owner.step(), owner.codes[0])
    soon = HALF_MINUTE
    assert owner.finish(owner.step(soon), maker.at(START + soon), soon)
    with pytest.raises(second_factors.AlreadyOn), owner.store.transaction() as tx:
        second_factors.replace(
            tx, at(), SEALER, owner.caller, told.sealed, maker.at(START)
        )


@pytest.mark.parametrize(
    "told",
    [
        {"code_of": lambda _: "000000"},
        {"code_of": lambda maker: maker.at(START), "after": timedelta(minutes=16)},
        {"code_of": lambda maker: maker.at(START), "sealer": Sealer("t" * 32, "x")},
    ],
)
def test_the_first_telephone_stays_until_the_other_is_proven(owner, told):
    with pytest.raises(second_factors.CodeRefused):
        replaced(owner, **told)

    assert owner.finish(owner.step(), owner.code())


def test_nobody_takes_the_telephone_of_another(owner, store):
    thief = Owner(store)
    told = second_factors.another(at(), SEALER, thief.caller)
    code = pyotp.TOTP(told.setup.secret).at(START)

    with pytest.raises(second_factors.CodeRefused), store.transaction() as tx:
        second_factors.replace(tx, at(), SEALER, owner.caller, told.sealed, code)
    assert owner.finish(owner.step(), owner.code())


def test_without_a_second_step_none_takes_its_place(owner):
    with owner.store.transaction() as tx:
        second_factors.turn_off(tx, at(), owner.caller.user_id, owner.caller)

    with pytest.raises(second_factors.CodeRefused):
        replaced(owner, lambda maker: maker.at(START))
