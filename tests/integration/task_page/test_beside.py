"""Without scripts: what is pressed beside the form keeps what is typed into it."""

import re
import uuid
from io import BytesIO

import pytest

from tests import document_files
from tests.integration.task_page.clerks import OWN_PAGE, Browser, Desks
from workflows import tasks

ANSWERS = {"why": "half a sentence", "how": ""}


@pytest.fixture
def task(desks: Desks) -> uuid.UUID:
    return desks.task()


def case_of(desks: Desks, task: uuid.UUID) -> uuid.UUID:
    with desks.house.store.transaction() as tx:
        admin = desks.house.callers["admin"]
        return tasks.get(tx, desks.house.world, admin, task).instance_id


def beside(page: str, action: str) -> str:
    """The button of a page that sends the task's form to an address."""
    found = re.search(rf'<button[^>]*formaction="{action}"[^>]*>', page)
    assert found is not None, action
    assert 'form="task-form"' in found[0]
    assert "data-own-form" in found[0]  # with scripts it sends its own form alone
    return found[0]


def shows(browser: Browser, task: uuid.UUID) -> bool:
    return 'value="half a sentence"' in browser.get(f"/tasks/{task}").text


def test_a_comment_keeps_the_answers(desks: Desks, task: uuid.UUID) -> None:
    browser, case = desks.clerk(), case_of(desks, task)
    action = f"/cases/{case}/comments"
    beside(browser.get(f"/tasks/{task}").text, action)

    told = {**ANSWERS, "-task": str(task), "-mention": "", "-text": "Look here"}
    answer = browser.post(action, told)
    page = browser.get(answer.location).text

    assert answer.location.startswith(f"/tasks/{task}?said=commented")
    assert "Look here" in page
    assert 'value="half a sentence"' in page
    assert "A draft is shown" in page


def test_a_comment_that_is_refused_keeps_the_answers_too(
    desks: Desks, task: uuid.UUID
) -> None:
    browser, case = desks.clerk(), case_of(desks, task)

    told = {**ANSWERS, "-task": str(task), "-text": ""}
    answer = browser.post(f"/cases/{case}/comments", told)

    assert answer.status_code == 422
    assert f'href="/tasks/{task}"' in answer.text
    assert shows(browser, task)


def test_a_comment_with_an_old_token_keeps_the_answers_too(
    desks: Desks, task: uuid.UUID
) -> None:
    browser, case = desks.clerk(), case_of(desks, task)

    told = {**ANSWERS, "-task": str(task), "-text": "Late", "csrf_token": "old"}
    answer = browser.post(f"/cases/{case}/comments", told, OWN_PAGE)

    assert answer.status_code == 422
    assert "Late</textarea>" in answer.text
    assert shows(browser, task)


def test_taking_a_comment_back_keeps_the_answers(desks: Desks, task: uuid.UUID) -> None:
    browser, case = desks.clerk(), case_of(desks, task)
    told = {"-task": str(task), "-text": "Too early"}
    browser.post(f"/cases/{case}/comments", told)
    page = browser.get(f"/tasks/{task}").text
    (action,) = re.findall(r'formaction="(/comments/[^"]+/remove)"', page)
    beside(page, action)

    browser.post(action, {**ANSWERS, "-task": str(task)})

    assert shows(browser, task)
    assert "Too early" not in browser.get(f"/tasks/{task}").text


def test_removing_a_document_keeps_the_answers(desks: Desks, task: uuid.UUID) -> None:
    browser = desks.clerk()
    browser.post(
        f"/tasks/{task}/documents",
        {"-file": (BytesIO(document_files.pdf()), "paper.pdf")},
    )
    page = browser.get(f"/tasks/{task}").text
    (action,) = re.findall(r'formaction="(/documents/[^"]+/remove)"', page)
    beside(page, action)

    answer = browser.post(action, {**ANSWERS, "-task": str(task)})

    assert answer.location.startswith(f"/tasks/{task}?document=removed")
    assert shows(browser, task)
    assert action not in browser.get(f"/tasks/{task}").text


def test_nothing_typed_is_no_draft(desks: Desks, task: uuid.UUID) -> None:
    browser, case = desks.clerk(), case_of(desks, task)

    told = {"why": "", "how": " ", "-task": str(task), "-text": "Look"}
    browser.post(f"/cases/{case}/comments", told)

    assert "A draft is shown" not in browser.get(f"/tasks/{task}").text


def test_who_only_reads_the_task_comments_and_nothing_is_kept(
    desks: Desks, task: uuid.UUID
) -> None:
    reader = desks.browser(desks.person(office="region"))
    case = case_of(desks, task)

    told = {**ANSWERS, "-task": str(uuid.uuid4()), "-text": "Look"}
    answer = reader.post(f"/cases/{case}/comments", told)

    assert answer.status_code == 302
    assert not shows(reader, task)


@pytest.mark.parametrize("path", ["fields", "claim", "release", "draft", "documents"])
def test_what_was_sent_opened_anew_is_the_task(
    desks: Desks, task: uuid.UUID, path: str
) -> None:
    answer = desks.clerk().get(f"/tasks/{task}/{path}")

    assert answer.status_code == 302
    assert answer.location == f"/tasks/{task}"
