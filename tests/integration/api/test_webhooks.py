"""Webhooks over the API, and one that a real receiver is told over HTTP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network

import pytest
import standardwebhooks

from integrations.postman import HttpsPostman
from server import bootstrap
from server.settings import Settings
from tests.drawn import ask, line
from tests.integration.api.callers import make_caller
from workflows.model import Role
from workflows.sealing import Sealer
from workflows.webhook_sending import send_waiting
from workflows.webhooks import MOST_OF_ONE, SEALED_FOR

PATH = "/api/v1/webhooks"
ASKED = {"url": "https://hook.example/rasim", "events": ["case.started"]}
LOOPBACK = "127.0.0.0/8"


@pytest.fixture(scope="module", autouse=True)
def drawing(callers):
    files = {"hooked.bpmn": line("hooked", ask("a", None, "А"))}
    answer = callers["designer"].post_files("/api/v1/deployments", files)
    assert answer.status_code == 201, answer.text


@pytest.fixture
def program(app, store, callers, request):
    """A program of its own, with room for webhooks."""
    return make_caller(app, store, request.node.name[:60], Role.SERVICE, "school-1")


def delete(caller, path, key=None):
    headers = caller.headers() | ({"Idempotency-Key": key} if key else {})
    return caller.app.test_client().delete(path, headers=headers)


def test_the_secret_is_told_in_the_first_answer_and_its_repeats(program):
    made = program.post(PATH, ASKED, key="hook-1")
    again = program.post(PATH, ASKED, key="hook-1")

    assert made.status_code == 201
    assert made.json["secret"].startswith("whsec_")
    assert again.json == made.json
    id_ = made.json["id"]
    kept = program.get(f"{PATH}/{id_}").json
    assert kept == {name: made.json[name] for name in made.json if name != "secret"}
    assert (kept["state"], kept["offices"]) == ("active", ["school-1"])
    assert program.get(PATH).json["items"] == [kept]


def test_a_webhook_is_ended_by_its_owner(program):
    id_ = program.post(PATH, ASKED).json["id"]

    answer = delete(program, f"{PATH}/{id_}")

    assert (answer.status_code, answer.data) == (204, b"")
    assert delete(program, f"{PATH}/{id_}").status_code == 404
    assert "Content-Type" not in answer.headers
    assert program.get(PATH).json["total"] == 0


def test_the_repeat_of_an_end_gives_the_first_answer(program):
    id_ = program.post(PATH, ASKED).json["id"]
    first, again = (delete(program, f"{PATH}/{id_}", "end-1") for _ in range(2))

    assert (first.status_code, again.status_code) == (204, 204)
    assert again.headers["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"url": "http://hook.example/"}, "url"),
        ({"url": "https://127.0.0.1/"}, "url"),
        ({"url": "https://169.254.169.254/latest"}, "url"),
        ({"events": ["case.eaten"]}, "events.0"),
        ({"events": []}, "events"),
        ({"secret": "mine"}, "secret"),
    ],
)
def test_what_will_not_do_is_named(program, told, field):
    answer = program.post(PATH, ASKED | told)

    assert answer.status_code == 422, answer.text
    assert field in answer.json["errors"]


def test_an_office_of_others_is_not_there(program):
    assert program.post(PATH, ASKED | {"office": "school-2"}).status_code == 404


def test_one_program_has_only_so_many(program):
    for _ in range(MOST_OF_ONE):
        assert program.post(PATH, ASKED).status_code == 201

    answer = program.post(PATH, ASKED)

    assert answer.status_code == 422
    assert "delete one" in answer.text


def test_the_webhooks_of_others_are_not_there(app, store, callers, program):
    id_ = program.post(PATH, ASKED).json["id"]
    other = make_caller(app, store, "of-school-2", Role.SERVICE, "school-2")
    boss = make_caller(app, store, "boss-of-school-2", Role.ADMINISTRATOR, "school-2")

    for caller in (other, boss):
        assert caller.get(PATH).json["items"] == []
        for path in (f"{PATH}/{id_}", f"{PATH}/{id_}/deliveries"):
            assert caller.get(path).status_code == 404
        assert caller.post(f"{PATH}/{id_}/enable").status_code == 404
        assert delete(caller, f"{PATH}/{id_}").status_code == 404
    above = callers["administrator"].get(f"{PATH}/{id_}")
    assert (above.status_code, above.json["owner"]) == (200, program.login)
    assert "secret" not in above.json


@pytest.mark.parametrize("login", ["clerk", "supervisor", "designer"])
def test_webhooks_are_for_programs_and_administrators(callers, login):
    assert callers[login].post(PATH, ASKED).status_code == 403
    assert callers[login].get(PATH).status_code == 403


# --- a real receiver ------------------------------------------------------------------


@pytest.fixture
def receiver():
    """(address, what came as (headers, body)); answers 503 first, then 200."""
    came = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            came.append((dict(self.headers), body))
            self.send_response(503 if len(came) == 1 else 200)
            self.end_headers()

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/rasim", came
    server.shutdown()
    server.server_close()
    thread.join()


@pytest.fixture
def near(settings, database_url):
    """An application that may reach this machine, told so by its settings."""
    told = {
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(settings.data),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_MANUAL_CLOCK": "1",
        "RASIM_WEBHOOK_NETWORKS": LOOPBACK,
    }
    made = bootstrap.create_app(Settings.from_environment(told))
    yield made
    made.extensions["rasim"].store.close()
    made.extensions["rasim"].clock.close()


def test_a_receiver_verifies_what_it_is_told_and_asks_for_the_rest(
    app, near, store, receiver
):
    url, came = receiver
    program = make_caller(near, store, "near", Role.SERVICE, "school-1")
    made = program.post(PATH, ASKED | {"url": url}).json
    case = program.post("/api/v1/instances", {"process_key": "hooked"}).json
    services = near.extensions["rasim"]
    postman = HttpsPostman((ip_network(LOOPBACK),))
    asked = (store, services.clock, Sealer("x" * 40, SEALED_FOR), postman)

    send_waiting(*asked)
    (row,) = program.get(f"{PATH}/{made['id']}/deliveries").json["items"]
    assert (row["state"], row["last_status"], row["attempts"]) == ("waiting", 503, 1)
    redeliver = f"{PATH}/{made['id']}/deliveries/{row['id']}/redeliver"
    assert program.post(redeliver).status_code == 200
    send_waiting(*asked)

    (row,) = program.get(f"{PATH}/{made['id']}/deliveries").json["items"]
    assert row["state"] == "delivered"
    headers, body = came[-1]
    told = standardwebhooks.Webhook(made["secret"]).verify(
        body, {name.lower(): value for name, value in headers.items()}
    )
    assert told["data"]["instance_id"] == case["id"]
    assert headers["webhook-id"] == came[0][0]["webhook-id"] == row["id"]
    assert program.get(f"/api/v1/instances/{case['id']}").json["state"] == "active"
