"""Substitutes for absence: whom they act for, on which days, and with which roles."""

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa

from workflows import credentials, people, people_changes, sessions, substitutions
from workflows.model import InputRefused, NotFound, Role
from workflows.people import StandIn
from workflows.ports import FixedClock
from workflows.store.tables import substitutions as substitution_rows
from workflows.store.tables import users

# 2026-09-07 23:30 in Almaty: in UTC it is the 7th, too, but half past six.
EVENING = datetime(2026, 9, 7, 18, 30, tzinfo=UTC)
DAY = date(2026, 9, 7)
PASSWORD = "тау мен дала арасында"


def at(day=DAY, hour=10):
    return FixedClock(
        datetime(day.year, day.month, day.day, hour, 0, tzinfo=people.HOME)
    )


@pytest.fixture
def staff(store, two_regions):
    """Logins of new people by what they are; a function that asks for a caller."""
    mark = datetime.now(UTC).timestamp()
    people_of = {
        "absent": [(Role.CLERK, "school"), (Role.ADMINISTRATOR, "school")],
        "colleague": [(Role.CLERK, "school")],
        "boss": [(Role.SUPERVISOR, "east")],
        "neighbour": [(Role.CLERK, "other")],
        "far": [(Role.SUPERVISOR, "west")],
        "program": [(Role.SERVICE, "school")],
    }
    with store.transaction() as tx:
        for name, roles in people_of.items():
            login = f"{name}-{mark}"
            people.add_user(tx, at(), login=login, name=name, password=PASSWORD)
            for role, office in roles:
                people.add_membership(tx, login=login, role=role, office=office)

    def person(name, clock=None):
        with store.transaction() as tx:
            return people.known(tx, f"{name}-{mark}", clock)

    yield person
    with store.transaction() as tx:  # the next test proposes people of its own
        mine = users.c.login.in_([f"{name}-{mark}" for name in people_of])
        tx.execute(sa.update(users).where(mine).values(disabled_at=at().now()))


@pytest.fixture
def name(store, staff):
    def name(by="absent", substitute="colleague", whom="absent", days=(0, 2)):
        with store.transaction() as tx:
            return substitutions.add(
                tx,
                at(),
                staff(by),
                user_id=staff(whom).user_id,
                substitute=staff(substitute).login,
                from_on=DAY + timedelta(days=days[0]),
                to_on=DAY + timedelta(days=days[1]),
            )

    return name


def test_a_substitute_acts_from_the_first_day_to_the_last(staff, name):
    name(days=(1, 2))
    absent = staff("absent")

    acts = {
        day: staff("colleague", at(DAY + timedelta(days=day))).may_act_for(
            absent.user_id
        )
        for day in range(4)
    }

    assert acts == {0: False, 1: True, 2: True, 3: False}


def test_days_are_days_in_almaty(staff, name):
    name(days=(1, 1))
    absent = staff("absent").user_id
    before = datetime(2026, 9, 7, 18, 59, 59, tzinfo=UTC)

    def acts(moment):
        return staff("colleague", FixedClock(moment)).may_act_for(absent)

    assert not acts(before)
    assert acts(before + timedelta(seconds=1))  # midnight in Almaty
    assert acts(before + timedelta(days=1))
    assert not acts(before + timedelta(days=1, seconds=1))


def test_a_substitute_is_lent_the_work_and_not_the_administration(staff, name):
    name(substitute="boss")
    absent = staff("absent")

    boss = staff("boss", at())

    lent = {(one.office_code, one.role) for one in boss.memberships if one.for_user}
    assert lent == {("school", Role.CLERK)}
    assert not boss.has(Role.ADMINISTRATOR)
    assert boss.stands_in_for == (StandIn(absent.user_id, absent.login, "absent"),)
    assert [one.role for one in boss.own] == [Role.SUPERVISOR]
    assert people.acting_for(boss, absent.user_id).login == absent.login
    assert people.acting_for(boss, boss.user_id) is None
    assert not boss.may_act_for(None)


def test_what_is_lent_is_not_lent_further(staff, name):
    name(whom="absent", substitute="colleague")
    name(by="colleague", whom="colleague", substitute="boss")

    boss = staff("boss", at())

    assert boss.may_act_for(staff("colleague").user_id)
    assert not boss.may_act_for(staff("absent").user_id)


def test_sessions_and_tokens_know_it_too(store, staff, name):
    name()
    login, absent = staff("colleague").login, staff("absent").user_id
    with store.transaction() as tx:
        begun = credentials.sign_in(tx, at(), login, PASSWORD)
        token = credentials.create_token(tx, at(), login, valid_for=None)

        assert sessions.by_session(tx, at(), begun.token).caller.may_act_for(absent)
        assert credentials.by_token(tx, at(), token).may_act_for(absent)
        later = at(DAY + timedelta(days=3), hour=0)
        assert not credentials.by_token(tx, later, token).may_act_for(absent)


def test_one_statement_finds_a_caller(store, staff, name):
    name()
    with store.transaction() as tx:
        login = staff("colleague").login
        token = credentials.create_token(tx, at(), login, valid_for=None)
    seen = []
    sa.event.listen(
        store.engine, "before_cursor_execute", lambda *told: seen.append(told[2])
    )

    with store.transaction() as tx:
        credentials.by_token(tx, at(), token)

    assert len([text for text in seen if text.startswith(("SELECT", "WITH"))]) == 1


def test_who_is_disabled_lends_nothing(store, staff, name):
    name()
    with store.transaction() as tx:
        tx.execute(
            sa.update(users)
            .where(users.c.id == staff("absent").user_id)
            .values(disabled_at=EVENING)
        )

    assert staff("colleague", at()).stands_in_for == ()


def test_ended_before_its_time_it_is_over_at_once(store, staff, name):
    made = name()
    with store.transaction() as tx:
        substitutions.end(tx, at(), staff("absent"), made)
        substitutions.end(tx, at(), staff("absent"), made)
        told = people_changes.of(tx, staff("absent").user_id).items

    assert staff("colleague", at()).stands_in_for == ()
    assert [one.what for one in told] == ["substitution_ended", "substitute_named"]
    assert told[0].by == staff("absent").login
    name()  # the days are free again


def test_a_supervisor_above_names_one_and_ends_one(store, staff, name):
    made = name(by="boss")
    with store.transaction() as tx:
        page = substitutions.of_person(tx, staff("boss"), staff("absent").user_id)
        (row,) = page.items
        assert row.state(DAY) == "now"
        assert row.state(DAY + timedelta(days=9)) == "over"
        assert row.state(DAY - timedelta(days=9)) == "ahead"
        substitutions.end(tx, at(), staff("boss"), made)

    assert staff("colleague", at()).stands_in_for == ()


@pytest.mark.parametrize("by", ["colleague", "neighbour", "far", "program"])
def test_others_learn_nothing_and_name_nobody(store, staff, name, by):
    made = name()

    with pytest.raises(NotFound):
        name(by=by, days=(5, 6))
    with pytest.raises(NotFound), store.transaction() as tx:
        substitutions.end(tx, at(), staff(by), made)
    with pytest.raises(NotFound), store.transaction() as tx:
        substitutions.of_person(tx, staff(by), staff("absent").user_id)


def test_a_supervisor_lends_nothing_of_an_office_above_their_own(store, staff, name):
    with store.transaction() as tx:
        people.add_membership(
            tx, login=staff("absent").login, role=Role.SUPERVISOR, office="root"
        )

    with pytest.raises(NotFound):
        name(by="boss", substitute="boss")


def test_what_was_lent_names_no_substitutes(staff, name, store):
    """The substitute of a supervisor does not hand out others' work."""
    name(by="boss", whom="boss", substitute="colleague")
    with pytest.raises(NotFound), store.transaction() as tx:
        substitutions.add(
            tx,
            at(),
            staff("colleague", at()),
            user_id=staff("neighbour").user_id,
            substitute=staff("colleague").login,
            from_on=DAY,
            to_on=DAY,
        )


@pytest.mark.parametrize("substitute", ["neighbour", "far", "program", "absent"])
def test_a_substitute_works_at_above_or_below_the_same_office(staff, name, substitute):
    with pytest.raises(InputRefused, match="substitute"):
        name(substitute=substitute)


def test_colleagues_are_proposed(store, staff):
    with store.transaction() as tx:
        found = substitutions.colleagues(tx, staff("absent").user_id)

    logins = {one.login for one in found}
    assert {staff("colleague").login, staff("boss").login} <= logins
    assert not logins & {staff(n).login for n in ("absent", "neighbour", "program")}


def test_the_nearest_colleagues_are_proposed_first(store, staff):
    with store.engine.connect() as tx:  # never committed: others propose, too
        for place in range(substitutions.SHOWN + 1):
            login = f"{staff('boss').login}-{place:02}"
            people.add_user(tx, at(), login=login, name=f"a {place:02}")
            people.add_membership(tx, login=login, role=Role.CLERK, office="east")
        found = substitutions.colleagues(tx, staff("absent").user_id)

    assert len(found) == substitutions.SHOWN
    assert found[0].login == staff("colleague").login
    assert found[1].name == "a 00"
    assert [one.name for one in found[1:]] == sorted(one.name for one in found[1:])


@pytest.mark.parametrize(
    ("days", "field"),
    [((-1, 2), "from_on"), ((2, 1), "to_on"), ((0, 400), "to_on")],
)
def test_days_that_make_no_sense_are_refused(name, days, field):
    with pytest.raises(InputRefused, match=field):
        name(days=days)


def test_a_day_has_one_substitute(name):
    name(days=(0, 2))

    with pytest.raises(InputRefused, match="from_on"):
        name(substitute="boss", days=(2, 4))
    name(substitute="boss", days=(3, 4))


def test_the_substitute_sees_for_whom_and_when(store, staff, name):
    name(days=(1, 2))
    with store.transaction() as tx:
        (ahead,) = substitutions.by_substitute(tx, at(), staff("colleague"))
        over = at(DAY + timedelta(days=3))
        assert substitutions.by_substitute(tx, over, staff("colleague")) == []

    assert (ahead.name, ahead.state(DAY)) == ("absent", "ahead")


def test_the_substitutions_of_long_ago_are_on_further_pages(store, staff):
    absent, other = staff("absent"), staff("colleague").user_id
    rows = [
        {
            "user_id": absent.user_id,
            "substitute_id": other,
            "from_on": day,
            "to_on": day,
            "created_at": at().now(),
            "created_by": absent.user_id,
        }
        for day in (DAY - timedelta(days=7 * number) for number in range(1, 61))
    ]
    with store.transaction() as tx:
        tx.execute(sa.insert(substitution_rows), rows)
        first = substitutions.of_person(tx, absent, absent.user_id)
        cursor = first.next_cursor
        rest = substitutions.of_person(tx, absent, absent.user_id, cursor=cursor)

    days = [one.from_on for one in first.items + rest.items]
    assert len(first.items) == 50
    assert len(days) == first.total
    assert days == sorted(days, reverse=True)
    assert rest.next_cursor is None
