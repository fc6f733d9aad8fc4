"""Drafts: what was typed is found again, and is nobody else's."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from io import BytesIO

import pytest
import sqlalchemy as sa

from server.auth import SESSION_COOKIE
from tests import document_files
from tests.integration.task_page.clerks import OWN_PAGE, Desks
from workflows import drafts, tasks
from workflows.store import pruning
from workflows.store.tables import drafts as draft_rows
from workflows.store.tables import sent_answers, user_tasks


def kept(desks: Desks, task: uuid.UUID) -> list[dict[str, list[str]]]:
    with desks.house.store.transaction() as tx:
        found = tx.scalars(
            sa.select(draft_rows.c.fields).where(draft_rows.c.task_id == task)
        )
        return list(found)


def test_what_was_typed_is_there_in_another_browser_of_the_same_person(
    desks: Desks,
) -> None:
    task, person = desks.task(), desks.person()

    saved = desks.browser(person).draft(task, why="because <of>", other="x")
    page = desks.browser(person).get(f"/tasks/{task}").text

    assert saved.status_code == 200
    assert saved.json is not None
    assert saved.json["said"].startswith("Saved ")
    assert kept(desks, task) == [{"why": ["because <of>"]}]
    assert 'value="because &lt;of&gt;"' in page
    assert "A draft is shown" in page


def test_a_draft_is_of_one_person(desks: Desks) -> None:
    task = desks.task()
    desks.clerk().draft(task, why="mine alone")

    page = desks.clerk().get(f"/tasks/{task}").text

    assert "mine alone" not in page
    assert "A draft is shown" not in page


def test_the_last_of_several_drafts_counts_and_is_thrown_away_once(
    desks: Desks,
) -> None:
    task, browser = desks.task(), desks.clerk()
    for text in ("first words", "other words"):
        browser.draft(task, why=text)

    assert kept(desks, task) == [{"why": ["other words"]}]
    discarded = browser.post(f"/tasks/{task}/draft/discard")
    assert discarded.status_code == 302
    assert kept(desks, task) == []
    assert "other words" not in browser.get(f"/tasks/{task}").text


def test_without_scripts_a_button_saves_and_comes_back(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()

    answer = browser.post(f"/tasks/{task}/draft", {"why": "by the button"})
    page = browser.get(answer.location).text

    assert answer.status_code == 302
    assert "What you typed is saved" in page
    assert 'value="by the button"' in page


def test_a_draft_ends_with_the_completion_and_a_late_one_is_not_kept(
    desks: Desks,
) -> None:
    task, browser = desks.task(), desks.clerk()
    browser.draft(task, why="typed", how="typed")

    done = browser.post(f"/tasks/{task}", {"why": "typed", "how": "typed"})
    late = browser.draft(task, why="typed", how="typed")

    assert done.status_code == 302
    assert late.status_code == 200
    assert kept(desks, task) == []


def test_a_draft_outlives_that_somebody_else_was_faster(desks: Desks) -> None:
    task, slow, fast = desks.task(), desks.clerk(), desks.clerk()
    slow.draft(task, why="half a sentence")
    fast.post(f"/tasks/{task}", {"why": "done", "how": "done"})

    page = slow.get(f"/tasks/{task}").text

    assert "What you typed here was not sent" in page
    assert "half a sentence" in page
    late = slow.draft(task, why="and the rest")
    assert late.status_code == 409
    assert late.json is not None
    assert "The task is over: these answers cannot be sent." in late.json["said"]
    pressed = slow.post(f"/tasks/{task}/draft", {"why": "by the button"})
    assert pressed.status_code == 409
    assert "completed this task" in pressed.text
    assert "It is kept as your draft" in pressed.text
    assert "by the button" in slow.get(f"/tasks/{task}").text
    slow.post(f"/tasks/{task}/draft/discard")
    assert "half a sentence" not in slow.get(f"/tasks/{task}").text


def test_answers_that_need_mending_are_kept_too(desks: Desks) -> None:
    task, person = desks.task(), desks.person()

    answer = desks.browser(person).post(f"/tasks/{task}", {"why": "only one"})

    assert answer.status_code == 422
    assert 'value="only one"' in desks.browser(person).get(f"/tasks/{task}").text


def test_who_may_not_work_on_the_task_keeps_no_draft(desks: Desks) -> None:
    task = desks.task()
    stranger = desks.browser(desks.person(office="050540000155"))

    assert stranger.draft(task, why="x").status_code == 422
    assert stranger.post(f"/tasks/{task}/draft", {"why": "x"}).status_code == 404
    assert kept(desks, task) == []


def test_a_draft_has_a_limit(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()

    answer = browser.draft(task, why="ә" * (drafts.MOST_BYTES // 2 + 1))

    assert answer.status_code == 422
    assert answer.json is not None
    assert "too long" in answer.json["said"]
    assert kept(desks, task) == []


def test_a_letter_that_the_database_does_not_keep_is_left_out(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()

    assert browser.draft(task, why="a\0b").status_code == 200
    assert kept(desks, task) == [{"why": ["ab"]}]


@pytest.mark.parametrize("path", ["", "/draft"])
def test_a_form_of_an_earlier_sign_in_loses_nothing_typed(
    desks: Desks, path: str
) -> None:
    task, browser = desks.task(), desks.clerk()
    old = {"csrf_token": "of yesterday", "why": "typed long ago", "how": "so"}

    answer = browser.client.post(f"/tasks/{task}{path}", data=old, headers=OWN_PAGE)
    page = browser.get(answer.location).text

    assert answer.status_code == 303
    assert 'value="typed long ago"' in page
    assert "look it over and complete the task" in page


def test_what_is_sent_after_the_session_ended_is_kept_in_the_page(
    desks: Desks,
) -> None:
    task, browser = desks.task(), desks.clerk()
    nobody = desks.app.test_client()
    old = {"csrf_token": "old", "why": "typed <before>", "how": ""}

    page = nobody.post(f"/tasks/{task}", data=old, headers=OWN_PAGE)
    again = browser.client.post(f"/tasks/{task}", data=old, headers=OWN_PAGE)

    assert page.status_code == 401
    assert 'name="why" value="typed &lt;before&gt;"' in page.text
    assert kept(desks, task) == [{"why": ["typed <before>"], "how": [""]}]
    assert again.status_code == 303


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "https://evil.example"},
        {},
    ],
)
def test_a_form_of_another_site_is_kept_nowhere(
    desks: Desks, headers: dict[str, str]
) -> None:
    task, browser = desks.task(), desks.clerk()
    told = {"csrf_token": "guessed", "why": "evil", "how": "evil"}

    answer = browser.client.post(f"/tasks/{task}", data=told, headers=headers)
    draft = browser.client.post(f"/tasks/{task}/draft", data=told, headers=headers)
    nobody = desks.app.test_client().post(f"/tasks/{task}", data=told, headers=headers)

    assert (answer.status_code, draft.status_code) == (403, 403)
    assert nobody.status_code == 303
    assert kept(desks, task) == []


def test_the_script_is_given_the_token_of_the_new_session(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    headers = OWN_PAGE | {"Accept": "application/json"}
    told = {"csrf_token": "of yesterday", "why": "x"}

    answer = browser.client.post(f"/tasks/{task}/draft", data=told, headers=headers)

    assert answer.json is not None
    assert answer.json["token"] == browser.token


def test_drafts_of_tasks_that_ended_long_ago_are_dropped(desks: Desks) -> None:
    ended, open_ = desks.task(), desks.task()
    slow, fast = desks.clerk(), desks.clerk()
    for task in (ended, open_):
        slow.draft(task, why="x")
    fast.post(f"/tasks/{ended}", {"why": "done", "how": "done"})
    now = desks.house.world.clock.now()

    def prune(days: int) -> None:
        later = now + timedelta(days=days)
        pruning.prune(desks.house.store, later, queue_log_days=7, idempotency_days=7)

    prune(pruning.DRAFT_DAYS - 1)
    assert kept(desks, ended)
    prune(pruning.DRAFT_DAYS + 1)
    assert (kept(desks, ended), len(kept(desks, open_))) == ([], 1)
    with desks.house.store.transaction() as tx:
        sent = tx.scalar(sa.select(sa.func.count()).select_from(sent_answers))
        there = tx.scalar(sa.select(user_tasks.c.state).where(user_tasks.c.id == ended))
    assert (sent, there) == (0, "completed")


def test_a_document_that_comes_with_answers_leaves_them_typed(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    file = (BytesIO(document_files.pdf("One page")), "one.pdf")

    added = browser.post(
        f"/tasks/{task}/documents", {"why": "not sent yet", "-file": file}
    )
    page = browser.get(added.location).text
    none = browser.post(
        f"/tasks/{task}/documents", {"why": "other", "-file": (BytesIO(), "")}
    )

    assert added.status_code == 303
    assert 'value="not sent yet"' in page
    assert "one.pdf" in page
    assert none.status_code == 422
    assert 'value="other"' in browser.get(f"/tasks/{task}").text


def test_a_document_that_comes_alone_changes_no_draft(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    browser.draft(task, why="kept")
    file = (BytesIO(document_files.pdf("One page")), "one.pdf")

    added = browser.post(f"/tasks/{task}/documents", {"file": file})

    assert added.status_code == 303
    assert kept(desks, task) == [{"why": ["kept"]}]


def test_a_document_that_comes_too_late_leaves_what_was_typed(desks: Desks) -> None:
    task, person = desks.task(), desks.person()
    browser = desks.browser(person)
    browser.client.delete_cookie(SESSION_COOKIE)
    told = {"why": "half", "-file": (BytesIO(b"x"), "x.txt")}

    alone = browser.post(f"/tasks/{task}/documents", told, OWN_PAGE)

    assert alone.status_code == 401
    assert "half" in alone.text


@pytest.mark.parametrize("is_own", [True, False])
def test_a_draft_that_is_saved_while_the_task_is_completed_waits_for_it(
    desks: Desks, *, is_own: bool
) -> None:
    task, person, other = desks.task(), desks.person(), desks.person()
    house, fields = desks.house, {"why": ["half"]}
    doer = person if is_own else other

    def save() -> drafts.Draft | None:
        with house.store.transaction() as tx:
            return drafts.save(tx, house.world, person, task, fields)

    with ThreadPoolExecutor(1) as beside:
        with house.store.transaction() as tx:
            tasks.complete(tx, house.world, doer, task, {"why": "a", "how": "b"})
            drafts.sent(tx, house.world.clock, doer, task, {"why": ["a"]})
            late = beside.submit(save)
            with pytest.raises(TimeoutError):
                late.result(timeout=0.5)
        saved = late.result(timeout=10)

    if is_own:
        assert saved is None
        assert kept(desks, task) == []
    else:
        assert saved is not None
        assert saved.is_late
        assert kept(desks, task) == [{"why": ["half"]}]


def test_a_task_that_is_completed_while_its_draft_is_saved_waits_for_it(
    desks: Desks,
) -> None:
    task, person, house = desks.task(), desks.person(), desks.house

    def complete() -> None:
        with house.store.transaction() as tx:
            tasks.complete(tx, house.world, person, task, {"why": "a", "how": "b"})
            drafts.sent(tx, house.world.clock, person, task, {"why": ["a"]})

    with ThreadPoolExecutor(1) as beside:
        with house.store.transaction() as tx:
            drafts.save(tx, house.world, person, task, {"why": ["half"]})
            done = beside.submit(complete)
            with pytest.raises(TimeoutError):
                done.result(timeout=0.5)
        done.result(timeout=10)

    assert kept(desks, task) == []
