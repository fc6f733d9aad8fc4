"""What is new since a case was last at a desk, told above its next task."""

import re

from tests.drawn import ask, job
from tests.integration.conftest import ToldConnectors
from tests.integration.task_page.clerks import Browser, Desks

NEWS = re.compile(r'<details class="r-changes" open>(.*?)</details>', re.DOTALL)
TAG = re.compile(r"<[^>]+>")


def news(desks: Desks, browser: Browser, *jobs: str) -> list[str]:
    """The lines above the second task of a case, which `jobs` were done before."""
    steps = (job(f"j{n}", "notify", name) for n, name in enumerate(jobs))
    case = desks.case(ask("a", None, "Why?"), *steps, ask("b", None, "Then?"))
    (first,) = desks.house.tasks(case)
    assert NEWS.search(browser.get(f"/tasks/{first.id}").text) is None
    assert browser.post(f"/tasks/{first.id}").status_code == 302
    for _ in jobs:
        sent = {"notify": lambda call: {"message_id": "1"}}
        desks.house.work(case, ToldConnectors(sent))
    (second,) = desks.house.tasks(case)
    found = NEWS.search(browser.get(f"/tasks/{second.id}").text)
    lines = TAG.sub("", found[1]).splitlines() if found else []
    return [line.strip() for line in lines if line.strip()]


def test_what_came_meanwhile_is_told_with_when_and_who(desks: Desks) -> None:
    browser = desks.clerk("asem.news")

    since, line = news(desks, browser, "The letter is sent")

    assert since.startswith("What is new since today, ")
    assert since.endswith("(Task completed: Why?, Asem.News)")
    assert line.startswith("Done: The letter is sent")


def test_the_newest_five_are_told_and_the_history_has_the_rest(desks: Desks) -> None:
    names = [f"Letter {n}" for n in range(1, 8)]

    _, *lines, rest = news(desks, desks.clerk(), *names)

    told = [line.split(" today")[0] for line in lines]
    assert told == [f"Done: Letter {n}" for n in (7, 6, 5, 4, 3)]
    assert rest == "All of it is in the history"


def test_nothing_is_told_where_nothing_is_new(desks: Desks) -> None:
    assert news(desks, desks.clerk()) == []
