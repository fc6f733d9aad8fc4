"""What an administrator of an office may do to whom, and what to nobody."""

from datetime import UTC, datetime, timedelta

import pytest

from workflows import (
    credentials,
    office_tree,
    people,
    people_care,
    people_changes,
    people_list,
    sessions,
    substitutions,
)
from workflows.model import InputRefused, NotAllowed, NotFound, Role
from workflows.people_list import PeopleQuery
from workflows.ports import FixedClock
from workflows.store.tables import calendar_overrides

CLOCK = FixedClock(datetime(2026, 9, 1, 4, 0, tzinfo=UTC))
PASSWORD = "тау мен дала арасында"


@pytest.fixture
def staff(store, two_regions):
    """People of several offices; a function that asks for one as a caller."""
    mark = datetime.now(UTC).timestamp()
    with store.transaction() as tx:
        for name, roles in {
            "chief": [(Role.ADMINISTRATOR, "root")],
            "admin": [(Role.ADMINISTRATOR, "east"), (Role.CLERK, "west")],
            "clerk": [(Role.CLERK, "school")],
            "both": [(Role.CLERK, "school"), (Role.ADMINISTRATOR, "root")],
            "far": [(Role.CLERK, "west")],
            "nobody": [],
        }.items():
            login = f"{name}-{mark}"
            people.add_user(tx, CLOCK, login=login, name=name, password=PASSWORD)
            for role, office in roles:
                people.add_membership(tx, login=login, role=role, office=office)

    def person(name):
        with store.transaction() as tx:
            return people.known(tx, f"{name}-{mark}")

    return person


@pytest.fixture
def do(store, staff):
    """Do something of `people_care` to a person, as somebody."""

    def do(what, whom="clerk", by="admin", **told):
        user_id = staff(whom).user_id
        with store.transaction() as tx:
            return getattr(people_care, what)(tx, CLOCK, staff(by), user_id, **told)

    return do


ACCOUNT = (
    "disable",
    "enable",
    "give_first_password",
    "reset_second_factor",
    "unlock",
)


def roles(caller):
    return {(one.role, one.office_code) for one in caller.memberships}


def test_a_role_is_given_and_taken_below_ones_own_office(do, staff, store):
    do("give_role", role="supervisor", office="other")
    assert roles(staff("clerk")) == {
        (Role.CLERK, "school"),
        (Role.SUPERVISOR, "other"),
    }

    do("take_role", role="clerk", office="school")
    assert roles(staff("clerk")) == {(Role.SUPERVISOR, "other")}
    with store.transaction() as tx:
        told = people_changes.of(tx, staff("clerk").user_id).items
    assert [(one.what, one.by, one.detail["office"]) for one in told] == [
        ("role_taken", staff("admin").login, "school"),
        ("role_given", staff("admin").login, "other"),
    ]


@pytest.mark.parametrize("office", ["root", "west", "nowhere", "", "\0"])
def test_nobody_gives_a_role_above_or_beside_their_own(do, staff, office):
    with pytest.raises(InputRefused, match="office"):
        do("give_role", role="clerk", office=office)
    with pytest.raises(InputRefused, match="office"):
        do("give_role", whom="admin", role="administrator", office=office)
    assert roles(staff("clerk")) == {(Role.CLERK, "school")}


@pytest.mark.parametrize("role", ["service", "applicant", "king", "", "Clerk"])
def test_only_roles_of_people_are_given(do, role):
    with pytest.raises(InputRefused, match="role"):
        do("give_role", role=role, office="school")


def test_a_role_is_not_given_twice_nor_taken_where_it_is_not(do):
    with pytest.raises(InputRefused, match="already"):
        do("give_role", role="clerk", office="school")
    with pytest.raises(NotFound):
        do("take_role", role="supervisor", office="school")


def test_a_role_of_an_office_that_is_not_ones_own_is_not_taken(do):
    with pytest.raises(NotFound):
        do("take_role", whom="both", role="administrator", office="root")


@pytest.mark.parametrize("what", ACCOUNT)
@pytest.mark.parametrize("whom", ["far", "chief", "nobody"])
def test_people_of_other_offices_are_not_there(do, what, whom):
    with pytest.raises(NotFound):
        do(what, whom=whom)


@pytest.mark.parametrize("what", ACCOUNT)
@pytest.mark.parametrize("by", ["clerk", "far", "nobody"])
def test_only_an_administrator_does_anything(do, what, by):
    with pytest.raises(NotFound):
        do(what, by=by)


@pytest.mark.parametrize("what", ACCOUNT)
def test_an_account_with_a_role_elsewhere_is_not_ones_own(do, what):
    with pytest.raises(NotAllowed):
        do(what, whom="both")


@pytest.mark.parametrize("what", ACCOUNT)
def test_nor_one_that_stands_in_for_somebody_elsewhere(do, staff, store, what):
    with store.transaction() as tx:
        chief = staff("chief")
        people.add_membership(
            tx, login=chief.login, role=Role.SUPERVISOR, office="root"
        )
        made = substitutions.add(
            tx,
            CLOCK,
            chief,
            user_id=chief.user_id,
            substitute=staff("clerk").login,
            from_on=CLOCK.now().date() + timedelta(days=9),
            to_on=CLOCK.now().date() + timedelta(days=9),
        )
    with pytest.raises(NotAllowed):
        do(what)
    with store.transaction() as tx:
        substitutions.end(tx, CLOCK, chief, made)
    do(what)


def test_a_closed_account_is_out_at_once_and_opens_again(do, staff, store):
    login = staff("clerk").login
    with store.transaction() as tx:
        begun = credentials.sign_in(tx, CLOCK, login, PASSWORD)
        token = credentials.create_token(tx, CLOCK, login, valid_for=None)
    user_id = staff("clerk").user_id
    do("disable")
    with store.transaction() as tx:
        assert sessions.by_session(tx, CLOCK, begun.token) is None
        assert credentials.by_token(tx, CLOCK, token) is None
        assert credentials.sign_in(tx, CLOCK, login, PASSWORD) is None
        found = people_list.get(tx, CLOCK, staff("admin"), user_id)
        assert found.row.state == "disabled"
        with pytest.raises(NotAllowed):
            people_care.give_first_password(tx, CLOCK, staff("admin"), user_id)
        people_care.enable(tx, CLOCK, staff("admin"), user_id)
        assert credentials.sign_in(tx, CLOCK, login, PASSWORD) is not None
        assert sessions.by_session(tx, CLOCK, begun.token) is None


def test_nobody_closes_or_unmakes_themselves(do):
    with pytest.raises(NotAllowed):
        do("disable", whom="chief", by="chief")
    with pytest.raises(InputRefused):
        do("take_role", whom="chief", by="chief", role="administrator", office="root")


def test_a_first_password_opens_once_and_wants_another(do, staff, store):
    password = do("give_first_password")

    with store.transaction() as tx:
        begun = credentials.sign_in(tx, CLOCK, staff("clerk").login, password)
        assert sessions.by_session(tx, CLOCK, begun.token).must_change_password
        assert password not in str(people_changes.of(tx, staff("clerk").user_id).items)


def test_who_is_locked_out_is_let_try_again(do, staff, store):
    login, user_id = staff("clerk").login, staff("clerk").user_id
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        with store.transaction() as tx:
            credentials.sign_in(tx, CLOCK, login, "wrong")
    with store.transaction() as tx:
        found = people_list.get(tx, CLOCK, staff("admin"), user_id)
        assert found.row.state == "locked"

    do("unlock")

    with store.transaction() as tx:
        assert credentials.sign_in(tx, CLOCK, login, PASSWORD) is not None


def test_a_person_is_added_with_a_first_role(store, staff):
    told = {"name": "Жаңа", "role": "clerk", "office": "school"}
    login = f"new-{datetime.now(UTC).timestamp()}"
    with store.transaction() as tx:
        people_care.add(tx, CLOCK, staff("admin"), login=login, **told)
        assert roles(people.known(tx, login)) == {(Role.CLERK, "school")}

    for changed, field in (
        ({"login": login}, "login"),
        ({"login": ""}, "login"),
        ({"login": "two words"}, "login"),
        ({"login": "x" * 101}, "login"),
        ({"name": " "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"office": "west"}, "office"),
        ({"role": "service"}, "role"),
    ):
        wanted = {"login": f"{login}-2", **told, **changed}
        with pytest.raises(InputRefused, match=field), store.transaction() as tx:
            people_care.add(tx, CLOCK, staff("admin"), **wanted)
    with store.transaction() as tx:
        assert people.by_login(tx, f"{login}-2") is None


def listed(store, caller, **query):
    with store.transaction() as tx:
        page = people_list.page(
            tx, CLOCK, caller, PeopleQuery(**({"limit": 200} | query))
        )
    return {row.login for row in page.items}


def test_the_list_holds_the_people_of_ones_own_offices(store, staff):
    seen = listed(store, staff("admin"))

    assert {staff(name).login for name in ("admin", "clerk", "both")} <= seen
    assert not seen & {staff(name).login for name in ("far", "chief", "nobody")}
    mark = staff("chief").login.partition("-")[2]
    assert {staff(name).login for name in ("far", "nobody")} <= listed(
        store, staff("chief"), text=mark
    )
    assert listed(store, staff("clerk")) == set()


def test_the_list_is_filtered_and_sorted(store, staff):
    admin = staff("admin")
    mark = admin.login.partition("-")[2]

    def logins(**query):
        found = listed(store, admin, **query)
        return {each.partition("-")[0] for each in found if each.endswith(mark)}

    assert logins(text="CLERK") == {"clerk"}
    assert logins(text="%") == set()
    assert logins(office="school") == {"clerk", "both"}
    assert logins(office="east") == {"clerk", "both", "admin"}
    assert logins(office="west") == set()
    assert logins(role="administrator") == {"admin"}
    assert logins(role="clerk", office="school") == {"clerk", "both"}
    assert logins(state="disabled") == set()
    for sort in people_list.SORTS:
        assert logins(sort=sort) == {"clerk", "both", "admin"}
    with pytest.raises(InputRefused):
        logins(sort="password_hash")


def test_of_a_person_one_sees_what_they_hold_at_ones_own_offices(store, staff):
    with store.transaction() as tx:
        found = people_list.get(tx, CLOCK, staff("admin"), staff("both").user_id)

    assert [(one.role, one.office) for one in found.row.held] == [
        (Role.CLERK, "school")
    ]
    assert (found.elsewhere, found.is_whole) == (1, False)


def test_the_tree_shows_ones_own_offices_and_their_days(store, staff):
    day = CLOCK.now().date()
    with store.transaction() as tx:
        east = people_list.administered(staff("admin"))[0]
        tx.execute(
            calendar_overrides.insert(),
            [
                {
                    "office_id": None,
                    "day": day,
                    "is_working": False,
                    "source": "decree",
                },
                {"office_id": east, "day": day, "is_working": True, "source": "order"},
            ],
        )
        top = office_tree.right_below(tx, staff("admin"), None).items
        school = office_tree.branch(tx, staff("admin"), "school", day)
        proposed = [code for code, _ in office_tree.proposed(tx, staff("admin"))]
        for code in ("root", "west", "nowhere"):
            with pytest.raises(NotFound):
                office_tree.branch(tx, staff("admin"), code, day)

    assert [(one.code, one.offices) for one in top] == [("east", 2)]
    assert top[0].overrides == 1
    assert top[0].people >= 3
    assert [one.code for one in school.above] == ["east"]
    assert school.office.code == "school"
    assert {one.source for one in school.overrides} == {"decree", "order"}
    assert proposed == ["east", "other", "school"]
