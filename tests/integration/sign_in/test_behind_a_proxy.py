"""A service behind a proxy: its cookies, its address, and whose requests it takes."""

from urllib.parse import parse_qs, urlsplit

import pytest

from server import bootstrap
from tests.integration.sign_in.conftest import CSRF, PASSWORD, settings_of

ADDRESS = "https://rasim.example.kz"
INSIDE = "http://rasim.example.kz"  # as the proxy speaks to us
SESSION = "__Host-rasim_session"


@pytest.fixture(scope="module")
def app(database_url, tmp_path_factory, provider):
    made = bootstrap.create_app(
        settings_of(
            database_url,
            tmp_path_factory.mktemp("data"),
            provider,
            RASIM_ADDRESS=ADDRESS,
            RASIM_PROXIES="1",
        )
    )
    yield made
    made.extensions["rasim"].store.close()


def cookies(answer):
    told = answer.headers.getlist("Set-Cookie")
    return {each.partition("=")[0]: each for each in told}


@pytest.fixture
def signed_in(client, login):
    page = client.get("/sign-in?lang=ru", base_url=INSIDE)
    fields = {"login": login, "password": PASSWORD}
    fields["csrf_token"] = CSRF.search(page.text)[1]
    answer = client.post(
        "/sign-in", data=fields, base_url=INSIDE, headers={"Origin": ADDRESS}
    )
    assert answer.status_code == 303, answer.text
    return page, answer


def test_every_cookie_is_this_host_s_and_for_https_alone(client, signed_in):
    page, answer = signed_in
    begun = client.get("/sign-in/openid", base_url=INSIDE)
    found = {**cookies(page), **cookies(answer), **cookies(begun)}

    assert set(found) == {
        "__Host-rasim_form",
        "__Host-rasim_lang",
        SESSION,
        "__Host-session",
    }
    for cookie in found.values():
        assert "Secure" in cookie
        assert "HttpOnly" in cookie
        assert "Path=/" in cookie
        assert "Domain" not in cookie


def test_the_session_is_found_and_ends(client, signed_in):
    account = client.get("/account", base_url=INSIDE)
    assert account.status_code == 200
    token = CSRF.search(account.text)[1]

    left = client.post("/sign-out", data={"csrf_token": token}, base_url=INSIDE)

    assert left.status_code == 303
    assert "Secure" in cookies(left)[SESSION]
    assert client.get("/account", base_url=INSIDE).status_code == 303


def test_a_cookie_under_its_plain_name_is_nobody_s(app, client, signed_in):
    token = client.get_cookie(SESSION, "rasim.example.kz").value
    other = app.test_client()
    other.set_cookie("rasim_session", token, domain="rasim.example.kz")

    assert other.get("/account", base_url=INSIDE).status_code == 303


def test_browsers_are_told_to_come_by_https(client):
    answer = client.get("/sign-in", base_url=INSIDE)

    assert "max-age" in answer.headers["Strict-Transport-Security"]


@pytest.mark.parametrize(
    "headers",
    [{}, {"X-Forwarded-Host": "evil.example"}, {"Host": "127.0.0.1:8000"}],
)
def test_the_way_back_is_by_the_settings(client, headers):
    begun = client.get("/sign-in/openid", base_url=INSIDE, headers=headers)

    asked = parse_qs(urlsplit(begun.location).query)
    assert asked["redirect_uri"] == [f"{ADDRESS}/sign-in/openid/back"]


@pytest.mark.parametrize("host", ["evil.example", "x.rasim.example.kz", "10.1.2.3"])
@pytest.mark.parametrize("path", ["/sign-in", "/api/v1/tasks", "/nowhere"])
def test_a_request_to_another_host_is_refused(client, host, path):
    answer = client.get(path, base_url=f"http://{host}")

    assert answer.status_code == 400
    assert host not in answer.text


def test_machines_that_watch_ask_each_process_at_its_own_address(client):
    for path in ("/healthz", "/readyz", "/metrics"):
        assert client.get(path, base_url="http://10.1.2.3:8000").status_code == 200


def test_the_address_is_written_into_no_page_as_the_request_says_it(client):
    answer = client.get("/sign-in", base_url="http://localhost:8000")

    assert answer.status_code == 200
    assert "localhost" not in answer.text
