"""The clerks' guide: what it names is on the pages, and its pictures are of them.

`make docs` sets RASIM_GUIDE: then the walk writes the pictures into server/guide.
"""

import io
import json
import os
import re

import pytest
from PIL import Image
from playwright.sync_api import expect

from server.desk.guide import FOLDER, PICTURES, SIZES
from tests.e2e.desks import PDF, desks
from tests.e2e.hands import Mouse
from tests.e2e.person import Person
from tests.e2e.screens import DESKTOP, PHONE, barriers, keep, sticks_out
from tests.e2e.service import PASSWORD
from workflows import people

MOST_BYTES = 60_000
MARGIN = 12
WINDOW = {"width": 1024, "height": 900}
SHARPNESS = 1.5  # pixels of a picture for one of the page
QUALITIES = ({"lossless": True}, *({"quality": each} for each in (85, 70, 55, 40)))
NOTE = "textarea[name='decision.note']"
NAMED = re.compile(r"\*\*(.+?)\*\*")
WITH_PICTURES = ("kk", "ru")
NOTES = {
    "kk": "Құжаттардың түпнұсқалары сұралды.",
    "ru": "Запрошены оригиналы документов.",
    "en": "The originals are asked for.",
}
SEEN = """() => {
  const controls = "a, button, label, summary, h1, h2, h3, th, legend";
  const found = [];
  for (const one of document.querySelectorAll(controls)) {
    if (!one.checkVisibility()) continue;
    const walker = document.createTreeWalker(one, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) found.push(walker.currentNode.data.trim());
  }
  return found;
}"""


@pytest.fixture(scope="module")
def waiting(service):
    return iter(desks(service, wanted=3, first_school=12))


class Walk:
    """Somebody who goes where the guide leads, and notes what stands there."""

    def __init__(self, page, language):
        self.page, self.language = page, language
        self.person = Person(page)
        self.seen = set()
        self.sizes = {}

    def note(self):
        self.seen |= set(self.page.evaluate(SEEN))

    def picture(self, name, *parts, most=560):
        """The part of the page that holds all of `parts`, at most so high."""
        self.note()
        self.page.mouse.move(0, 0)
        parts[0].scroll_into_view_if_needed()
        boxes = [part.bounding_box() for part in parts]
        left = max(0, min(box["x"] for box in boxes) - MARGIN)
        top = max(0, min(box["y"] for box in boxes) - MARGIN)
        right = max(box["x"] + box["width"] for box in boxes) + MARGIN
        bottom = max(box["y"] + box["height"] for box in boxes) + MARGIN
        width, height = min(right, WINDOW["width"]) - left, min(bottom - top, most)
        scrolled = self.page.evaluate("window.scrollY")
        clip = {"x": left, "y": top + scrolled, "width": width, "height": height}
        if self.language in WITH_PICTURES:
            taken = self.page.screenshot(clip=clip, full_page=True, caret="initial")
            self._write(f"{self.language}-{name}.webp", taken, (width, height))

    def _write(self, name, taken, size):
        made = small(taken)
        assert len(made) < MOST_BYTES, name
        self.sizes[name] = [round(side) for side in size]
        if os.environ.get("RASIM_GUIDE"):
            (PICTURES / name).write_bytes(made)
            sizes = json.loads(SIZES.read_text()) | self.sizes
            told = json.dumps(dict(sorted(sizes.items())), indent=1)
            SIZES.write_text(f"{told}\n")


def small(taken):
    """A picture as WebP, in the best quality that is small enough."""
    with Image.open(io.BytesIO(taken)) as picture:
        for quality in QUALITIES:
            made = io.BytesIO()
            picture.convert("RGB").save(made, "WEBP", method=6, **quality)
            if made.tell() < MOST_BYTES:
                break
    return made.getvalue()


@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_what_the_guide_names_is_on_the_pages(service, waiting, new_context, language):
    walk = Walk(new_context(device_scale_factor=SHARPNESS).new_page(), language)
    walk.page.set_viewport_size(WINDOW)
    desk = next(waiting)

    begin(walk, desk)
    find_and_take(walk, desk)
    decide(walk, desk)
    hand_over(walk, desk)
    go_away(walk, desk, service.now().astimezone(people.HOME).date())

    text = (FOLDER / f"{language}.md").read_text(encoding="utf-8")
    assert set(NAMED.findall(text)) - walk.seen == set()
    pictures = {name.removesuffix(".webp") for name in walk.sizes}
    assert set(re.findall(r"pictures/([\w-]+)\.webp", text)) == pictures
    assert walk.person.faults == []


def begin(walk, desk):
    page = walk.page
    page.goto(f"/sign-in?lang={walk.language}")
    walk.note()
    page.locator("#login").fill(desk.clerk)
    page.locator("#password").fill(PASSWORD)
    page.locator("form[action='/sign-in'] button[type=submit]").click()
    expect(page.locator("[data-row]").first).to_be_visible()
    page.goto("/tasks?view=groups")
    walk.picture("list", page.locator("main"), most=720)


def find_and_take(walk, desk):
    page = walk.page
    page.goto("/tasks?view=groups&due=overdue")
    walk.note()
    rows = [desk.row(page, each) for each in desk.overdue]
    rows.sort(key=lambda row: row.bounding_box()["y"])
    page.goto("/tasks?view=groups")
    for row in rows[1:4]:
        row.get_by_role("checkbox").check()
    page.evaluate("document.querySelector('[data-bulk]').scrollIntoView()")
    page.evaluate("document.activeElement.blur()")
    bar, head = page.locator("[data-bulk]"), page.locator(".r-worklist thead")
    walk.picture("several", bar, head, rows[4], most=480)

    page.goto(f"/tasks/{desk.tasks[desk.overdue[0].number]}")
    walk.note()
    page.locator("form.r-take button").click()
    walk.picture("taken", walk.person.notice(), page.locator("h1"))


def decide(walk, desk):
    page = walk.page
    page.get_by_role("link", name=PDF[0]).first.click()
    expect(page.locator(".r-preview img")).to_be_visible()
    page.locator(".r-preview img").evaluate("(img) => img.decode()")
    walk.picture(
        "document", page.locator("#fields"), page.locator(".r-preview"), most=640
    )

    page.locator("[data-preview-close]").click()
    page.locator("[value=false]").check()
    reason = page.locator("select[name='decision.reason']")
    expect(reason).to_be_visible()
    note = page.locator(NOTE)
    note.fill(NOTES[walk.language])
    status = page.locator("[data-draft-status]")
    expect(status).to_have_text(re.compile(r"\d\d:\d\d"))
    buttons = page.locator("#task-form .r-actions")
    walk.picture("saved", note, status, buttons)
    page.reload()
    expect(page.locator(".r-draft")).to_be_visible()
    walk.note()

    buttons.get_by_role("button").first.click()
    summary = page.locator(".govuk-error-summary")
    expect(summary).to_be_focused()
    told = page.locator(".govuk-form-group--error").filter(has=reason)
    expect(told).to_be_visible()
    walk.note()
    summary.get_by_role("link").click()
    walk.picture("mend", page.locator("#fields"), most=640)


def hand_over(walk, desk):
    page = walk.page
    page.goto(f"/tasks/{desk.tasks[desk.overdue[0].number]}/people")
    page.get_by_role("radio", name=desk.colleague_name).check()
    form = page.locator("main form[method=post]")
    walk.picture("hand-over", page.locator("h1"), form, most=640)


def go_away(walk, desk, today):
    page = walk.page
    page.goto("/account")
    walk.note()
    page.goto("/account/absence")
    page.locator("#substitute").fill(desk.colleague)
    for name in ("from_on", "to_on"):
        page.locator(f"#{name}").fill(today.isoformat())
    form = page.locator("form[action*=absence][method=post]").last
    walk.picture("absence", page.locator("#add-title"), form)
    form.get_by_role("button").click()
    expect(walk.person.notice()).to_be_visible()
    walk.note()


@pytest.mark.parametrize("screen", [DESKTOP, PHONE], ids=["desktop", "phone"])
@pytest.mark.parametrize("language", ["kk", "ru", "en"])
def test_the_guide_is_a_page(enter, language, screen):
    clerk = enter("aigul")
    page = clerk.page
    page.set_viewport_size(screen)
    clerk.open(f"/tasks?lang={language}")

    Mouse(page).press(page.locator("footer a[href='/help']"))

    expect(page.locator("h1")).to_have_text(titles(language))
    broken = page.evaluate(
        """async () => {
          const all = [...document.querySelectorAll("main img")];
          await Promise.all(all.map((img) => img.decode()));
          return all.filter((img) => !img.naturalWidth || !img.alt).length;
        }"""
    )
    assert broken == 0
    keep(page, f"guide-{language}-{screen['width']}")
    assert barriers(page) == []
    assert sticks_out(page) == 0
    page.locator(".r-guide__parts a").nth(2).click()
    expect(page.locator("h2:target")).to_be_in_viewport()


def titles(language):
    text = (FOLDER / f"{language}.md").read_text(encoding="utf-8")
    return text.partition("\n")[0].removeprefix("# ")
