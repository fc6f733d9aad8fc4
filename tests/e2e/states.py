"""States of pages that only an act shows: an error, a dialog, an opened part.

Add one here when a page gets one: a name, who opens which page (`path` may hold names
of `places.scene_of`), and what they do there with the scene at hand.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tests import document_files as files
from tests.e2e.places import ADMINISTRATOR, CLERK, DESIGNER, SUPERVISOR
from tests.e2e.service import PASSWORD

UNCHECKED = "form => { form.noValidate = true; form.requestSubmit(); }"


@dataclass(frozen=True)
class State:
    """What somebody does on a page to see it so."""

    name: str
    login: str | None
    path: str
    act: Callable[[Any, dict[str, str]], None]  # of a Playwright page, and the scene


def _nothing(page, scene):
    pass


def _press(selector, then="[role=alert]:visible, .govuk-error-summary"):
    """Press what `selector` finds; `then` is there when the state has come."""

    def act(page, scene):
        page.locator(selector).first.click()
        page.locator(then).first.wait_for()

    return act


def _send(form, then="[role=alert]:visible"):
    """Send a form as it is, without what the browser itself checks first."""

    def act(page, scene):
        page.locator(form).first.evaluate(UNCHECKED)
        page.locator(then).first.wait_for()

    return act


def _enter_with_a_password_alone(page, scene):
    page.locator("[name=login]").fill(scene["guarded"])
    page.locator("[name=password]").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    page.locator("#code").wait_for()


def _enter_a_wrong_code(page, scene):
    _enter_with_a_password_alone(page, scene)
    page.locator("#code").fill("000000")
    page.locator("main button[type=submit]").click()
    page.get_by_role("alert").wait_for()


def _set_up_a_second_step(page, scene):
    page.locator("main [type=password]").fill(PASSWORD)
    page.locator("main form button").last.click()
    page.locator(".r-key").wait_for()


def _answer_a_task_that_is_done(page, scene):
    form = page.locator("#task-form")
    form.locator("[name='decision.note']").fill("Сот шешімі бар.")
    address = f"/tasks/{scene['done']}"
    form.evaluate("(form, address) => { form.action = address; }", address)
    form.evaluate(UNCHECKED)
    page.locator("#typed-title").wait_for()


def _tick(page, scene):
    page.locator(f"#tick-{scene['loose']}").check()


def _take_several(page, scene):
    _tick(page, scene)
    page.locator(f"#tick-{scene['free']}").evaluate("tick => { tick.checked = true; }")
    page.locator("[data-bulk] button:visible").first.click()
    page.locator("#done-title").wait_for()


def _open_a_dialog(selector):
    def act(page, scene):
        page.locator(selector).first.click()
        page.locator("dialog[open] [data-dialog-body] > *").first.wait_for()

    return act


def _open_a_tab(place):
    def act(page, scene):
        page.get_by_role("tab").nth(place).click()

    return act


def _unfold(selector):
    def act(page, scene):
        page.locator(f"{selector} > summary").first.click()

    return act


def _write(page, scene):
    page.locator("[name='decision.note']").fill("Сот шешімі бар, көшірмесі керек.")


def _save_a_draft(page, scene):
    _write(page, scene)
    page.locator("[data-draft-status]:not(:empty)").wait_for()


def _find_the_draft_again(page, scene):
    _save_a_draft(page, scene)
    page.wait_for_function("!window.onbeforeunload")
    page.get_by_text("Сақталды").first.wait_for()
    page.reload()


def _mention_a_stranger(page, scene):
    page.locator("#comment-text").fill("@jok.adam")
    page.locator("form[action$=comments] button").click()
    page.get_by_role("alert").first.wait_for()


def _add(name, content, then):
    def act(page, scene):
        given = {"name": name, "mimeType": "application/pdf", "buffer": content}
        page.locator("#document-file").set_input_files(given)
        page.locator("form[data-upload] button").click()
        page.locator(then).first.wait_for()

    return act


def _make_a_token(page, scene):
    page.locator("#label").fill("№ 8")
    page.locator("main form button").last.click()
    page.locator(".r-key").wait_for()


def _look_at_a_document(page, scene):
    page.locator("a[hx-get*='/preview']").first.click()
    page.locator("#preview-page").wait_for()


_open_a_norm = _open_a_dialog("a[data-norm]:visible")
_open_the_keys = _open_a_dialog("a[data-dialog]")
PDF = files.pdf("Anyqtama No 1")
FORM = "main form[method=post]:has(.govuk-input, .govuk-textarea, .govuk-radios) button"

DIALOGS = [
    State("a norm's words", CLERK, "/cases/{case}", _open_a_norm),
    State("keys", CLERK, "/tasks", _open_the_keys),
]
# What is told though no new page comes.
CHANGES = [
    State("a draft is saved", CLERK, "/tasks/{task}", _save_a_draft),
    State("tasks are ticked", CLERK, "/tasks?view=groups", _tick),
    State("a document is shown", CLERK, "/tasks/{task}", _look_at_a_document),
    State(
        "a document is added",
        CLERK,
        "/tasks/{task}",
        _add("Анықтама.pdf", PDF, ".r-attached__list li:nth-child(2)"),
    ),
]
STATES = [
    *DIALOGS,
    State("sign-in refused", None, "/sign-in", _send("form[action='/sign-in']")),
    State("sign-in code", None, "/sign-in", _enter_with_a_password_alone),
    State("sign-in code refused", None, "/sign-in", _enter_a_wrong_code),
    State("a task's answers refused", CLERK, "/tasks/{task}", _send("#task-form")),
    State("a task's history", CLERK, "/tasks/{task}", _open_a_tab(1)),
    State("a task's drawing", CLERK, "/tasks/{task}", _open_a_tab(2)),
    State("a draft found", CLERK, "/tasks/{task}", _find_the_draft_again),
    State("a stale tab", CLERK, "/tasks/{task}", _answer_a_task_that_is_done),
    State("a stranger mentioned", CLERK, "/tasks/{task}", _mention_a_stranger),
    State("a document beside", CLERK, "/tasks/{task}", _look_at_a_document),
    State(
        "a document refused",
        CLERK,
        "/tasks/{task}",
        _add("drawing.svg", files.SVG, "#document-error"),
    ),
    State("handed to nobody", CLERK, "/tasks/{task}/people", _press(FORM)),
    State("more filters", CLERK, "/tasks", _unfold(".r-more")),
    State("a filter to keep", CLERK, "/tasks?due=overdue", _unfold(".r-keep")),
    State("ticked", CLERK, "/tasks?view=groups", _tick),
    State(
        "assigned to nobody",
        CLERK,
        "/tasks/bulk/assign?tasks={task},{free}",
        _press(FORM),
    ),
    State(
        "a list in bulk",
        CLERK,
        "/tasks/bulk/complete?tasks={listed},{listed_too}",
        _press("#fields button:not([tabindex])", "#fields .govuk-input"),
    ),
    State("taken together", CLERK, "/tasks?view=groups", _take_several),
    State("a password refused", CLERK, "/account/password", _press(FORM)),
    State("an absence refused", CLERK, "/account/absence", _press(FORM)),
    State("a second step", DESIGNER, "/account/second-step", _set_up_a_second_step),
    State("a person refused", ADMINISTRATOR, "/people/new", _press(FORM)),
    State("a token refused", CLERK, "/account/tokens", _press(FORM)),
    State("a token made", SUPERVISOR, "/account/tokens", _make_a_token),
    State("nobody found", ADMINISTRATOR, "/people?q=zzz", _nothing),
    State(
        "by hand without a reason",
        ADMINISTRATOR,
        "/cases/{case}/by-hand/suspend",
        _send("form[action*='/by-hand/']"),
    ),
    State(
        "skipped without answers",
        ADMINISTRATOR,
        "/cases/{case}/by-hand/skip?step={task}",
        _send("form[action*='/by-hand/']"),
    ),
    State(
        "a pause without a reason",
        ADMINISTRATOR,
        "/queue/nobd.check/pause",
        _send("form[action$='/pause']"),
    ),
    State(
        "no file to check",
        DESIGNER,
        "/procedures/check",
        _press("button[name=act][value=check]"),
    ),
    State("no such page", CLERK, "/nowhere", _nothing),
    State("not allowed", CLERK, "/late", _nothing),
]
