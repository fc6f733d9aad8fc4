"""Every page and every state of one, in three languages: no barrier, nothing lost.

The pages are those of `places.py`, the states those of `states.py`. Each is seen in
Kazakh on a desk (axe with its best practices, structure, focus, system colours, calm
motion, text of twice its size), and 320 pixels wide, which is 1,280 at 400 %, by axe in
all three languages.
"""

import pytest

from tests.e2e import inspection, places, states
from tests.e2e import service as services
from tests.e2e.inspection import inspect, inspect_all
from tests.e2e.person import Person
from tests.e2e.screens import DESKTOP, TAGS, keep

NARROW = {"width": 320, "height": 640}
ON_A_DESK = ("structure", "focus", "motion", "largeText")
NARROWLY = ("structure", "overflow")
BEST = (*TAGS, "best-practice")
# The dearest of axe's rules: neither words nor width change what is seen on a desk.
COLOURS = ("color-contrast",)


@pytest.fixture(scope="module")
def visitor(browser, browser_context_args):
    """Somebody's browser, signed in once; its faults fail the module."""
    entered = {}

    def visitor(login):
        if login not in entered:
            # Who asks for calm gets it: the check of motion finds what moves anyhow.
            calm = {**browser_context_args, "reduced_motion": "reduce"}
            context = browser.new_context(**calm)
            context.set_default_timeout(10_000)
            inspection.equip(context)
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
    found = inspect_all(page, ON_A_DESK, BEST)
    page.emulate_media(forced_colors="active")
    found += inspect_all(page, ["systemColours"])
    page.emulate_media(forced_colors="none")
    keep(page, f"a11y-{name}-desktop")
    return [f"on a desk: {one}" for one in found]


def narrowly(page, name):
    """What is wrong where the page that is open has 320 pixels."""
    keep(page, f"a11y-{name}-narrow")
    found = inspect_all(page, NARROWLY, TAGS, without=COLOURS)
    return [f"320 pixels: {one}" for one in found]


def test_every_page_has_its_place_here(service):
    named = {place.endpoint for place in places.PLACES} | places.NOT_PAGES.keys()
    routes = places.readable_routes()

    assert routes - named == set(), "name them in tests/e2e/places.py"
    assert named - routes == set(), "they are gone: take them out of places.py"


@pytest.mark.parametrize("place", places.PLACES, ids=lambda place: place.name)
def test_a_page_shuts_nobody_out(place, visitor, addresses):
    found = []
    page = visitor(place.login).page
    page.set_viewport_size(DESKTOP)
    path = place.path.format_map(addresses)
    for language in ("kk", "ru", "en"):
        answer = page.goto(f"{path}{'&' if '?' in path else '?'}lang={language}")
        assert answer.status == place.status
        assert page.evaluate("document.documentElement.lang") == language
        name = f"{place.name.replace(' ', '-')}-{language}"
        if language == "kk":
            found += on_a_desk(page, name)
            page.set_viewport_size(NARROW)
        found += [f"{language}, {one}" for one in narrowly(page, name)]

    assert found == []


@pytest.mark.parametrize("state", states.STATES, ids=lambda state: state.name)
def test_a_state_of_a_page_shuts_nobody_out(state, visitor, addresses):
    page = visitor(state.login).page
    page.set_viewport_size(DESKTOP)
    name = state.name.replace(" ", "-")
    path = state.path.format_map(addresses)
    page.goto(f"{path}{'&' if '?' in path else '?'}lang=kk")
    state.act(page, addresses)
    found = on_a_desk(page, name)
    page.set_viewport_size(NARROW)

    assert [*found, *narrowly(page, name)] == []


@pytest.mark.parametrize(
    "path", ["/tasks?lang=kk", "/tasks/{task}", "/cases", "/people/new"]
)
def test_the_keyboard_goes_through_a_page_as_it_is_written(path, visitor, addresses):
    login = places.ADMINISTRATOR if "people" in path else places.CLERK
    page = visitor(login).page
    page.set_viewport_size(DESKTOP)
    page.goto(path.format_map(addresses))
    stops = inspect(page, "numberStops")
    gone = []
    for _ in stops:
        page.keyboard.press("Tab")
        gone.append(page.evaluate("window.inspect.stopNow()"))

    assert len(stops) > 10
    assert [stops[place] for place in gone] == stops


@pytest.mark.parametrize("dialog", states.DIALOGS, ids=lambda state: state.name)
def test_a_dialog_holds_the_keyboard_and_gives_it_back(dialog, visitor, addresses):
    page = visitor(dialog.login).page
    page.set_viewport_size(DESKTOP)
    page.goto(dialog.path.format_map(addresses))
    dialog.act(page, addresses)
    inside = "document.activeElement.closest('dialog:modal') !== null"

    assert page.evaluate(inside)
    for _ in range(3):
        page.keyboard.press("Tab")
        # Between the last stop and the first, the browser's own controls have a turn.
        assert page.evaluate(f"document.activeElement === document.body || {inside}")
    page.keyboard.press("Escape")
    assert page.locator("dialog[open]").count() == 0
    assert page.evaluate("document.activeElement.matches('[data-norm], [data-dialog]')")


@pytest.mark.parametrize("change", states.CHANGES, ids=lambda state: state.name)
def test_what_changes_without_a_new_page_is_announced(change, visitor, addresses):
    page = visitor(change.login).page
    page.set_viewport_size(DESKTOP)
    page.goto(change.path.format_map(addresses))
    page.evaluate("window.told = []")

    change.act(page, addresses)

    assert services.wait_until(lambda: page.evaluate("window.told"))
