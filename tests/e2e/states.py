"""States of pages that only an act shows: an error, a dialog, an opened part.

Add one here when a page gets one: a name, who opens which page (`path` may hold names
of `places.scene_of`), and what they do there.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests.e2e.places import CLERK, DESIGNER


@dataclass(frozen=True)
class State:
    """What somebody does on a page to see it so."""

    name: str
    login: str | None
    path: str
    act: Callable[[Any], None]  # of a Playwright page


def _sign_in_without_a_name(page):
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    page.get_by_role("alert").wait_for()


def _send_no_answer(page):
    page.locator("#task-form .r-actions button[type=submit]").first.click()
    page.get_by_role("alert").wait_for()


def _open_a_norm(page):
    page.locator("a[data-norm]:visible").first.click()
    page.locator("dialog[open] blockquote").first.wait_for()


def _check_nothing(page):
    page.locator("button[name=act][value=check]").click()
    page.get_by_role("alert").wait_for()


def _open_a_tab(place):
    def act(page):
        tabs = page.get_by_role("tab")
        if tabs.count():
            tabs.nth(place).click()

    return act


STATES = [
    State("sign-in refused", None, "/sign-in", _sign_in_without_a_name),
    State("a task's answers refused", CLERK, "/tasks/{task}", _send_no_answer),
    State("a task's history", CLERK, "/tasks/{task}", _open_a_tab(1)),
    State("a task's drawing", CLERK, "/tasks/{task}", _open_a_tab(2)),
    State("a norm's words", CLERK, "/cases/{case}", _open_a_norm),
    State("no file to check", DESIGNER, "/procedures/check", _check_nothing),
    State("no such page", CLERK, "/nowhere", lambda page: None),
    State("not allowed", CLERK, "/late", lambda page: None),
]
