"""The frame around every page: on a phone nothing of it is out of reach."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from server import bootstrap
from server.settings import Settings
from tests.e2e.screens import barriers, keep, sticks_out
from tests.e2e.service import PASSWORD
from workflows import people
from workflows.model import Role

ALL = "zere"  # somebody who holds every role of ours
SECTIONS = {"aigul": 3, "gulnar": 5, "daniyar": 2, "askar": 5, ALL: 6}
REST = ".r-rest button"
TOP = "links => links.map((link) => link.getBoundingClientRect().top)"
SEEN = """(links) => links.map((link) => {
  const {left, right, height} = link.getBoundingClientRect();
  const inside = document.elementFromPoint((left + right) / 2,
    link.getBoundingClientRect().top + height / 2);
  return left >= 0 && right <= document.documentElement.clientWidth
    && height >= 44 && link.contains(inside);
})"""


@pytest.fixture(scope="module", autouse=True)
def zere(service):
    settings = Settings.from_environment(service.environment)
    with (
        bootstrap.opened(replace(settings, manual_clock=False)) as (store, world),
        store.transaction() as tx,
    ):
        name = "Зере Тілеубердіқызы"
        people.add_user(tx, world.clock, login=ALL, name=name, password=PASSWORD)
        # Where nobody else looks for a colleague.
        office = service.population.schools[-1].bin
        for role in (Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.ADMINISTRATOR):
            people.add_membership(tx, login=ALL, role=role, office=office)


@pytest.mark.parametrize("login", SECTIONS)
def test_on_a_phone_every_section_is_seen(enter, login):
    person = enter(login)
    for width in (320, 375):
        person.page.set_viewport_size({"width": width, "height": 640})
        for language in ("kk", "ru"):
            person.open(f"/cases?lang={language}")
            links, rest = person.page.locator(".r-nav a"), person.page.locator(REST)
            line = links.filter(visible=True).evaluate_all(SEEN)
            tops = person.page.locator(f".r-nav > ul > li > a, {REST}")
            keep(person.page, f"frame-{login}-{width}-{language}")
            if rest.count():
                rest.click()
            seen = links.evaluate_all(SEEN)

            assert line == [True] * min(3, SECTIONS[login]), (width, language)
            assert len(set(tops.evaluate_all(TOP))) == 1, "they are one line"
            assert seen == [True] * SECTIONS[login], (width, language)
            assert sticks_out(person.page) <= 0
            keep(person.page, f"frame-{login}-{width}-{language}-all")
    assert barriers(person.page) == []


@pytest.mark.parametrize("has_scripts", [True, False])
def test_the_rest_of_the_sections_opens_by_keyboard_and_without_scripts(
    enter, has_scripts
):
    page = enter("askar", java_script_enabled=has_scripts).page
    page.set_viewport_size({"width": 320, "height": 640})
    page.goto("/queue?lang=kk")
    rest = page.get_by_role("button", name="Тағы (Кезек)", exact=True)
    last = page.get_by_role("link", name="Қызметкерлер")

    rest.focus()
    page.keyboard.press("Enter")
    expect(last).to_be_visible()
    page.keyboard.press("Escape")
    expect(last).to_be_hidden()
    expect(rest).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator(".r-rest a[aria-current=page]")).to_be_focused()
    page.keyboard.press("Tab")
    expect(last).to_be_focused()
    page.keyboard.press("Enter")

    page.wait_for_url("**/people*")


def test_on_a_desk_all_sections_are_in_one_line(enter):
    page = enter(ALL).page
    page.goto("/cases?lang=kk")

    expect(page.locator(REST)).to_be_hidden()
    assert page.locator(".r-nav a").evaluate_all(SEEN) == [True] * SECTIONS[ALL]
    assert len(set(page.locator(".r-nav a").evaluate_all(TOP))) == 1
