"""Filters under a name: whose they are, who has them too, and what is refused."""

import uuid
from collections.abc import Iterator, Mapping
from datetime import timedelta

import pytest
import sqlalchemy as sa

from tests.integration.conftest import MONDAY, OTHER_SCHOOL, SCHOOL, HeldClock
from workflows import saved_filters
from workflows.callers import Caller
from workflows.model import InputRefused, NotAllowed, NotFound
from workflows.saved_filters import SavedFilter
from workflows.store.session import Store
from workflows.store.tables import saved_filters as rows
from workflows.worklist import WorklistQuery

OVERDUE = WorklistQuery(view="groups", due="overdue", search={"child.name": "Айша"})


class Desk:
    """People who keep filters."""

    def __init__(self, store: Store, callers: Mapping[str, Caller]) -> None:
        self.store, self.callers, self.clock = store, callers, HeldClock()

    def add(
        self, name: str, login: str = "clerk", query: WorklistQuery = OVERDUE
    ) -> uuid.UUID:
        with self.store.transaction() as tx:
            caller = self.callers[login]
            return saved_filters.add(tx, self.clock, caller, name, query).id

    def share(self, filter_id: uuid.UUID, office: str, login: str = "clerk") -> None:
        with self.store.transaction() as tx:
            saved_filters.share(tx, self.callers[login], filter_id, office)

    def listed(self, login: str = "clerk") -> list[SavedFilter]:
        with self.store.transaction() as tx:
            return saved_filters.listed(tx, self.callers[login])

    def names(self, login: str = "clerk") -> list[str]:
        return [one.name for one in self.listed(login)]


@pytest.fixture
def desk(store: Store, callers: Mapping[str, Caller]) -> Iterator[Desk]:
    yield Desk(store, callers)
    with store.transaction() as tx:
        tx.execute(sa.delete(rows))


def test_a_filter_is_kept_as_it_was_saved(desk: Desk) -> None:
    query = WorklistQuery(
        view="mine",
        state="claimed",
        office=SCHOOL,
        due_before=MONDAY,
        due_from=MONDAY - timedelta(days=1),
        breached=True,
        text="әмина",
        search={"child.iin": "1"},
        sort="priority",
    )
    desk.add("Менікі", query=query)

    [kept] = desk.listed()

    assert kept.query == query
    assert (kept.name, kept.is_own, kept.shared_with) == ("Менікі", True, None)


def test_where_somebody_was_in_the_list_is_not_kept(desk: Desk) -> None:
    desk.add("a", query=WorklistQuery(limit=7, cursor="x", instance_id=uuid.uuid4()))

    [kept] = desk.listed()

    assert kept.query == WorklistQuery()


def test_ones_own_are_in_ones_own_order(desk: Desk) -> None:
    ids = [desk.add(name) for name in ("a", "b", "c")]
    with desk.store.transaction() as tx:
        saved_filters.reorder(tx, desk.callers["clerk"], [ids[2], ids[0]])

    assert desk.names() == ["c", "a", "b"]
    assert desk.names("clerk2") == []


def test_what_is_shared_reaches_the_office_and_those_below(desk: Desk) -> None:
    at_school, of_region = desk.add("school"), desk.add("region", "supervisor")
    desk.share(at_school, SCHOOL)
    desk.share(of_region, "region", "supervisor")

    assert desk.names("clerk") == ["school", "region"]
    assert desk.names("clerk2") == ["region", "school"]
    assert desk.names("stranger") == ["region"]
    assert desk.names("supervisor") == ["region"]  # the school's is the school's
    [shared] = [one for one in desk.listed("clerk2") if one.name == "school"]
    assert (shared.is_own, shared.owner_name, shared.shared_with) == (
        False,
        "clerk",
        SCHOOL,
    )


def test_who_shares_belongs_to_the_office_or_supervises_it(desk: Desk) -> None:
    ours, theirs = desk.add("a"), desk.add("b", "supervisor")
    desk.share(theirs, SCHOOL, "supervisor")

    for office in (OTHER_SCHOOL, "region", "nowhere"):
        with pytest.raises(NotFound):
            desk.share(ours, office)
    admins = desk.add("c", "admin")
    desk.share(admins, SCHOOL, "admin")
    portals = desk.add("d", "portal")
    with pytest.raises(NotAllowed):
        desk.share(portals, SCHOOL, "portal")


def test_a_supervisor_takes_a_filter_away_from_an_office(desk: Desk) -> None:
    shared = desk.add("a", "admin")
    desk.share(shared, "region", "admin")
    assert desk.names("clerk") == ["a"]

    for login in ("clerk", "stranger"):
        with desk.store.transaction() as tx, pytest.raises(NotAllowed):
            saved_filters.unshare(tx, desk.callers[login], shared)
    with desk.store.transaction() as tx:
        saved_filters.unshare(tx, desk.callers["supervisor"], shared)

    assert desk.names("clerk") == []
    assert desk.names("admin") == ["a"]


def test_those_of_others_are_not_there(desk: Desk) -> None:
    hidden, shared = desk.add("a"), desk.add("b")
    desk.share(shared, SCHOOL)
    other, clock = desk.callers["clerk2"], desk.clock

    for filter_id in (hidden, shared, uuid.uuid4()):
        with desk.store.transaction() as tx:
            with pytest.raises(NotFound):
                saved_filters.rename(tx, other, filter_id, "mine now")
            with pytest.raises(NotFound):
                saved_filters.delete(tx, other, filter_id)
            with pytest.raises(NotFound):
                saved_filters.share(tx, other, filter_id, SCHOOL)
            with pytest.raises(NotFound):
                saved_filters.reorder(tx, other, [filter_id])
    with desk.store.transaction() as tx:
        for filter_id in (hidden, uuid.uuid4()):
            with pytest.raises(NotFound):
                saved_filters.get(tx, other, filter_id)
            with pytest.raises(NotFound):
                saved_filters.unshare(tx, other, filter_id)
        assert saved_filters.get(tx, other, shared).name == "b"
        copy = saved_filters.add(tx, clock, other, "b", OVERDUE)
    assert copy.is_own


def test_names_are_said_once_and_fifty_are_enough(desk: Desk) -> None:
    first = desk.add("  Мерзімі \0 өткен ")
    assert desk.names() == ["Мерзімі өткен"]

    for name in ("мерзімі өткен", "", " ", "x" * 81):
        with pytest.raises(InputRefused):
            desk.add(name)
    with desk.store.transaction() as tx:
        kept = saved_filters.rename(tx, desk.callers["clerk"], first, "Мерзімі Өткен")
        assert kept.name == "Мерзімі Өткен"
    for number in range(49):
        desk.add(f"filter {number}")
    with pytest.raises(InputRefused):
        desk.add("one more")
    with desk.store.transaction() as tx:
        saved_filters.delete(tx, desk.callers["clerk"], first)
    desk.add("one more")


def test_a_query_that_cannot_be_asked_is_not_saved(desk: Desk) -> None:
    with pytest.raises(InputRefused):
        desk.add("a", query=WorklistQuery(sort="name"))


def test_what_a_later_version_saved_is_read_as_far_as_it_is_known(desk: Desk) -> None:
    saved = desk.add("a")
    with desk.store.transaction() as tx:
        tx.execute(
            sa.update(rows)
            .where(rows.c.id == saved)
            .values(query={"due": "today", "colour": "red"})
        )

    [kept] = desk.listed()

    assert kept.query == WorklistQuery(due="today")
