"""How surely a provider must know who comes: what it is asked, and what it proves."""

import time
from urllib.parse import parse_qs, urlsplit

import pytest

from server import bootstrap
from tests.integration.sign_in.conftest import SERVICE, settings_of
from tests.integration.sign_in.test_forged_tokens import (
    enter_at,
    liar,  # noqa: F401 - a fixture
)

CLAIMS = {"name": "Айгүл", "groups": ["desk"], "office": "school"}
SURE = {
    "RASIM_OIDC_ACR": "urn:rasim:two silver",
    "RASIM_OIDC_AMR": "otp hwk",
    "RASIM_OIDC_MAX_AGE_MINUTES": "10",
}


@pytest.fixture
def back(database_url, tmp_path, liar):  # noqa: F811 - the fixture above
    """Come back with this in the ID token; the page that one is shown."""
    with enter_at(database_url, tmp_path, liar, **SURE) as enter:

        def back(locale="en", **claims):
            honest = {"acr": "silver", "amr": ["pwd", "otp"], "auth_time": time.time()}
            liar.claims, liar.nonce = honest | claims, ""
            return enter(locale)

        yield back


def test_who_is_known_surely_enough_comes_in(back):
    answer, client = back()

    assert answer.status_code == 303
    assert client.get_cookie("rasim_session") is not None


@pytest.mark.parametrize(
    ("claims", "words"),
    [
        ({"acr": "bronze"}, "asks for a sign-in with a second step"),
        ({"acr": None}, "asks for a sign-in with a second step"),
        ({"amr": ["pwd"]}, "asks for a sign-in with a second step"),
        ({"amr": None}, "asks for a sign-in with a second step"),
        ({"auth_time": 1_000_000_000}, "too long ago"),
        ({"auth_time": None}, "too long ago"),
    ],
)
def test_who_is_not_is_told_so_and_may_sign_in_there_again(back, caplog, claims, words):
    answer, client = back(**claims)

    assert answer.status_code == 403
    assert client.get_cookie("rasim_session") is None
    assert words in answer.text
    assert 'href="/sign-in/openid?again=1&amp;next=/cases"' in (
        answer.text.replace("%2F", "/")
    )
    (told,) = (r for r in caplog.records if "not sure enough" in r.getMessage())
    (name, value), *_ = claims.items()
    assert f"{name} {value!r}" in told.getMessage()


def test_what_nobody_signed_proves_nothing(back, liar):  # noqa: F811 - as above
    liar.userinfo = {"acr": "silver", "amr": ["otp"], "auth_time": time.time()}

    answer, client = back(acr=None, amr=None)

    assert answer.status_code == 403
    assert client.get_cookie("rasim_session") is None


@pytest.mark.parametrize(
    ("locale", "told"),
    [
        ("kk", ("екінші қадаммен кіру керек", "тым көп уақыт өтті")),
        ("ru", ("нужен вход со вторым шагом", "слишком много времени")),
    ],
)
def test_it_is_said_in_each_language(back, locale, told):
    for claims, words in zip(({"acr": None}, {"auth_time": None}), told, strict=True):
        answer, _ = back(locale, **claims)
        assert answer.status_code == 403
        assert words in answer.text


# --- at a real provider -----------------------------------------------------------


@pytest.fixture
def sure(database_url, tmp_path, provider):
    """A browser of a service that asks this provider how long ago one signed in."""
    made = bootstrap.create_app(
        settings_of(database_url, tmp_path, provider, RASIM_OIDC_MAX_AGE_MINUTES="10")
    )
    yield made.test_client()
    made.extensions["rasim"].store.close()


def test_a_real_provider_tells_when_one_signed_in(sure, provider, elsewhere):
    provider.knows({"sure": CLAIMS})
    begun = sure.get("/sign-in/openid?next=/cases").location
    assert parse_qs(urlsplit(begun).query)["max_age"] == ["600"]

    address = elsewhere.come_back(begun, "sure")

    assert sure.get(address.removeprefix(SERVICE)).location == "/cases"


def test_a_real_provider_that_says_nothing_of_it_is_not_enough(
    database_url, tmp_path, provider, elsewhere
):
    told = {"RASIM_OIDC_ACR": "urn:rasim:two gold"}
    made = bootstrap.create_app(settings_of(database_url, tmp_path, provider, **told))
    browser = made.test_client()
    provider.knows({"sure": CLAIMS | {"acr": "gold", "amr": ["otp"]}})
    begun = browser.get("/sign-in/openid").location
    assert parse_qs(urlsplit(begun).query)["acr_values"] == ["urn:rasim:two gold"]

    address = elsewhere.come_back(begun, "sure").removeprefix(SERVICE)

    assert browser.get(address).status_code == 403
    assert browser.get_cookie("rasim_session") is None
    made.extensions["rasim"].store.close()


def test_a_real_provider_asks_anew_who_is_to_sign_in_again(sure, provider, elsewhere):
    provider.knows({"sure": CLAIMS})
    begun = sure.get("/sign-in/openid?again=1").location
    assert parse_qs(urlsplit(begun).query)["prompt"] == ["login"]

    address = elsewhere.come_back(begun, "sure")

    assert sure.get(address.removeprefix(SERVICE)).status_code == 303
