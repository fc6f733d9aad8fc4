"""Two and more clerks on one task: one completion, and a sentence for the others."""

import threading
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from werkzeug.test import TestResponse

from server.auth import SESSION_COOKIE
from tests.integration.task_page.clerks import Browser, Desks
from workflows import instances, tasks
from workflows.people import Caller
from workflows.store import session
from workflows.store.session import Store
from workflows.store.tables import process_instances

CLERKS = 50
ANSWERS = {"why": "because", "how": "somehow"}


def completed(desks: Desks, task: uuid.UUID) -> int:
    """How often the history of the case says that the task was completed."""
    admin = desks.house.callers["admin"]
    with desks.house.store.transaction() as tx:
        row = tasks.get(tx, desks.house.world, admin, task)
    events = desks.house.events(row.instance_id)
    return sum(
        event.type == "task.completed" and (event.detail or {})["task"] == str(task)
        for event in events
    )


def test_fifty_clerks_at_once_complete_a_task_once_and_lose_nothing(
    desks: Desks,
) -> None:
    task = desks.task()
    browsers = [desks.clerk() for _ in range(CLERKS)]
    begin = threading.Barrier(CLERKS)

    def send(number: int) -> TestResponse:
        begin.wait()
        typed = {"why": f"reason {number}", "how": "so"}
        return browsers[number].post(f"/tasks/{task}", typed)

    with ThreadPoolExecutor(CLERKS) as pool:
        answers = list(pool.map(send, range(CLERKS)))

    assert completed(desks, task) == 1
    assert Counter(one.status_code for one in answers) == {302: 1, 409: CLERKS - 1}
    winner = next(n for n, one in enumerate(answers) if one.status_code == 302)
    for number, one in enumerate(answers):
        if number != winner:
            assert f"{browsers[winner].login.title()} completed this task" in one.text
            assert f"reason {number}<" in one.text
            assert "Your answers were not sent" in one.text


def test_a_double_click_leads_twice_to_the_success(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    begin = threading.Barrier(2)

    def click(_: int) -> TestResponse:
        begin.wait()
        return twin(desks, browser).post(f"/tasks/{task}", ANSWERS)

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(click, range(2))

    assert completed(desks, task) == 1
    assert (first.status_code, second.status_code) == (302, 302)
    assert first.location == second.location
    assert "said=completed" in first.location


def twin(desks: Desks, browser: Browser) -> Browser:
    """The same browser, for a request beside its other one."""
    client = desks.app.test_client()
    cookie = browser.client.get_cookie(SESSION_COOKIE)
    assert cookie is not None
    client.set_cookie(SESSION_COOKIE, cookie.value)
    return Browser(browser.login, client, browser.token)


def test_other_answers_after_ones_own_are_told_and_not_taken(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    browser.post(f"/tasks/{task}", ANSWERS)

    answer = browser.post(f"/tasks/{task}", ANSWERS | {"why": "on second thoughts"})

    assert answer.status_code == 409
    assert "You have completed this task already" in answer.text
    assert "on second thoughts" in answer.text
    assert completed(desks, task) == 1


def test_a_stale_tab_hears_who_took_the_task_and_keeps_what_was_typed(
    desks: Desks,
) -> None:
    task, stale, other = desks.task(), desks.clerk(), desks.clerk("gulnara")
    other.post(f"/tasks/{task}/claim")

    answer = stale.post(f"/tasks/{task}", ANSWERS)
    page = stale.get(f"/tasks/{task}").text

    assert answer.status_code == 409
    assert "Gulnara took this task: " in answer.text
    assert "because" in answer.text
    assert "It is kept as your draft" in answer.text
    assert "Gulnara took this task: " in page
    assert "What you typed here was not sent" in page
    assert completed(desks, task) == 0


def test_a_task_that_was_given_says_by_whom(desks: Desks) -> None:
    task, stale = desks.task(), desks.clerk()
    holder = desks.person(login="marat")
    with desks.house.store.transaction() as tx:
        supervisor = desks.house.callers["supervisor"]
        tasks.assign(tx, desks.house.world, supervisor, task, holder.login)

    answer = stale.post(f"/tasks/{task}/claim")

    assert answer.status_code == 409
    assert "Marat has this task: supervisor gave it to them" in answer.text


def test_a_claim_that_comes_second_is_told_by_whom_and_when(desks: Desks) -> None:
    task, first, second = desks.task(), desks.clerk("askar2"), desks.clerk()
    first.post(f"/tasks/{task}/claim")

    answer = second.post(f"/tasks/{task}/claim")

    assert answer.status_code == 409
    assert "Somebody was faster" in answer.text
    assert "Askar2 took this task: today, " in answer.text


def test_a_task_that_the_case_has_canceled_says_so(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    with desks.house.store.transaction() as tx:
        admin = desks.house.callers["admin"]
        row = tasks.get(tx, desks.house.world, admin, task)
        instances.cancel(tx, desks.house.world, admin, row.instance_id, "an error")

    answer = browser.post(f"/tasks/{task}", ANSWERS)

    assert answer.status_code == 409
    assert "The case went another way: this task is not needed any more" in answer.text
    assert "because" in answer.text
    assert "not needed any more" in browser.get(f"/tasks/{task}").text


def test_a_case_that_is_stopped_takes_no_answers_and_keeps_them(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    with desks.house.store.transaction() as tx:
        admin = desks.house.callers["admin"]
        row = tasks.get(tx, desks.house.world, admin, task)
        instances.suspend(tx, desks.house.world, admin, row.instance_id)

    answer = browser.post(f"/tasks/{task}", ANSWERS)

    assert answer.status_code == 409
    assert "stopped for a time" in answer.text
    assert "It is kept as your draft" in answer.text


@pytest.mark.parametrize("path", ["", "/claim", "/release"])
def test_a_task_of_another_office_is_told_to_nobody(desks: Desks, path: str) -> None:
    task = desks.task()
    stranger: Caller = desks.person(office="050540000155")

    answer = desks.browser(stranger).post(f"/tasks/{task}{path}", ANSWERS)

    assert answer.status_code == 404
    assert "Why?" not in answer.text


def test_who_waits_too_long_for_others_is_told_and_may_send_again(
    desks: Desks, monkeypatch: pytest.MonkeyPatch
) -> None:
    task, browser = desks.task(), desks.clerk()
    monkeypatch.setattr(session, "LOCK_TIMEOUT_MS", 200)
    services = desks.app.extensions["rasim"]
    impatient = Store(str(services.settings.database_url))
    monkeypatch.setattr(services.store, "engine", impatient.engine)

    with desks.house.store.engine.connect() as other, other.begin():
        other.execute(process_instances.select().with_for_update())
        answer = browser.post(f"/tasks/{task}", ANSWERS)
    again = browser.post(f"/tasks/{task}", ANSWERS)
    impatient.close()

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert "Others are at work on the same just now" in answer.text
    assert 'name="why" value="because"' in answer.text
    assert (again.status_code, completed(desks, task)) == (302, 1)


def test_a_case_that_a_newer_program_saved_is_no_fault_of_the_reader(
    desks: Desks,
) -> None:
    task, browser = desks.task(), desks.clerk()
    with desks.house.store.transaction() as tx:
        saved = process_instances.update().values(saved='{"v": 99}')
        tx.execute(saved.where(process_instances.c.id == case_of(desks, task)))

    answer = browser.post(f"/tasks/{task}", ANSWERS)

    assert answer.status_code == 503
    assert "A newer program saved this case" in answer.text
    assert 'name="why" value="because"' in answer.text


def case_of(desks: Desks, task: uuid.UUID) -> uuid.UUID:
    with desks.house.store.transaction() as tx:
        admin = desks.house.callers["admin"]
        return tasks.get(tx, desks.house.world, admin, task).instance_id
