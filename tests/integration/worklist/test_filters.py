"""The worklist by step, due moment, words and search variables."""

import uuid
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from tests.integration.conftest import MONDAY, OTHER_SCHOOL
from tests.integration.worklist.lists import KEY, OTHER_KEY, Lists
from workflows import tasks
from workflows.model import InputRefused
from workflows.store.tables import user_tasks


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
    assert kept is None


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
