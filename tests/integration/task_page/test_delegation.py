"""Tasks that go from hand to hand: handed over, brought back, taken over, undone."""

import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from tests.drawn import ask, line
from tests.integration.task_page.clerks import Desks
from tests.integration.task_page.test_duties import absent
from workflows import credentials, people, tasks
from workflows.callers import Caller
from workflows.duties import DutyRefused
from workflows.history import EventRow
from workflows.model import InputRefused, MoveRefused, NotAllowed, Role
from workflows.store.tables import memberships, user_tasks
from workflows.task_rights import HeldByOther, NoneToReturnTo, Rights
from workflows.task_rows import TaskRow


def act(desks: Desks, name: str, by: Caller, task: uuid.UUID, *told: Any) -> TaskRow:
    with desks.house.store.transaction() as tx:
        done = getattr(tasks, name)(tx, desks.house.world, by, task, *told)
    assert isinstance(done, TaskRow)
    return done


def rights(desks: Desks, of: Caller, task: uuid.UUID) -> Rights:
    with desks.house.store.transaction() as tx:
        return tasks.rights(tx, desks.house.world, of, task)


def last_event(desks: Desks, row: TaskRow) -> EventRow:
    return desks.house.events(row.instance_id)[-1]


def test_a_task_is_handed_over_with_a_note_and_brought_back(desks: Desks) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    act(desks, "claim", holder, task)

    handed = act(desks, "delegate", holder, task, colleague.login, " Please. ")
    told = last_event(desks, handed)
    theirs, mine = rights(desks, colleague, task), rights(desks, holder, task)
    back = act(desks, "bring_back", holder, task)

    assert (handed.state, handed.assignee) == ("claimed", colleague.login)
    assert (told.type, told.actor) == ("task.delegated", holder.login)
    assert told.detail == {
        "task": str(task),
        "note": "Please.",
        "to": colleague.login,
    }
    assert theirs.refusal is None
    assert (theirs.may_delegate, theirs.may_bring_back) == (True, False)
    assert isinstance(mine.refusal, HeldByOther)
    assert (mine.may_bring_back, mine.may_release) == (True, False)
    assert back.assignee == holder.login
    assert last_event(desks, back).type == "task.brought_back"


def test_only_who_has_a_task_hands_it_over_and_only_to_who_may_do_it(
    desks: Desks,
) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    stranger = desks.person(office="050540000155")
    applicant = desks.person(Role.APPLICANT)

    with pytest.raises(NotAllowed):
        act(desks, "delegate", holder, task, colleague.login)
    act(desks, "claim", holder, task)
    with pytest.raises(NotAllowed):
        act(desks, "delegate", colleague, task, colleague.login)
    for nobody in (stranger.login, applicant.login, "no-such", holder.login):
        with pytest.raises(InputRefused):
            act(desks, "delegate", holder, task, nobody)
    with pytest.raises(InputRefused):
        act(desks, "delegate", holder, task, colleague.login, "x" * 501)


def test_a_note_of_many_lines_is_as_long_as_its_browser_says(desks: Desks) -> None:
    """A browser counts the end of a line once, and sends two characters for it."""
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    act(desks, "claim", holder, task)
    written = "\n".join(["ә"] * 250)  # 499 letters of the 500

    sent = written.replace("\n", "\r\n")
    handed = act(desks, "delegate", holder, task, colleague.login, sent)

    assert last_event(desks, handed).detail["note"] == written


def test_what_was_not_handed_over_is_not_brought_back(desks: Desks) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    act(desks, "claim", holder, task)

    with pytest.raises(MoveRefused):
        act(desks, "bring_back", holder, task)
    act(desks, "delegate", holder, task, colleague.login)
    with pytest.raises(NotAllowed):
        act(desks, "bring_back", colleague, task)
    act(desks, "complete", colleague, task, {"why": "a", "how": "b"})
    with pytest.raises(MoveRefused):
        act(desks, "bring_back", holder, task)


def test_a_supervisor_brings_back_and_a_new_holder_ends_it(desks: Desks) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    supervisor = desks.house.callers["supervisor"]
    act(desks, "claim", holder, task)
    act(desks, "delegate", holder, task, colleague.login)

    back = act(desks, "bring_back", supervisor, task)
    act(desks, "delegate", holder, task, colleague.login)
    act(desks, "assign", supervisor, task, colleague.login)

    assert back.assignee == holder.login
    with pytest.raises(MoveRefused):
        act(desks, "bring_back", holder, task)


def test_it_is_not_brought_back_to_who_may_not_do_it_any_more(desks: Desks) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    supervisor = desks.house.callers["supervisor"]
    act(desks, "claim", holder, task)
    act(desks, "delegate", holder, task, colleague.login)
    browser = desks.browser(holder)
    with desks.house.store.transaction() as tx:
        place = holder.memberships[0].office_code
        people.add_membership(tx, login=holder.login, role=Role.DESIGNER, office=place)
        tx.execute(
            sa.delete(memberships).where(
                memberships.c.user_id == holder.user_id,
                memberships.c.role == Role.CLERK,
            )
        )

    with pytest.raises(NoneToReturnTo, match="may not do this task any more"):
        act(desks, "bring_back", supervisor, task)
    boss = desks.browser(desks.person(Role.SUPERVISOR, office="region"))
    refused = boss.post(f"/tasks/{task}/bring-back")
    own = browser.post(f"/tasks/{task}/bring-back")

    assert refused.status_code == 409
    assert "The task cannot be brought back" in refused.text
    assert f"{holder.name} may not do this task any more" in refused.text
    assert own.status_code == 403
    assert act(desks, "release", supervisor, task).assignee is None


def test_it_is_not_brought_back_to_who_did_the_other_step(desks: Desks) -> None:
    holder, colleague = desks.person(), desks.person()
    house, key = desks.house, f"p{uuid.uuid4().hex[:8]}"
    steps = (ask("a", None, "Do"), ask("b", None, "Check", "not_by=a"))
    house.release(a__bpmn=line(key, *steps))
    case = house.start(key)
    supervisor = house.callers["supervisor"]
    (first,) = house.tasks(case)
    act(desks, "claim", holder, first.id)
    act(desks, "complete", holder, first.id, {})
    second = house.tasks(case)[-1].id
    act(desks, "assign", supervisor, second, colleague.login)
    with house.store.transaction() as tx:  # as it would be after a rule was tightened
        tx.execute(
            sa.update(user_tasks)
            .where(user_tasks.c.id == second)
            .values(delegated_by_id=holder.user_id)
        )

    with pytest.raises(DutyRefused):
        act(desks, "bring_back", supervisor, second)


@pytest.mark.parametrize("name", ["claim", "release", "complete"])
def test_who_stands_in_works_on_what_the_absent_one_has(
    desks: Desks, name: str
) -> None:
    holder, colleague = desks.person(), desks.person()
    task = desks.task()
    act(desks, "claim", holder, task)
    told = [{"why": "a", "how": "b"}] if name == "complete" else []

    with pytest.raises((HeldByOther, NotAllowed)):
        act(desks, name, colleague, task, *told)
    substitute = absent(desks, holder, colleague)
    done = act(desks, name, substitute, task, *told)

    events = desks.house.events(done.instance_id)
    (event,) = (
        one
        for one in events
        if one.actor == colleague.login and one.type.startswith("task.")
        if one.type != "task.created"
    )
    assert event.detail is not None
    assert event.detail["for"] == holder.login
    if name == "claim":
        assert done.assignee == colleague.login


def test_who_claims_undoes_it_from_the_notice(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()

    claimed = browser.post(f"/tasks/{task}/claim")
    page = browser.get(claimed.location).text
    browser.post(f"/tasks/{task}/release")

    assert "The task is yours now." in page
    assert "Undo" in page
    assert "This task is free." in browser.get(f"/tasks/{task}").text


def test_the_pages_of_handing_over_offer_search_and_refuse_in_place(
    desks: Desks,
) -> None:
    task, holder = desks.task(), desks.person()
    desks.person(login="zhanar"), desks.person(login="dana")
    browser = desks.browser(holder)
    assert browser.get(f"/tasks/{task}/people").status_code == 403
    browser.post(f"/tasks/{task}/claim")

    everybody = browser.get(f"/tasks/{task}/people").text
    found = browser.get(f"/tasks/{task}/people?q=zhan").text
    nobody = browser.get(f"/tasks/{task}/people?q=xyz").text
    nothing = browser.post(f"/tasks/{task}/delegate", {})
    wrong = browser.post(f"/tasks/{task}/delegate", {"person": "stranger"})
    handed = browser.post(
        f"/tasks/{task}/delegate", {"person": "zhanar", "note": "Please look."}
    )
    page = browser.get(handed.location).text

    assert 'value="zhanar"' in everybody
    assert 'value="dana"' in everybody
    assert f'value="{holder.login}"' not in everybody
    assert 'value="zhanar"' in found
    assert 'value="dana"' not in found
    assert "Nobody is found" in nobody
    assert (nothing.status_code, wrong.status_code) == (422, 422)
    assert "Choose a person." in nothing.text
    assert "cannot be given the task" in wrong.text
    assert "Zhanar has the task now." in page
    assert f"Bring back to {holder.name}" in page
    assert "Please look." in page
    assert browser.post(f"/tasks/{task}/bring-back").status_code == 302
    assert 'id="task-form"' in browser.get(f"/tasks/{task}").text


def test_a_supervisor_assigns_from_the_page(desks: Desks) -> None:
    task, clerk = desks.task(), desks.person()
    boss = desks.browser(desks.person(Role.SUPERVISOR, office="region"))

    page = boss.get(f"/tasks/{task}").text
    assigned = boss.post(f"/tasks/{task}/assign", {"person": clerk.login})

    assert "Assign to somebody" in page
    assert assigned.status_code == 302
    assert rights(desks, clerk, task).may_release
    refused = desks.clerk().post(f"/tasks/{task}/assign", {"person": clerk.login})
    assert refused.status_code == 403


def test_programs_hand_over_and_bring_back_too(desks: Desks) -> None:
    holder, colleague, task = desks.person(), desks.person(), desks.task()
    act(desks, "claim", holder, task)
    with desks.house.store.transaction() as tx:
        clock = desks.house.world.clock
        token = credentials.create_token(tx, clock, holder.login, valid_for=None)
    headers = {"Authorization": f"Bearer {token}"}
    client, path = desks.app.test_client(), f"/api/v1/tasks/{task}"

    told = {"assignee": colleague.login, "note": "Please."}
    handed = client.post(f"{path}/delegate", json=told, headers=headers)
    back = client.post(f"{path}/bring-back", headers=headers)
    again = client.post(f"{path}/bring-back", headers=headers)

    assert handed.json is not None
    assert back.json is not None
    assert handed.json["assignee"] == colleague.login
    assert back.json["assignee"] == holder.login
    assert again.status_code == 409
