"""The worklist asked in every way: who sees what, in which order, and how many."""

import uuid
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from server import bootstrap
from tests.integration.conftest import MONDAY, OTHER_SCHOOL, SCHOOL, HeldClock
from tests.integration.house import House
from tests.load.worklist_drawings import KEYS, files
from workflows import deployments, instances, listing, tasks, worklist
from workflows.callers import Caller, StandIn
from workflows.model import InputRefused, NotFound, Role
from workflows.store.session import Store
from workflows.store.tables import user_tasks
from workflows.task_rows import TaskRow
from workflows.worklist import Count, WorklistQuery
from workflows.worklist_statements import SORTS
from workflows.world import World

KEY, OTHER_KEY = KEYS[0], KEYS[1]
ASKED_LATER = timedelta(hours=1)


@dataclass
class Lists(House):
    """Cases of the bench's procedures, and the lists in which they are."""

    clock: HeldClock

    def begin(
        self,
        name: str = "Айша Қасымова",
        *,
        key: str = KEY,
        office: str = SCHOOL,
        due: timedelta | None = None,
        **changed: Any,
    ) -> uuid.UUID:
        """A case at its first step; the id of its task."""
        number = f"A-2026-{uuid.uuid4().hex[:8].upper()}"
        variables = {
            "application": {"number": number, "language": "kk", "channel": "egov"},
            "child": {"iin": "150101500011", "name": name},
            "applicant": {"iin": "850101400022"},
            "school": {"bin": office},
        }
        with self.store.transaction() as tx:
            case = self._start(tx, key, number, office, variables)
            [task_id] = tx.scalars(
                sa.select(user_tasks.c.id).where(user_tasks.c.instance_id == case)
            )
            at = None if due is None else self.clock.now() + due
            values = {"sort_at": at, "deadline_at": at, **changed}
            tx.execute(
                sa.update(user_tasks).where(user_tasks.c.id == task_id).values(**values)
            )
        return uuid.UUID(str(task_id))

    def _start(
        self,
        tx: sa.Connection,
        key: str,
        number: str,
        office: str,
        variables: Mapping[str, Any],
    ) -> uuid.UUID:
        return instances.start(
            tx,
            self.world,
            self.callers["portal"],
            process_key=key,
            variables=variables,
            business_key=number,
            office=office,
        ).id

    def found(self, login: str = "clerk", **asked: Any) -> list[uuid.UUID]:
        return [one.id for one in self.rows(login, **asked)]

    def rows(self, login: str = "clerk", **asked: Any) -> list[TaskRow]:
        with self.store.transaction() as tx:
            query = WorklistQuery(**asked)
            return worklist.page(tx, self.world, self.callers[login], query).items

    def counts(self, login: str, *queries: WorklistQuery) -> list[Count]:
        with self.store.transaction() as tx:
            return worklist.counts(tx, self.world, self.callers[login], queries)

    def next(self, login: str = "clerk", **asked: Any) -> uuid.UUID | None:
        with self.store.transaction() as tx:
            query = WorklistQuery(**asked)
            row = worklist.next_task(tx, self.world, self.callers[login], query)
            return row and row.id

    def act(self, what: Any, task_id: uuid.UUID, login: str, *more: Any) -> None:
        with self.store.transaction() as tx:
            what(tx, self.world, self.callers[login], task_id, *more)


@pytest.fixture(scope="module")
def released(store: Store) -> None:
    house = House(store, World(HeldClock(), bootstrap.queue_of), {})
    for release in files().values():
        with store.transaction() as tx:
            deployments.release(tx, house.world, None, release)


@pytest.fixture
def lists(
    store: Store,
    world: World,
    clock: HeldClock,
    callers: Mapping[str, Caller],
    released: None,
) -> Iterator[Lists]:
    yield Lists(store, world, callers, clock)
    with store.transaction() as tx:  # each test begins with an empty worklist
        tx.execute(
            sa.update(user_tasks)
            .where(user_tasks.c.state.in_(["created", "claimed"]))
            .values(state="canceled", ended_at=MONDAY)
        )


# --- what is shown ------------------------------------------------------------------


def test_what_is_due_first_comes_first_and_what_is_not_due_last(lists: Lists) -> None:
    never, late, soon = (
        lists.begin(due=None),
        lists.begin(due=timedelta(days=-2)),
        lists.begin(due=timedelta(days=1)),
    )

    assert lists.found() == [late, soon, never]
    assert lists.found(sort="-deadline_at") == [never, soon, late]
    assert lists.found(sort="-created_at", limit=200)[0] in (never, late, soon)


def test_a_school_sees_its_own_and_a_region_both(lists: Lists) -> None:
    ours, theirs = lists.begin(), lists.begin(office=OTHER_SCHOOL)

    assert lists.found("clerk") == [ours]
    assert lists.found("stranger") == [theirs]
    assert set(lists.found("supervisor")) == {ours, theirs}
    assert set(lists.found("admin")) == {ours, theirs}


def test_an_office_stands_for_all_below_it(lists: Lists) -> None:
    ours, theirs = lists.begin(), lists.begin(office=OTHER_SCHOOL)

    assert lists.found("admin", office=SCHOOL) == [ours]
    assert lists.found("supervisor", office=OTHER_SCHOOL) == [theirs]
    assert set(lists.found("admin", office="region")) == {ours, theirs}


def test_an_office_that_is_not_seen_is_not_known(lists: Lists) -> None:
    for office in (OTHER_SCHOOL, "region", "nowhere"):
        with pytest.raises(NotFound):
            lists.found("clerk", office=office)


def test_my_groups_are_what_my_roles_and_my_name_may_do(lists: Lists) -> None:
    ours = lists.begin()
    bosses = lists.begin(candidate_groups=["supervisor"])
    named = lists.begin(candidate_groups=["supervisor"], candidate_users=["clerk"])
    anybody = lists.begin(candidate_groups=[])

    assert set(lists.found("clerk", view="groups")) == {ours, named, anybody}
    assert set(lists.found("supervisor", view="groups")) == {bosses, named, anybody}
    assert set(lists.found("clerk")) == {ours, bosses, named, anybody}


def test_a_role_of_one_office_does_not_count_at_another(lists: Lists) -> None:
    both = replace(
        lists.callers["clerk"],
        memberships=(
            *lists.callers["clerk"].memberships,
            *(
                replace(one, role=Role.SUPERVISOR)
                for one in lists.callers["stranger"].memberships
            ),
        ),
    )
    lists.callers = {**lists.callers, "both": both}
    ours = lists.begin()
    lists.begin(candidate_groups=["supervisor"])
    lists.begin(office=OTHER_SCHOOL)
    bosses = lists.begin(office=OTHER_SCHOOL, candidate_groups=["supervisor"])

    assert set(lists.found("both", view="groups")) == {ours, bosses}
    assert len(lists.found("both")) == 4


def test_the_root_and_a_school_each_count_with_their_roles(lists: Lists) -> None:
    admin, clerk = lists.callers["admin"], lists.callers["clerk"]
    both = replace(admin, memberships=(*admin.memberships, *clerk.memberships))
    lists.callers = {**lists.callers, "both": both}
    ours, _ = lists.begin(), lists.begin(office=OTHER_SCHOOL)

    assert lists.found("both", view="groups") == [ours]
    assert [one.number for one in lists.counts("both", WorklistQuery())] == [2]


def test_mine_is_what_i_have_and_those_i_stand_in_for(lists: Lists) -> None:
    mine, theirs, _ = lists.begin(), lists.begin(), lists.begin()
    lists.act(tasks.claim, mine, "clerk")
    lists.act(tasks.claim, theirs, "clerk2")
    absent = lists.callers["clerk2"]
    stand_in = StandIn(absent.user_id, absent.login, absent.name)
    clerk = replace(lists.callers["clerk"], stands_in_for=(stand_in,))
    lists.callers = {**lists.callers, "substitute": clerk}

    assert lists.found("clerk", view="mine") == [mine]
    assert set(lists.found("substitute", view="mine")) == {mine, theirs}
    assert lists.found("clerk", assignee="clerk2") == [theirs]
    assert lists.found("clerk", free=True) != lists.found("clerk")


def test_who_did_a_step_does_not_find_the_one_they_must_not_do(lists: Lists) -> None:
    task = lists.begin()
    lists.act(tasks.complete, task, "clerk", {})
    [row] = lists.rows()
    with lists.store.transaction() as tx:
        tx.execute(
            sa.update(user_tasks)
            .where(user_tasks.c.id == row.id)
            .values(not_by=["receive"])
        )

    assert lists.found("clerk", view="groups") == []
    assert lists.next("clerk") is None
    assert lists.found("clerk2", view="groups") == [row.id]
    assert lists.found("clerk") == [row.id]


def test_done_is_what_ended_last_first(lists: Lists) -> None:
    first, second = lists.begin(), lists.begin()
    lists.clock.advance(hours=1)
    lists.act(tasks.complete, first, "clerk", {})
    lists.clock.advance(hours=1)
    lists.act(tasks.complete, second, "clerk2", {})

    asked = {"state": "completed", "sort": "-ended_at"}

    assert lists.found("clerk", **asked)[:2] == [second, first]
    assert lists.found("supervisor", **asked)[:2] == [second, first]
    assert lists.found("clerk", view="mine", **asked)[0] == first
    assert second not in lists.found("clerk", view="mine", limit=200, **asked)


# --- filters ------------------------------------------------------------------------


def test_procedure_step_group_and_case(lists: Lists) -> None:
    first, other = lists.begin(), lists.begin(key=OTHER_KEY)
    lists.act(tasks.complete, other, "clerk", {})
    [checked] = lists.rows(process_key=OTHER_KEY)

    assert lists.found(process_key=KEY) == [first]
    assert lists.found(element_id="receive") == [first]
    assert lists.found(element_id="check") == [checked.id]
    assert lists.found(process_key=KEY, element_id="check") == []
    assert lists.found(candidate_group="supervisor") == []
    assert lists.found(instance_id=checked.instance_id) == [checked.id]


def test_due_moments_are_days_of_the_country(lists: Lists) -> None:
    # It is Monday, 10:00 in Almaty.
    late = lists.begin(due=timedelta(minutes=-1))
    today = lists.begin(due=timedelta(hours=13))
    tomorrow = lists.begin(due=timedelta(hours=15))
    third = lists.begin(due=timedelta(days=2, hours=13))
    friday = lists.begin(due=timedelta(days=4))
    lists.begin(due=timedelta(days=7))
    never = lists.begin(due=None)

    assert lists.found(due="overdue") == [late]
    assert lists.found(due="today") == [today]
    assert lists.found(due="three_days") == [today, tomorrow, third]
    assert lists.found(due="week") == [today, tomorrow, third, friday]
    assert lists.found(due="none") == [never]
    assert lists.found(due_before=MONDAY) == [late]
    assert lists.found(due_from=MONDAY, due_before=MONDAY + timedelta(days=1)) == [
        today,
        tomorrow,
    ]


def test_a_breach_is_of_the_law_and_not_of_the_drawing(lists: Lists) -> None:
    breached = lists.begin(due=timedelta(days=-1))
    lists.begin(due=timedelta(days=-1), deadline_at=None)

    assert lists.found(breached=True) == [breached]
    assert len(lists.found(due="overdue")) == 2


@pytest.mark.parametrize(
    "text", ["қасым", "ҚАСЫМОВА айша", "Әмі", "2026", "150101500011", "ӘМІНА=қасымова"]
)
def test_words_are_found_by_their_beginning(lists: Lists, text: str) -> None:
    found = lists.begin("Айша Әміна ҚАСЫМОВА")
    lists.begin("Олжас Серіков", office=OTHER_SCHOOL)

    assert lists.found(text=text) == [found]


@pytest.mark.parametrize("text", ["асымова", "айш олжас", "Ай", "№", "'", "\\", "a:*"])
def test_other_words_find_nothing(lists: Lists, text: str) -> None:
    lists.begin("Айша Қасымова")

    assert lists.found(text=text) == []


def test_a_number_is_found_by_its_end_and_a_case_that_is_over_by_the_whole(
    lists: Lists,
) -> None:
    task = lists.begin()
    [row] = lists.rows()
    number = row.business_key or ""

    assert lists.found(text=number.lower()) == [task]
    assert lists.found(text=number[-8:]) == [task]

    lists.act(tasks.complete, task, "clerk", {})

    assert lists.found(text=number.lower(), state="completed") == [task]
    assert lists.found(text="қасымова", state="completed") == []
    assert len(lists.found(text=number, state="any")) == 2


def test_search_variables_are_asked_by_whole_words(lists: Lists) -> None:
    task = lists.begin("Айша Қасымова")

    def found(**values: str) -> list[uuid.UUID]:
        search = {name.replace("__", "."): value for name, value in values.items()}
        return lists.found(search=search)

    assert found(child__name="ҚАСЫМОВА") == [task]
    assert found(child__name="айша қасымова", child__iin="150101500011") == [task]
    assert found(child__name="қасым") == []
    assert found(applicant__iin="150101500011") == []
    assert found(child__name="Айша Серікова") == []


def test_what_is_found_follows_the_variables_of_the_case(lists: Lists) -> None:
    lists.begin("Айша Қасымова")
    task = lists.found()[0]
    child = {"iin": "150101500011", "name": "Айша Өтегенова"}
    lists.act(tasks.complete, task, "clerk", {"child": child})

    assert len(lists.found(search={"child.name": "өтегенова"})) == 1
    assert lists.found(search={"child.name": "қасымова"}) == []


def test_open_tasks_beside_the_one_that_changes_a_variable_follow_too(
    lists: Lists,
) -> None:
    task = lists.begin("Айша Қасымова")
    [row] = lists.rows()
    with lists.store.transaction() as tx:
        found = tx.execute(sa.select(user_tasks).where(user_tasks.c.id == task)).one()
        beside = dict(found._mapping) | {"id": uuid.uuid4(), "element_id": "ask"}
        tx.execute(sa.insert(user_tasks).values(**beside))
    child = {"iin": "150101500011", "name": "Айша Өтегенова"}
    lists.act(tasks.complete, row.id, "clerk", {"child": child})

    assert len(lists.found(search={"child.name": "өтегенова"})) == 2


def test_a_task_that_is_over_keeps_no_words_of_its_case(lists: Lists) -> None:
    task = lists.begin()
    lists.act(tasks.complete, task, "clerk", {})

    with lists.store.transaction() as tx:
        kept = tx.scalar(sa.select(user_tasks.c.search).where(user_tasks.c.id == task))
    assert kept == []


@pytest.mark.parametrize(
    ("field", "asked"),
    [
        ("sort", {"sort": "name"}),
        ("view", {"view": "ours"}),
        ("due", {"due": "soon"}),
        ("limit", {"limit": 0}),
        ("limit", {"limit": 201}),
        ("text", {"text": "x" * 201}),
        ("child.name", {"search": {"child.name": "x" * 201}}),
        ("cursor", {"cursor": "nonsense"}),
    ],
)
def test_what_cannot_be_asked_is_named(
    lists: Lists, field: str, asked: dict[str, Any]
) -> None:
    with pytest.raises(InputRefused) as error:
        lists.found(**asked)

    assert error.value.field == field


# --- pages and numbers --------------------------------------------------------------


@pytest.mark.parametrize("sort", [*SORTS])
@pytest.mark.parametrize("login", ["clerk", "admin"])
def test_pages_have_every_task_once_though_others_go_meanwhile(
    lists: Lists, sort: str, login: str
) -> None:
    same = timedelta(days=1)
    made = {lists.begin(due=due) for due in (same, same, same, None, None, -same)}
    if sort.endswith("ended_at"):
        for one in made:
            lists.act(tasks.complete, one, "clerk", {})
    state = "completed" if sort.endswith("ended_at") else None
    seen: list[uuid.UUID] = []
    cursor = None
    while True:
        with lists.store.transaction() as tx:
            query = WorklistQuery(sort=sort, limit=2, cursor=cursor, state=state)
            page = worklist.page(tx, lists.world, lists.callers[login], query)
        seen += [one.id for one in page.items]
        if len(seen) == 2 and state is None:  # one of them goes; the next stay in place
            lists.act(tasks.complete, seen[0], "clerk", {})
        cursor = page.next_cursor
        if cursor is None:
            break

    assert made <= set(seen)
    assert len(seen) == len(set(seen))


def test_totals_and_counts_say_where_they_stop(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TOTAL_CAP", 3)
    for number in range(5):
        lists.begin(due=timedelta(days=1), priority=80 if number < 2 else 50)

    for login in ("clerk", "supervisor", "admin"):
        with lists.store.transaction() as tx:
            caller, query = lists.callers[login], WorklistQuery(limit=2)
            page = worklist.page(tx, lists.world, caller, query)
        assert (page.total, page.total_is_capped) == (3, True)
        assert lists.counts(
            login,
            WorklistQuery(),
            WorklistQuery(due="overdue"),
            WorklistQuery(office=SCHOOL),
            WorklistQuery(text="қасымова"),
        ) == [Count(3, True), Count(0, False), Count(3, True), Count(3, True)]
    assert lists.counts("clerk") == []


def test_who_belongs_nowhere_sees_nothing(lists: Lists) -> None:
    lists.begin()
    nobody = replace(lists.callers["clerk"], memberships=())
    lists.callers = {**lists.callers, "nobody": nobody}

    for view in worklist.VIEWS:
        assert lists.found("nobody", view=view) == []
    assert lists.next("nobody") is None


# --- the next task ------------------------------------------------------------------


def test_the_next_task_is_the_most_urgent_that_is_free_and_asked_for(
    lists: Lists,
) -> None:
    late, soon = lists.begin(due=-ASKED_LATER), lists.begin(due=ASKED_LATER)
    lists.begin(candidate_groups=["supervisor"], due=-2 * ASKED_LATER)
    lists.begin(office=OTHER_SCHOOL, due=-2 * ASKED_LATER)
    other = lists.begin(key=OTHER_KEY, due=2 * ASKED_LATER)

    first = lists.next("clerk")
    by_filter = lists.next("clerk2", process_key=OTHER_KEY)
    second = lists.next("clerk2")

    assert (first, by_filter, second) == (late, other, soon)
    assert [one.assignee for one in lists.rows(state="claimed")] == [
        "clerk",
        "clerk2",
        "clerk2",
    ]
    assert lists.next("clerk") is None


def test_a_case_that_somebody_works_on_is_passed_over_and_not_waited_for(
    lists: Lists,
) -> None:
    first, second = lists.begin(due=-ASKED_LATER), lists.begin(due=ASKED_LATER)

    with lists.store.transaction() as tx:
        tasks.claim(tx, lists.world, lists.callers["clerk2"], first)
        found = lists.next("clerk")

    assert found == second


def test_twenty_who_ask_at_once_get_twenty_tasks(lists: Lists) -> None:
    wanted = [lists.begin(due=timedelta(minutes=number)) for number in range(25)]

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda _: lists.next("clerk"), range(20)))

    ids = {one for one in taken if one is not None}
    assert len(ids) == 20
    assert set(wanted[:12]) <= ids  # at most eight were being taken at any moment
    assert ids <= set(wanted)


def test_more_than_are_tried_at_once_that_are_not_ours_do_not_hide_ours(
    lists: Lists, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(worklist, "TRIED_AT_ONCE", 2)
    held = [lists.begin(due=timedelta(minutes=number)) for number in range(5)]
    last = lists.begin(due=ASKED_LATER * 2)

    with lists.store.transaction() as tx:
        for one in held:
            tasks.claim(tx, lists.world, lists.callers["clerk2"], one)
        found = lists.next("clerk")

    assert found == last
