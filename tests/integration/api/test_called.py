"""The API and the pages of cases that call other processes, and of old versions."""

import html
import re

import pytest

from tests.drawn import ask, call, form, job, line
from tests.integration.api.test_sign_in import sign_in


def drawings(mark):
    """A caller `trip` and a called `meal`, whose elements have the same ids."""
    return {
        "trip.bpmn": line("trip", call("c", "meal"), ask("it", None, f"Сапар {mark}")),
        "meal.bpmn": line("meal", ask("it", "meal.f", f"Тамақ {mark}"), job("j", "x")),
        "meal.form.json": form("meal.f", f"dish_{mark}"),
    }


def release(callers, mark):
    answer = callers["designer"].post_files("/api/v1/deployments", drawings(mark))
    assert answer.status_code == 201, answer.text
    return answer.json


@pytest.fixture(scope="module")
def two(callers):
    """Two releases, the second of them the newest."""
    return release(callers, "one"), release(callers, "two")


def start(callers, **body):
    answer = callers["program"].post(
        "/api/v1/instances", {"process_key": "trip"} | body
    )
    assert answer.status_code == 201, answer.text
    return answer.json


def task_of(callers, case):
    answer = callers["clerk"].get("/api/v1/tasks", instance_id=case["id"])
    (task,) = answer.json["items"]
    return task


def complete(callers, task, **variables):
    return callers["clerk"].post(
        f"/api/v1/tasks/{task['id']}/complete", {"variables": variables}
    )


def text_of(answer):
    """The words of a page, but for those of its drawing."""
    assert answer.status_code == 200, answer.text
    told = re.sub(r"<svg.*?</svg>", " ", answer.text, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", told)))


def drawn_in(answer):
    """The ids of what the drawing of a page shows, but for its flows."""
    ids = set(re.findall(r'data-element-id="([^"]+)"', answer.text))
    return {one for one in ids if not one.startswith("meal_")}


def marks_of(answer):
    return html.unescape(re.search(r'data-steps="([^"]*)"', answer.text)[1])


@pytest.mark.parametrize(("version", "mark"), [(1, "one"), (2, "two"), (None, "two")])
def test_a_version_is_started_with_what_was_bound_to_it(callers, two, version, mark):
    case = start(callers, version=version)
    task = task_of(callers, case)

    assert case["version"] == (version or 2)
    assert (task["called_process"], task["name"]) == ("meal", f"Тамақ {mark}")
    refused = complete(callers, task)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == [f"dish_{mark}"]


def test_rows_and_events_say_whose_drawing_an_element_is_of(callers, two):
    case = start(callers)
    done = complete(callers, task_of(callers, case), dish_two="x")
    assert done.status_code == 200, done.text

    admin = callers["administrator"]
    (work,) = admin.get("/api/v1/jobs", instance_id=case["id"]).json["items"]
    assert (work["called_process"], work["element_id"]) == ("meal", "j")
    events = admin.get(f"/api/v1/instances/{case['id']}/history").json["items"]
    told = [one for one in events if one["type"] == "task.completed"]
    assert [one["called_process"] for one in told] == ["meal"]
    assert [one["detail"]["process"] for one in told] == ["meal"]
    own = [one for one in events if one["element_id"] is None]
    assert all(one["called_process"] is None for one in own)


def test_the_page_of_a_case_never_takes_a_called_element_for_its_own(
    callers, client, two
):
    case = start(callers)
    complete(callers, task_of(callers, case), dish_two="x")
    sign_in(client)

    page = client.get(f"/cases/{case['id']}")
    said = text_of(page)

    assert "Тамақ two (meal рәсімі)" in said
    assert "Сапар two" not in said
    assert '"c": "active"' in marks_of(page)
    assert '"it"' not in marks_of(page)
    assert f'/cases/{case["id"]}/called/meal"' in page.text


def test_a_called_process_has_a_page_with_its_own_drawing(callers, client, two):
    case = start(callers, version=1)
    complete(callers, task_of(callers, case), dish_one="x")
    sign_in(client)

    page = client.get(f"/cases/{case['id']}/called/meal")

    assert "meal рәсімі" in text_of(page)
    assert "Тамақ one" in text_of(page)
    assert '"it": "done"' in marks_of(page)
    assert '"j": "active"' in marks_of(page)
    assert drawn_in(page) == {"start", "it", "j", "end"}
    live = client.get(
        f"/cases/{case['id']}/called/meal", headers={"HX-Request": "true"}
    )
    assert "<html" not in live.text
    assert marks_of(live) == marks_of(page)
    assert client.get(f"/cases/{case['id']}/called/trip").status_code == 404


def test_the_page_of_a_called_task_shows_the_drawing_that_has_it(callers, client, two):
    case = start(callers, version=1)
    task = task_of(callers, case)
    sign_in(client)

    page = client.get(f"/tasks/{task['id']}")

    assert "Тамақ one" in text_of(page)
    assert "meal рәсімі" in text_of(page)
    assert "dish_one" in page.text
    assert {"it", "j"} <= drawn_in(page)
    assert re.search(r'<g data-element-id="it"[^>]*active', page.text)
    assert "Тамақ one" in text_of(client.get("/tasks"))
