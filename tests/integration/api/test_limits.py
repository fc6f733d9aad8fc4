"""Rates: who asks too often waits, and is told how long; nobody else does."""

import pytest

from server import bootstrap
from server.rates import Rates
from server.settings import Settings
from tests.integration.api.callers import csrf_of, make_caller
from workflows.model import Role

CLOCK, SIGN_IN = "/api/v1/clock", "/sign-in?lang=en"


def served(settings, database_url, counts=None, **told):
    environment = {
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(settings.data),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_MANUAL_CLOCK": "1",
    }
    return bootstrap.create_app(Settings.from_environment(environment | told), counts)


@pytest.fixture
def strict(settings, database_url, offices):
    """An application that lets one ask three times a minute, and its twin: another
    process of the same web server."""
    limits = dict.fromkeys(("RASIM_API_PER_MINUTE", "RASIM_SIGN_INS_PER_MINUTE"), "3")
    counts = Rates()
    made = [served(settings, database_url, counts, **limits) for _ in range(2)]
    yield made
    for app in made:
        app.extensions["rasim"].store.close()
        app.extensions["rasim"].clock.close()


@pytest.fixture
def clerk(strict, store, request):
    return make_caller(strict[0], store, request.node.name[:60], Role.CLERK, "school-1")


def test_a_program_that_asks_too_often_waits(strict, store, clerk):
    answers = [clerk.get(CLOCK) for _ in range(4)]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]
    assert answers[0].headers["RateLimit-Policy"] == '"api";q=3;w=60'
    assert [one.headers["RateLimit"].split(";")[1] for one in answers] == [
        "r=2",
        "r=1",
        "r=0",
        "r=0",
    ]
    refused = answers[-1]
    assert refused.mimetype == "application/problem+json"
    assert refused.json["type"].endswith("#problem-too-many-requests")
    assert 0 < int(refused.headers["Retry-After"]) <= 20
    # Another one does not wait for it.
    other = make_caller(strict[0], store, "other-clerk", Role.CLERK, "school-1")
    assert other.get(CLOCK).status_code == 200


def test_all_processes_count_together(strict, clerk):
    twin = strict[1].test_client()
    answers = [
        twin.get(CLOCK, headers=clerk.headers()),
        clerk.get(CLOCK),
        twin.get(CLOCK, headers=clerk.headers()),
        clerk.get(CLOCK),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200, 429]


def test_an_address_that_tries_to_sign_in_too_often_waits(strict):
    def attempt(address):
        client = strict[0].test_client()
        token = csrf_of(client.get(SIGN_IN))
        form = {"login": "nobody", "password": "wrong", "csrf_token": token}
        told = {"REMOTE_ADDR": address}
        return client.post(SIGN_IN, data=form, environ_overrides=told)

    answers = [attempt("203.0.113.7") for _ in range(4)]

    assert [one.status_code for one in answers[:3]] == [422] * 3
    refused = answers[3]
    assert refused.status_code == 429
    assert refused.mimetype == "text/html"
    assert "Too many requests" in refused.text
    assert int(refused.headers["Retry-After"]) > 0
    assert attempt("203.0.113.8").status_code == 422


def test_a_limit_of_nothing_is_no_limit(settings, database_url, store, offices):
    app = served(settings, database_url, RASIM_API_PER_MINUTE="0")
    caller = make_caller(app, store, "free", Role.CLERK, "school-1")
    try:
        answers = [caller.get(CLOCK) for _ in range(20)]
        assert {one.status_code for one in answers} == {200}
        assert "RateLimit" not in answers[0].headers
    finally:
        app.extensions["rasim"].store.close()
        app.extensions["rasim"].clock.close()


def test_the_usual_limits_are_far_from_who_works(settings):
    load = settings.load

    assert load.api >= 1000 * 60  # ten times what two cores can answer
    assert load.sign_in >= 10 * 60  # a ministry behind one address
