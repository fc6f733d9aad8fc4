"""The frame around every page: on a phone nothing of it is out of reach."""

from dataclasses import replace

import pytest

from server import bootstrap
from server.settings import Settings
from tests.e2e.screens import barriers, keep, sticks_out
from tests.e2e.service import PASSWORD
from workflows import people
from workflows.model import Role

ALL = "zere"  # somebody who holds every role of ours
SECTIONS = {"aigul": 3, "gulnar": 5, "daniyar": 2, "askar": 5, ALL: 6}
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
            seen = person.page.locator(".r-nav a").evaluate_all(SEEN)

            assert seen == [True] * SECTIONS[login], (width, language)
            assert sticks_out(person.page) <= 0
            keep(person.page, f"frame-{login}-{width}-{language}")
    assert barriers(person.page) == []
