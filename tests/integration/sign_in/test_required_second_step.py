"""A second step that is required: what is there before it, and how one gets past it."""

import re
import uuid
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pyotp
import pytest

from server import bootstrap
from tests.integration.sign_in.conftest import (
    CSRF,
    PASSWORD,
    SERVICE,
    post,
    settings_of,
    sign_in,
)
from tests.integration.sign_in.test_account import change, hidden, is_in, set_up
from workflows import credentials, people, second_factors
from workflows.model import Role
from workflows.ports import SystemClock

PAGE = "/account/second-step"
# What is there for who owes a second step: the way to it, and the way out.
OPEN = {"account.codes", "account.codes_set_up", "account.codes_confirm"}
OUT = {"sign_in.leave"}


@pytest.fixture(scope="module")
def app(database_url, tmp_path_factory, provider):
    data = tmp_path_factory.mktemp("data")
    told = {"RASIM_SECOND_FACTOR": "required", "RASIM_DEMO": "1"}
    made = bootstrap.create_app(settings_of(database_url, data, provider, **told))
    yield made
    made.extensions["rasim"].store.close()


def led(answer):
    """Where one goes on to from the page that sets a second step up; None: not led."""
    if answer.status_code != 303 or urlsplit(answer.location).path != PAGE:
        return None
    return parse_qs(urlsplit(answer.location).query)["next"][0]


def value_of(kind, first):
    """Something that fits into an address there."""
    kinds = {"uuid": uuid.UUID(int=1), "int": 1, "any": first}
    return kinds.get(kind, "x")


def token_of(client):
    return CSRF.search(client.get(PAGE).text)[1]


def test_every_other_page_leads_to_its_set_up(app, owner):
    token = token_of(owner)
    adapter = app.url_map.bind("localhost")
    found = {}
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith("/api/") or rule.endpoint in OUT | {"static"}:
            continue
        parts = re.findall(r"<(?:(\w+)(?:\((\w+)[^)]*\))?:)?(\w+)>", rule.rule)
        values = {name: value_of(kind, first) for kind, first, name in parts}
        method = "GET" if "GET" in rule.methods else "POST"
        path = adapter.build(rule.endpoint, values, method=method)
        data = {"csrf_token": token}
        answer = owner.open(path, method=method, data=data if method == "POST" else {})
        wanted = path if method == "GET" else "/"
        found[rule.endpoint] = led(answer) == wanted

    assert {endpoint for endpoint, is_led in found.items() if not is_led} == OPEN
    assert len(found) > 60


def test_a_part_of_a_page_leads_its_whole_page_there(owner):
    answer = owner.get(
        "/tasks",
        headers={"HX-Request": "true", "HX-Current-URL": f"{SERVICE}/tasks?view=done"},
    )

    assert answer.status_code == 403
    assert answer.headers["HX-Redirect"] == f"{PAGE}?next=%2Ftasks%3Fview%3Ddone"


def test_a_script_is_told_what_to_do(owner):
    headers = {"Accept": "application/json"}
    answer = owner.get("/tasks", headers=headers)

    assert answer.status_code == 403
    assert answer.mimetype == "application/problem+json"
    assert PAGE in answer.json["detail"]
    assert owner.get("/api/v1/tasks", headers=headers).status_code == 401


@pytest.mark.parametrize("locale", ["kk", "ru", "en"])
def test_the_page_says_why_in_each_language(owner, locale):
    shown = owner.get(f"{PAGE}?lang={locale}&next=/cases").text

    assert ("is required here of everybody" in shown) == (locale == "en")
    assert "r-notice--soon" in shown
    # The other languages are those of this page, and lead on to the same one.
    other = "ru" if locale == "kk" else "kk"
    assert f'href="{PAGE}?next=%2Fcases&amp;lang={other}"' in shown


def begun(client, target):
    """The page with the secret, and the maker of its codes."""
    page = post(client, f"{PAGE}/set-up?next={target}", PAGE, current=PASSWORD).text
    secret = re.search(r'r-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    return page, pyotp.TOTP(secret)


def test_set_up_one_goes_on_to_the_page_that_was_asked_for(client, login):
    token = CSRF.search(client.get("/sign-in?next=/cases").text)[1]
    fields = {"login": login, "password": PASSWORD, "next": "/cases"}
    entered = client.post("/sign-in", data={"csrf_token": token, **fields})
    assert entered.location == "/cases"
    assert led(client.get("/cases")) == "/cases"
    assert 'action="/account/second-step/set-up?next=/cases"' in (
        client.get(f"{PAGE}?next=/cases").text.replace("%2F", "/")
    )

    page, maker = begun(client, "/cases")
    aim = re.search(r'action="([^"]+confirm[^"]*)"', page)[1]
    wrong = client.post(aim, data={**hidden(page), "code": "000000"})
    assert led(client.get("/cases")) == "/cases"
    assert "next=/cases" in wrong.text.replace("%2F", "/")
    for _ in range(2):  # the half minute may end meanwhile
        code = maker.at(datetime.now(UTC))
        told = client.post(aim, data={**hidden(page), "code": code})
        if told.status_code == 200 and "r-codes" in told.text:
            break

    assert '<a class="govuk-link" href="/cases">' in told.text
    assert client.get("/cases").status_code == 200
    # Whoever opens the page of before once more goes on, too.
    assert client.get(f"{PAGE}?next=/cases").location == "/cases"


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example", "/\\x"])
def test_nobody_goes_on_to_another_site(owner, target):
    set_up(owner)

    shown = owner.get(PAGE, query_string={"next": target})

    assert shown.status_code == 200
    assert target not in shown.text.partition("<main")[2]


def test_it_is_asked_for_from_then_on(owner, app, login):
    _, codes = set_up(owner)
    assert is_in(owner)

    later = app.test_client()
    assert sign_in(later, login).location == "/sign-in/code"
    assert post(later, "/sign-in/code", code=codes[0]).status_code == 303
    assert is_in(later)


def test_one_may_leave_without_it(owner):
    assert owner.post("/sign-out", data={"csrf_token": token_of(owner)}).location == (
        "/sign-in"
    )
    assert led(owner.get("/cases")) is None


def test_a_first_password_is_changed_first(store, login, client):
    with store.transaction() as tx:
        caller = people.known(tx, login)
        password = credentials.give_first_password(tx, SystemClock(), caller, caller)
    sign_in(client, login, password)
    assert client.get(PAGE).location == "/account/password"

    assert change(client, current=password).status_code == 303

    assert led(client.get("/tasks")) == "/tasks"


def test_nobody_turns_it_off_alone_and_is_told_why(owner):
    set_up(owner)
    shown = owner.get(f"{PAGE}?lang=en").text
    assert "turn-off" not in shown
    assert "cannot be turned off" in shown

    refused = post(owner, f"{PAGE}/turn-off", PAGE, current=PASSWORD)

    assert refused.status_code == 422
    assert "it stays on" in refused.text
    assert is_in(owner)
    assert 'action="/account/second-step/another"' in owner.get(PAGE).text


def test_an_administrator_s_reset_leads_to_another_set_up(owner, app, store, login):
    set_up(owner)
    chief = f"chief-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=chief, password=PASSWORD)
        people.add_membership(tx, login=chief, role=Role.ADMINISTRATOR, office="root")
        user_id = people.known(tx, login).user_id
    administrator = app.test_client()
    sign_in(administrator, chief)
    set_up(administrator)

    page = f"/people/{user_id}"
    path = f"{page}/account/reset-second-step"
    said = administrator.get(post(administrator, path, page).location + "&lang=en")

    assert "At the next sign-in it is set up again." in said.text
    assert not is_in(owner)
    assert sign_in(owner, login).location == "/"
    assert led(owner.get("/")) == "/"


def test_programs_are_not_concerned(owner, store, login):
    with store.transaction() as tx:
        token = credentials.create_token(
            tx, SystemClock(), login, valid_for=timedelta(hours=1)
        )

    answer = owner.get("/api/v1/tasks", headers={"Authorization": f"Bearer {token}"})

    assert answer.status_code == 200


def test_who_comes_from_a_provider_is_its_matter(client, provider, elsewhere):
    subject = f"s-{uuid.uuid4().hex}"
    provider.knows({subject: {"groups": ["desk"], "office": "school"}})
    address = elsewhere.come_back(client.get("/sign-in/openid").location, subject)
    assert client.get(address.removeprefix(SERVICE)).status_code == 303

    assert client.get("/tasks").status_code == 200


def test_the_demonstration_is_not_concerned(client, store):
    login = f"demo-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=login, is_demo=True)
        people.add_membership(tx, login=login, role=Role.CLERK, office="school")
    assert post(client, "/sign-in/demo", "/sign-in", login=login).status_code == 303

    assert client.get("/tasks").status_code == 200


# --- another telephone ------------------------------------------------------------


@pytest.fixture
def other(owner):
    """A telephone that is being set up in place of another: its page and its codes."""
    maker, codes = set_up(owner)
    page = post(owner, f"{PAGE}/another", PAGE, current=PASSWORD).text
    secret = re.search(r'r-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert secret != maker.secret
    return page, pyotp.TOTP(secret), maker, codes


def confirmed(client, page, code, **changed):
    fields = {**hidden(page), "code": code, **changed}
    return client.post(f"{PAGE}/another/confirm", data=fields)


def test_another_telephone_takes_its_place_with_its_first_code(
    owner, other, app, login, store
):
    page, maker, before, codes = other
    wrong = confirmed(owner, page, "000000")
    assert "govuk-error-summary" in wrong.text
    assert maker.secret in wrong.text.replace(" ", "")

    told = confirmed(owner, wrong.text, maker.now())

    fresh = re.findall(r"<code>([A-Z2-7-]+)</code>", told.text)
    assert len(fresh) == 10
    assert is_in(owner)
    later = app.test_client()
    sign_in(later, login)
    soon = datetime.now(UTC) + timedelta(seconds=30)
    for refused in (before.now(), before.at(soon), codes[0], maker.now()):
        assert post(later, "/sign-in/code", code=refused).status_code == 422
    assert post(later, "/sign-in/code", code=fresh[0]).status_code == 303
    again = confirmed(owner, page, maker.now())  # sent twice
    assert again.location == PAGE
    with store.transaction() as tx:
        user_id = people.known(tx, login).user_id
        assert second_factors.codes_left(tx, user_id) == 9


def test_left_half_way_the_telephone_of_now_works_on(owner, other, app, login):
    _, maker, before, _ = other

    later = app.test_client()
    sign_in(later, login)
    assert post(later, "/sign-in/code", code=maker.now()).status_code == 422
    assert post(later, "/sign-in/code", code=before.now()).status_code == 303


def test_another_telephone_asks_for_the_password(owner, other):
    page, maker, _, _ = other

    refused = post(owner, f"{PAGE}/another", PAGE, current="wrong")

    assert refused.status_code == 422
    assert "r-key" not in refused.text
    for changed in ({"slip": ""}, {"slip": "x"}, {"sealed": ""}, {"sealed": "x"}):
        answer = confirmed(owner, page, maker.now(), **changed)
        assert answer.status_code == 422
        assert 'id="current-another-error"' in answer.text


def test_without_a_second_step_there_is_no_other_one(owner):
    token = token_of(owner)
    data = {"csrf_token": token, "current": PASSWORD}

    assert led(owner.post(f"{PAGE}/another", data=data)) == "/"
