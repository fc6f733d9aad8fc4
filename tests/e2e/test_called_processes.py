"""A case that calls another process: each drawing shows its own way, and no other's."""

import re

from playwright.sync_api import expect

from tests.drawn import ask, call, line
from tests.e2e.screens import barriers, keep, sticks_out

DONE, ACTIVE = re.compile(r"\bstep-done\b"), re.compile(r"\bstep-active\b")
REACHED = re.compile(r"\bstep-(done|active|failed)\b")
POLL_SECONDS = 15  # after which each page has asked again


def drawn(page, element_id):
    """An element of the diagram."""
    return page.locator(f".r-drawing [data-element-id={element_id}]")


def look(page, name):
    keep(page, name)
    assert barriers(page) == []
    assert sticks_out(page) == 0


def test_the_case_waits_at_the_call_and_the_called_drawing_shows_where(service, enter):
    service.release(
        {
            "trip.bpmn": line("trip", call("c", "meal"), ask("it", None, "Жолға шығу")),
            "meal.bpmn": line("meal", ask("it", None, "Тамақтану")),
        }
    )
    school = service.population.schools[0].bin
    body = {"process_key": "trip", "business_key": "T-1", "office": school}
    case = service.call("POST", "/instances", body | {"variables": {}})
    (task,) = service.call("GET", f"/tasks?instance_id={case['id']}")["items"]
    assert (task["called_process"], task["name"]) == ("meal", "Тамақтану")

    clerk = enter()
    clerk.page.clock.install()
    clerk.sign_in("aigul")
    page = clerk.page
    clerk.open(f"/cases/{case['id']}")
    expect(drawn(page, "c")).to_have_class(ACTIVE)
    expect(drawn(page, "it")).not_to_have_class(REACHED)
    look(page, "case-that-calls")

    clerk.link("meal рәсімі").click()
    expect(clerk.heading("meal рәсімі")).to_be_visible()
    expect(drawn(page, "it")).to_have_class(ACTIVE)
    expect(drawn(page, "c")).to_have_count(0)
    look(page, "called")

    path = f"/tasks/{task['id']}/complete"
    service.call("POST", path, {"variables": {}}, by="aigul")
    clerk.let_pass(POLL_SECONDS)
    expect(drawn(page, "it")).to_have_class(DONE)

    clerk.link("Іске оралу").click()
    expect(drawn(page, "c")).to_have_class(DONE)
    expect(drawn(page, "it")).to_have_class(ACTIVE)
    history = page.get_by_role("region", name="Іс тарихы")
    expect(history).to_contain_text("Тамақтану (meal рәсімі)")
