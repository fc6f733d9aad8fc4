"""The manual clock, by the API; without it the calls are not there."""

from dataclasses import replace
from datetime import datetime

import pytest

from server import bootstrap
from server.clock import ManualClock

CLOCK = "/api/v1/clock"


def now(caller):
    return datetime.fromisoformat(caller.get(CLOCK).json["now"])


def test_the_clock_stands_still_until_it_is_moved(callers):
    administrator = callers["administrator"]

    first = now(administrator)
    assert now(administrator) == first
    answer = administrator.post(CLOCK, {"advance": "PT8H"})

    assert (now(administrator) - first).total_seconds() == 8 * 3600
    assert answer.json["now"] == now(administrator).isoformat()


def test_the_clock_is_set_to_a_moment_ahead(callers):
    administrator = callers["administrator"]
    ahead = now(administrator).replace(microsecond=0).isoformat()

    past = administrator.post(CLOCK, {"now": "2020-01-01T00:00:00+05:00"})
    far = administrator.post(CLOCK, {"now": "2090-01-01T00:00:00+05:00"})

    assert past.status_code == 422
    assert far.json["now"] == "2089-12-31T19:00:00+00:00"
    assert administrator.post(CLOCK, {"now": ahead}).status_code == 422


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"advance": "PT1H", "now": "2095-01-01T00:00:00Z"},
        {"advance": "-PT1H"},
        {"advance": "tomorrow"},
        {"advance": "P1M"},
        {"advance": "P999999999D"},
        {"advance": 1},
        {"now": "2095-01-01T00:00:00"},
        {"now": "9999-12-31T23:59:59Z"},
    ],
)
def test_a_move_that_means_nothing_is_refused(callers, body):
    before = now(callers["administrator"])

    answer = callers["administrator"].post(CLOCK, body)

    assert answer.status_code == 422, answer.text
    assert now(callers["administrator"]) == before


def test_a_repeated_move_moves_once(callers):
    administrator = callers["administrator"]
    before = now(administrator)

    for _ in range(2):
        administrator.post(CLOCK, {"advance": "PT1H"}, key=f"move-{before:%s}")

    assert (now(administrator) - before).total_seconds() == 3600


def test_a_clerk_may_look_and_not_move(callers):
    assert callers["clerk"].get(CLOCK).status_code == 200
    assert callers["clerk"].post(CLOCK, {"advance": "PT1H"}).status_code == 403


def test_what_falls_due_is_run_before_the_answer(callers, app, monkeypatch):
    ran = []
    services = app.extensions["rasim"]
    watched = replace(services, run_due=lambda: ran.append(services.clock.now()) or 0)
    monkeypatch.setitem(app.extensions, "rasim", watched)

    answer = callers["administrator"].post(CLOCK, {"advance": "PT1M"})

    assert [moment.isoformat() for moment in ran] == [answer.json["now"]]


def test_two_processes_see_one_clock(database_url, callers):
    other = ManualClock(database_url)
    callers["administrator"].post(CLOCK, {"advance": "PT1M"})

    assert other.now() == now(callers["administrator"])
    other.close()


def test_without_a_manual_clock_there_is_nothing(settings, callers):
    app = bootstrap.create_app(replace(settings, manual_clock=False))
    client, headers = app.test_client(), callers["administrator"].headers()

    assert client.get(CLOCK, headers=headers).status_code == 404
    moved = client.post(CLOCK, json={"advance": "PT1H"}, headers=headers)
    assert moved.status_code == 404
    assert client.post(CLOCK, json={"back": 1}, headers=headers).status_code == 404
    app.extensions["rasim"].store.close()
