"""Separation of duties: a step that whoever did another one must not do, in any way."""

import uuid
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from tests.drawn import ask, call, line
from tests.integration.house import House
from tests.integration.task_page.clerks import Desks
from workflows import bulk, credentials, duties, people, tasks
from workflows.callers import Caller
from workflows.duties import DoneByAbsent, DoneByOther, DoneBySame
from workflows.model import RasimError
from workflows.store.migrations import versions as migrations
from workflows.store.session import Store
from workflows.store.tables import substitutions, user_tasks

CHECK = ask("check", None, "Check", "not_by=report")


def second(desks: Desks, by: Caller, *steps: str) -> uuid.UUID:
    """The second task of a new case, whose first was done by somebody."""
    case = desks.case(*(steps or (ask("report", None, "Report"), CHECK)))
    first = desks.house.tasks(case)[0]
    with desks.house.store.transaction() as tx:
        tasks.complete(tx, desks.house.world, by, first.id, {})
    return desks.house.tasks(case)[0].id


def done(house: House, by: Caller, task: uuid.UUID) -> None:
    with house.store.transaction() as tx:
        tasks.complete(tx, house.world, by, task, {})


def state(house: House, task: uuid.UUID) -> str:
    with house.store.transaction() as tx:
        admin = house.callers["admin"]
        return tasks.get(tx, house.world, admin, task).state


def absent(desks: Desks, who: Caller, substitute: Caller) -> Caller:
    """The substitute, who stands in from yesterday to tomorrow."""
    today = desks.house.world.clock.now().date()
    day = timedelta(days=1)
    with desks.house.store.transaction() as tx:
        tx.execute(
            sa.insert(substitutions).values(
                user_id=who.user_id,
                substitute_id=substitute.user_id,
                from_on=today - day,
                to_on=today + day,
                created_at=desks.house.world.clock.now(),
                created_by=who.user_id,
            )
        )
        found = people.by_login(tx, substitute.login, desks.house.world.clock)
    assert found is not None
    return found


@pytest.mark.parametrize("act", ["claim", "complete"])
def test_who_did_the_one_step_may_not_do_the_other(desks: Desks, act: str) -> None:
    person, colleague = desks.person(), desks.person()
    task = second(desks, person)
    house = desks.house
    arguments = [{}] if act == "complete" else []

    with pytest.raises(DoneBySame, match="You did the step “Report”") as refused:
        with house.store.transaction() as tx:
            getattr(tasks, act)(tx, house.world, person, task, *arguments)
    with house.store.transaction() as tx:
        getattr(tasks, act)(tx, house.world, colleague, task, *arguments)

    assert "another person must do this" in str(refused.value)
    assert state(house, task) == {"claim": "claimed", "complete": "completed"}[act]


def test_the_rule_binds_whichever_step_comes_second(desks: Desks) -> None:
    person = desks.person()
    task = second(desks, person, CHECK, ask("report", None, "Report"))

    with pytest.raises(DoneBySame, match="“Check”"):
        done(desks.house, person, task)


def test_nobody_gives_the_task_to_them_either(desks: Desks) -> None:
    person, colleague = desks.person(), desks.person()
    task = second(desks, person)
    house = desks.house
    supervisor = house.callers["supervisor"]

    with pytest.raises(DoneByOther), house.store.transaction() as tx:
        tasks.assign(tx, house.world, supervisor, task, person.login)
    with house.store.transaction() as tx:
        tasks.claim(tx, house.world, colleague, task)
        offered = [one.login for one in tasks.candidates(tx, colleague, task)]
    with pytest.raises(DoneByOther), house.store.transaction() as tx:
        tasks.delegate(tx, house.world, colleague, task, person.login)

    assert person.login not in offered
    assert colleague.login in offered


def test_a_supervisor_is_bound_like_everybody(desks: Desks) -> None:
    supervisor = desks.house.callers["supervisor"]
    task = second(desks, supervisor)

    with pytest.raises(DoneBySame):
        done(desks.house, supervisor, task)


def test_who_stands_in_does_not_do_it_for_them(desks: Desks) -> None:
    person = desks.person()
    outside = desks.person(office="050540000155")
    task = second(desks, person)
    substitute = absent(desks, person, outside)

    with pytest.raises(DoneByAbsent, match="for whom you stand in"):
        done(desks.house, substitute, task)


def test_what_was_done_in_somebodys_place_counts_for_both(desks: Desks) -> None:
    person = desks.person()
    outside = desks.person(office="050540000155")
    substitute = absent(desks, person, outside)
    task = second(desks, substitute)
    house = desks.house

    with pytest.raises(DoneBySame):
        done(house, person, task)
    with pytest.raises(DoneBySame):
        done(house, substitute, task)
    with house.store.transaction() as tx:
        before = tx.execute(
            sa.select(user_tasks.c.completed_by, user_tasks.c.completed_for).where(
                user_tasks.c.element_id == "report",
                user_tasks.c.completed_by == substitute.user_id,
            )
        ).one()
    assert before.completed_for == person.user_id


def test_who_has_a_right_of_their_own_uses_it_and_not_the_absent_ones(
    desks: Desks,
) -> None:
    person, colleague = desks.person(), desks.person()
    task = second(desks, person)
    substitute = absent(desks, person, colleague)

    done(desks.house, substitute, task)

    assert state(desks.house, task) == "completed"


def test_the_condition_for_lists_says_the_same(desks: Desks) -> None:
    person, colleague = desks.person(), desks.person()
    task = second(desks, person)
    free = desks.task()

    def barred(*callers: Caller) -> set[uuid.UUID]:
        asked = [one.user_id for one in callers]
        with desks.house.store.transaction() as tx:
            found = tx.scalars(
                sa.select(user_tasks.c.id).where(
                    user_tasks.c.id.in_([task, free]), duties.barred(asked)
                )
            )
            return set(found)

    assert barred(person) == {task}
    assert barred(colleague) == set()
    assert barred(colleague, person) == {task}
    assert barred() == set()


def test_cases_of_before_are_told_who_did_what(desks: Desks, owner: Store) -> None:
    person, absentee = desks.person(), desks.person()
    colleague = absent(desks, absentee, desks.person())
    tasks_of = {second(desks, one): one for one in (person, colleague)}
    free = desks.task()

    def barred_ids() -> dict[uuid.UUID, list[uuid.UUID]]:
        rows = user_tasks.c.id.in_([*tasks_of, free])
        with desks.house.store.transaction() as tx:
            found = tx.execute(
                sa.select(user_tasks.c.id, user_tasks.c.barred_ids).where(rows)
            )
            return {row.id: row.barred_ids for row in found}

    kept = barred_ids()
    filled = Path(migrations.__file__).parent / "0011_barred.sql"
    with owner.transaction() as tx:
        tx.execute(sa.update(user_tasks).values(barred_ids=[]))
        tx.exec_driver_sql(filled.read_text("utf-8"))

    assert barred_ids() == kept
    assert kept[free] == []
    assert {task: by.user_id in kept[task] for task, by in tasks_of.items()} == (
        dict.fromkeys(tasks_of, True)
    )


def test_a_rule_of_a_called_process_is_about_its_own_steps(desks: Desks) -> None:
    key = f"q{uuid.uuid4().hex[:8]}"
    house, person, colleague = desks.house, desks.person(), desks.person()
    house.release(
        a__bpmn=line(key, ask("report", None, "Outer"), call("c", f"{key}in")),
        b__bpmn=line(f"{key}in", ask("report", None, "Inner"), CHECK),
    )
    case = house.start(key)
    for by in (person, colleague):
        done(house, by, house.tasks(case)[0].id)
    (check,) = house.tasks(case)

    with pytest.raises(DoneBySame, match="“Inner”"):
        done(house, colleague, check.id)
    done(house, person, check.id)


def test_the_page_says_which_step_keeps_me_from_it(desks: Desks) -> None:
    person = desks.person()
    task = second(desks, person)
    browser = desks.browser(person)

    page = browser.get(f"/tasks/{task}").text
    answer = browser.post(f"/tasks/{task}", {})

    told = "You did the step “Report” of this case, so another person must do this."
    assert told in page
    assert 'id="task-form"' not in page
    assert answer.status_code == 403
    assert told in answer.text


@pytest.mark.parametrize(
    ("path", "body"), [("claim", None), ("complete", {"variables": {}})]
)
def test_a_program_gets_the_same_sentence(
    desks: Desks, path: str, body: dict[str, object] | None
) -> None:
    person = desks.person()
    task = second(desks, person)
    with desks.house.store.transaction() as tx:
        clock = desks.house.world.clock
        token = credentials.create_token(tx, clock, person.login, valid_for=None)

    answer = desks.app.test_client().post(
        f"/api/v1/tasks/{task}/{path}",
        json=body,
        headers={"Authorization": f"Bearer {token}"},
    )

    assert answer.status_code == 403
    assert answer.json is not None
    assert answer.json["detail"].startswith("You did the step “Report” of this case")


def test_many_at_once_are_completed_only_where_the_drawing_allows_it(
    desks: Desks,
) -> None:
    house, person = desks.house, desks.person()
    free = desks.task(ask("a", None, "Many", "bulk=true"))
    other = desks.task(ask("a", None, "One by one"))
    barred = second(
        desks, person, ask("report"), ask("x", None, "", "not_by=report", "bulk=true")
    )
    nowhere = uuid.uuid4()

    outcomes = bulk.complete(
        house.store, house.world, person, [free, other, barred, nowhere, free], {}
    )

    assert [one.task_id for one in outcomes] == [free, other, barred, nowhere]
    assert [type(one.error).__name__ for one in outcomes] == [
        "NoneType",
        "NotInBulk",
        "DoneBySame",
        "NotFound",
    ]
    assert outcomes[0].row is not None
    assert state(house, other) == "created"


def test_many_are_claimed_given_back_and_assigned_each_by_itself(desks: Desks) -> None:
    house, person, colleague = desks.house, desks.person(), desks.person()
    one, two = desks.task(), desks.task()
    bulk.claim(house.store, house.world, colleague, [two])

    claimed = bulk.claim(house.store, house.world, person, [one, two])
    released = bulk.release(house.store, house.world, person, [one, two])
    supervisor = house.callers["supervisor"]
    given = bulk.assign(house.store, house.world, supervisor, [one, two], person.login)

    assert [outcome.is_done for outcome in claimed] == [True, False]
    assert [outcome.is_done for outcome in released] == [True, False]
    assert [outcome.is_done for outcome in given] == [True, True]
    ids = [uuid.uuid4() for _ in range(bulk.LIMIT + 1)]
    with pytest.raises(RasimError, match="200"):
        bulk.claim(house.store, house.world, person, ids)
