"""What a browser test needs: the service, Chromium, and people who are signed in."""

import os
import shutil
from itertools import cycle

import pytest
from playwright.sync_api import expect

from tests.e2e import places
from tests.e2e import service as services
from tests.e2e.person import Person
from tests.e2e.screens import DESKTOP

CHROMIUM = ("chromium", "chromium-browser", "google-chrome")
WAIT_MILLISECONDS = 20_000  # a case moves in a second; a busy machine takes longer


@pytest.fixture(scope="session")
def service():
    with services.running() as service:
        yield service


@pytest.fixture(scope="session")
def browser_type_launch_args():
    names = (os.environ.get("RASIM_CHROMIUM") or CHROMIUM[0], *CHROMIUM)
    found = next(filter(None, map(shutil.which, names)), None)
    assert found, "There is no Chromium. Run `make browser` once."
    # Root may not use the sandbox, and a container's shared memory is too small.
    arguments = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu"]
    return {"executable_path": found, "args": arguments}


@pytest.fixture(scope="session")
def browser_context_args(service):
    return {"base_url": service.url, "viewport": DESKTOP, "locale": "kk-KZ"}


@pytest.fixture(scope="session", autouse=True)
def patience():
    expect.set_options(timeout=WAIT_MILLISECONDS)


@pytest.fixture(scope="session")
def family(service):
    """Gives the next family of a story; each comes again when all have come."""
    waiting = {}

    def family(story):
        return next(waiting.setdefault(story, cycle(service.families(story))))

    return family


@pytest.fixture(scope="session")
def sessions():
    """Cookies by login and moment of signing in: a moved clock ends sessions."""
    return {}


@pytest.fixture(scope="session")
def addresses(service, family, browser, browser_context_args):
    """What the addresses of `places.PLACES` name: name -> id."""
    found = {}
    for name, login, look in (
        ("filter", places.CLERK, places.keep_filter),
        ("person", places.ADMINISTRATOR, places.somebody),
        ("token", places.CLERK, places.token),
        ("their_token", places.ADMINISTRATOR, places.their_token),
        ("guarded", services.GUARDED, lambda page: places.guard(page, service.now())),
    ):
        context = browser.new_context(**browser_context_args)
        person = Person(context.new_page())
        person.sign_in(login)
        found[name] = look(person.page)
        context.close()
    return {**places.scene_of(service, family), **found}


@pytest.fixture(scope="module")
def short_lists(service, addresses):
    """What tests before these have left is ended: every task fits on one page."""
    service.end_cases(but=addresses.values())


@pytest.fixture(scope="module")
def nothing_left(service, addresses):
    """What the tests of a module have begun is ended when the last of them is over."""
    yield
    service.end_cases(but=addresses.values())


@pytest.fixture
def enter(service, sessions, new_context):
    """A browser of somebody's own: `enter("aigul")` is a Person who is signed in.

    Without a login it is somebody whom nobody knows yet. What a page's scripts and
    files do wrong fails the test.
    """
    entered = []

    def enter(login=None, **context):
        key = login, service.now()
        person = Person(
            new_context(storage_state=sessions.get(key), **context).new_page()
        )
        entered.append(person)
        if login is not None and key not in sessions:
            person.sign_in(login)
            sessions[key] = person.page.context.storage_state()
        return person

    yield enter
    assert [fault for person in entered for fault in person.faults] == []
