"""A row of the worklist that is late says so once."""

import uuid
from datetime import timedelta

import sqlalchemy as sa

from tests.integration.task_page.clerks import Browser, Desks
from workflows.store.tables import user_tasks

MISSED, DUE = "deadline missed", "was due"


def row(browser: Browser, task: uuid.UUID, view: str) -> str:
    page = browser.get(f"/tasks?view={view}").text
    (found,) = (one for one in page.split("<tr")[1:] if str(task) in one)
    return found


def test_a_late_task_says_so_once_and_again_when_it_is_done(desks: Desks) -> None:
    task, browser = desks.task(), desks.clerk()
    gone = desks.house.world.clock.now() - timedelta(days=2)
    with desks.house.store.transaction() as tx:
        late = sa.update(user_tasks).where(user_tasks.c.id == task)
        tx.execute(late.values(deadline_at=gone))

    waits = row(browser, task, "all")
    browser.post(f"/tasks/{task}", {"why": "a", "how": "b"})
    done = row(browser, task, "done")

    assert (waits.count(DUE), waits.count(MISSED)) == (1, 0)
    assert (done.count(DUE), done.count(MISSED)) == (0, 1)
