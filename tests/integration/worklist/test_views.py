"""The worklist asked in every way: who sees what, in which order, and how many."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.integration.conftest import OTHER_SCHOOL, SCHOOL
from tests.integration.worklist.lists import ASKED_LATER, OTHER_KEY, Lists
from workflows import duties, listing, tasks, worklist
from workflows.callers import StandIn
from workflows.model import NotFound, Role
from workflows.store.tables import user_tasks
from workflows.worklist import Count, WorklistQuery
from workflows.worklist_statements import SORTS, Rarity

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
        duties.remember(tx, row.instance_id)

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


def test_a_count_at_an_office_that_is_not_seen_is_nothing(lists: Lists) -> None:
    lists.begin(office=OTHER_SCHOOL)
    unseen = WorklistQuery(office=OTHER_SCHOOL)

    assert lists.counts("clerk", unseen, replace(unseen, text="айша")) == [
        Count(0, False),
        Count(0, False),
    ]
    assert lists.counts("supervisor", unseen) == [Count(1, False)]


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


@pytest.mark.parametrize("by_words", [True, False])
@pytest.mark.parametrize("login", ["clerk", "supervisor", "admin"])
def test_words_find_the_same_pages_whichever_index_is_read(
    lists: Lists, monkeypatch: pytest.MonkeyPatch, login: str, by_words: bool
) -> None:
    for name in ("is_counted_by_words", "is_read_by_words"):
        monkeypatch.setattr(Rarity, name, lambda *_: by_words)
    made = [lists.begin(due=timedelta(days=n)) for n in (3, 1, 2)]
    wanted = WorklistQuery(text="қасымова", limit=2)
    with lists.store.transaction() as tx:
        first = worklist.page(tx, lists.world, lists.callers[login], wanted)
        further = replace(wanted, cursor=first.next_cursor)
        second = worklist.page(tx, lists.world, lists.callers[login], further)
        none = worklist.page(
            tx, lists.world, lists.callers[login], WorklistQuery(text="ешкім")
        )

    found = [one.id for one in (*first.items, *second.items)]
    assert found == [made[1], made[2], made[0]]
    assert (first.total, second.total, none.total) == (3, 3, 0)
