"""Signing in by the page: sessions, forms, and where they lead."""

import re

import pytest

from server import auth
from tests.integration.api.callers import PASSWORD, csrf_of

pytestmark = pytest.mark.usefixtures("callers")


def sign_in(client, login="clerk", password=PASSWORD, **told):
    form = {"login": login, "password": password} | told
    form.setdefault("csrf_token", csrf_of(client.get("/sign-in")))
    return client.post("/sign-in", data=form)


def test_a_page_asks_a_stranger_to_sign_in_and_leads_back(client):
    answer = client.get("/tasks?sort=priority")

    assert answer.status_code == 303
    assert answer.location == "/sign-in?next=%2Ftasks%3Fsort%3Dpriority"


def test_a_live_part_tells_htmx_to_leave_for_the_sign_in_page(client):
    answer = client.get("/tasks", headers={"HX-Request": "true"})

    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == "/sign-in"


@pytest.mark.parametrize(
    ("shown", "target"),
    [
        ("http://localhost/cases/1?a=b#tasks", "?next=%2Fcases%2F1%3Fa%3Db%23tasks"),
        ("http://localhost//other.example/x", ""),
        ("http://[", ""),
        ("javascript:alert(1)", ""),
    ],
)
def test_a_live_part_leads_back_to_its_page(client, shown, target):
    headers = {"HX-Request": "true", "HX-Current-URL": shown}

    answer = client.get("/cases?sort=x", headers=headers)

    assert (answer.status_code, answer.text) == (401, "")
    assert answer.headers["HX-Redirect"] == f"/sign-in{target}"


def test_the_right_password_leads_on_with_a_guarded_cookie(client):
    answer = sign_in(client, next="/tasks")

    assert (answer.status_code, answer.location) == (303, "/tasks")
    (cookie,) = (
        one for one in answer.headers.getlist("Set-Cookie") if "rasim_session" in one
    )
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert client.get("/tasks").status_code == 200


def test_over_https_the_cookie_is_for_https_alone(client):
    base = "https://rasim.kz"
    page = client.get("/sign-in", base_url=base)
    answer = client.post(
        "/sign-in",
        base_url=base,
        data={"login": "clerk", "password": PASSWORD, "csrf_token": csrf_of(page)},
    )

    for cookie in (*page.headers.getlist("Set-Cookie"), answer.headers["Set-Cookie"]):
        assert "Secure" in cookie


def test_another_site_is_never_led_to(client):
    answer = sign_in(client, next="//evil.example/")

    assert answer.location == "/"


def test_a_wrong_password_is_told_and_never_shown_again(client):
    answer = sign_in(client, login="typed-by-mistake", password="wrong password")

    assert answer.status_code == 422
    assert "typed-by-mistake" not in answer.text
    assert "wrong password" not in answer.text
    assert auth.SESSION_COOKIE not in answer.headers.get("Set-Cookie", "")


@pytest.mark.parametrize("told", ["", "wrong", "a" * 64, "ә"])
def test_a_form_without_our_token_is_refused(client, told):
    client.get("/sign-in")

    assert sign_in(client, csrf_token=told).status_code == 403


def test_a_token_of_another_browser_is_refused(app, client):
    foreign = csrf_of(app.test_client().get("/sign-in"))
    client.get("/sign-in")

    assert sign_in(client, csrf_token=foreign).status_code == 403


def test_signing_out_needs_the_token_of_the_session(client):
    before = csrf_of(client.get("/sign-in"))
    sign_in(client, csrf_token=before)

    assert client.post("/sign-out").status_code == 403
    assert client.post("/sign-out", data={"csrf_token": before}).status_code == 403
    assert client.get("/tasks").status_code == 200


def test_signing_out_ends_the_session(client):
    sign_in(client)
    own = csrf_of(client.get("/tasks"))

    answer = client.post("/sign-out", headers={"X-CSRF-Token": own})

    assert (answer.status_code, answer.location) == (303, "/sign-in")
    assert client.get("/tasks").status_code == 303


def test_a_page_for_others_is_refused_as_a_page(client):
    sign_in(client)

    answer = client.get("/deadlines")
    missing = client.get("/nothing")

    assert answer.status_code in (403, 404)
    assert missing.status_code == 404
    assert missing.mimetype == "text/html"


def test_the_api_does_not_take_the_cookie(client):
    sign_in(client)

    assert client.get("/api/v1/tasks").status_code == 401


def test_pages_of_somebody_are_not_kept(client):
    sign_in(client)

    assert "no-" in client.get("/tasks").headers["Cache-Control"]


def test_scripts_run_only_with_the_word_of_this_answer(client):
    first, second = client.get("/sign-in"), client.get("/sign-in")

    nonces = [
        re.search(r"'nonce-([^']+)'", page.headers["Content-Security-Policy"])[1]
        for page in (first, second)
    ]
    assert nonces[0] != nonces[1]
    assert f'nonce="{nonces[0]}"' in first.text
    assert "unsafe" not in first.headers["Content-Security-Policy"]


def test_one_click_enters_only_people_of_the_demonstration(client):
    own = csrf_of(client.get("/sign-in"))

    answer = client.post("/sign-in/demo", data={"login": "clerk", "csrf_token": own})

    assert answer.status_code == 422
