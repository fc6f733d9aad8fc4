"""Every page and every state of one, in three languages: no barrier, nothing lost.

The pages are those of `places.py`, the states those of `states.py`. Each is seen in
Kazakh on a desk (axe with its best practices, structure, focus, system colours, calm
motion, text of twice its size), and by axe and 320 pixels wide in all three.
"""

import pytest

from tests.e2e import inspection, places, states
from tests.e2e.inspection import inspect
from tests.e2e.person import Person
from tests.e2e.screens import DESKTOP, barriers, keep

NARROW = {"width": 320, "height": 640}
ON_A_DESK = ("structure", "focus", "systemColours", "motion", "largeText")


@pytest.fixture(scope="module")
def visitor(browser, browser_context_args):
    """Somebody's browser, signed in once; its faults fail the module."""
    entered = {}

    def visitor(login):
        if login not in entered:
            context = browser.new_context(**browser_context_args)
            context.add_init_script(inspection.WATCH)
            entered[login] = Person(context.new_page())
            entered[login].page.on("request", stay_here)
            if login:
                entered[login].sign_in(login)
        return entered[login]

    own = browser_context_args["base_url"]
    strangers = []

    def stay_here(request):
        if not request.url.startswith((own, "data:")):
            strangers.append(request.url)

    yield visitor
    assert strangers == []
    for each in entered.values():
        each.page.context.close()
    assert [fault for each in entered.values() for fault in each.faults] == []


def on_a_desk(page, name):
    """What is wrong with the page that is open, whoever looks at it on a desk."""
    found = [f"axe: {one}" for one in barriers(page, best_practice=True)]
    found += [f"{check}: {one}" for check in ON_A_DESK for one in inspect(page, check)]
    keep(page, f"a11y-{name}-desktop")
    return found


def narrow(page, name):
    """What is wrong where it is 320 pixels wide: 1,280 at 400 %."""
    page.set_viewport_size(NARROW)
    found = [f"320 pixels: {one}" for one in inspect(page, "overflow")]
    keep(page, f"a11y-{name}-narrow")
    page.set_viewport_size(DESKTOP)
    return found


def test_every_page_has_its_place_here(service):
    named = {place.endpoint for place in places.PLACES} | places.NOT_PAGES.keys()
    routes = places.readable_routes()

    assert routes - named == set(), "name them in tests/e2e/places.py"
    assert named - routes == set(), "they are gone: take them out of places.py"


@pytest.mark.parametrize("place", places.PLACES, ids=lambda place: place.name)
def test_a_page_shuts_nobody_out(place, visitor, addresses):
    found = []
    page = visitor(place.login).page
    for language in ("kk", "ru", "en"):
        path = place.path.format_map(addresses)
        answer = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status == 200
        name = f"{place.name.replace(' ', '-')}-{language}"
        wrong = barriers(page) if language != "kk" else on_a_desk(page, name)
        found += [f"{language}: {one}" for one in [*wrong, *narrow(page, name)]]

    assert found == []


@pytest.mark.parametrize("state", states.STATES, ids=lambda state: state.name)
def test_a_state_of_a_page_shuts_nobody_out(state, visitor, addresses):
    page = visitor(state.login).page
    page.goto(state.path.format_map(addresses))
    state.act(page)
    name = state.name.replace(" ", "-")

    assert [*on_a_desk(page, name), *narrow(page, name), *barriers(page)] == []


@pytest.mark.parametrize("path", ["/tasks", "/tasks/{task}", "/cases"])
def test_the_keyboard_goes_through_a_page_as_it_is_written(path, visitor, addresses):
    page = visitor(places.CLERK).page
    page.goto(path.format_map(addresses))
    stops = inspect(page, "numberStops")
    gone = []
    for _ in stops:
        page.keyboard.press("Tab")
        gone.append(page.evaluate("window.inspect.stopNow()"))

    assert len(stops) > 10
    assert [stops[place] for place in gone] == stops
