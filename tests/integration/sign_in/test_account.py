"""One's own account, page by page: what it asks for, and what it refuses."""

import re
import uuid
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
import sqlalchemy as sa

from tests.integration.sign_in.conftest import CSRF, PASSWORD, post, sign_in
from workflows import credentials, people, sessions
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store.tables import users

NEW = "өзен бойындағы ескі диірмен"


@pytest.fixture
def elsewhere(app, login):
    """The same person at another browser."""
    other = app.test_client()
    agent = "Mozilla/5.0 (Linux; Android 15) Chrome/140.0 Safari/537.36"
    assert sign_in(other, login, agent=agent).status_code == 303
    return other


@pytest.mark.parametrize("asked", ["_scheme=javascript", "endpoint=x", "_external=1"])
def test_what_an_address_asks_stays_what_is_asked_in_the_next_language(owner, asked):
    answer = owner.get(f"/account/password?{asked}&lang=kk")

    assert answer.status_code == 200
    assert f'href="/account/password?{asked}&amp;lang=ru"' in answer.text


def is_in(client):
    return client.get("/account").status_code == 200


def copied(app, client):
    """Somebody else, with a copy of the cookie of now."""
    thief = app.test_client()
    thief.set_cookie("rasim_session", client.get_cookie("rasim_session").value)
    assert is_in(thief)
    return thief


PAGES = ("", "/password", "/second-step", "/sessions", "/absence")
FORMS = (
    "/password",
    "/second-step/set-up",
    "/second-step/confirm",
    "/second-step/recovery-codes",
    "/second-step/turn-off",
    "/sessions/end",
    f"/sessions/end?session={uuid.uuid4()}",
    "/absence",
    f"/absence/{uuid.uuid4()}/end",
)


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_its_owners(client, path):
    answer = client.get(f"/account{path}")

    assert (answer.status_code, answer.location[:8]) == (303, "/sign-in")


@pytest.mark.parametrize("path", FORMS)
def test_a_form_needs_a_session_and_its_token(app, owner, path):
    assert app.test_client().post(f"/account{path}").status_code == 303
    assert owner.post(f"/account{path}").status_code == 403
    assert owner.post(f"/account{path}", data={"csrf_token": "x"}).status_code == 403


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("locale", ["kk", "ru", "en"])
def test_each_page_opens_in_each_language(owner, path, locale):
    assert owner.get(f"/account{path}?lang={locale}").status_code == 200


# --- the password -----------------------------------------------------------------


def change(client, current=PASSWORD, password=NEW, again=None):
    return post(
        client,
        "/account/password",
        current=current,
        password=password,
        again=password if again is None else again,
    )


def test_a_new_password_works_and_the_other_sessions_end(owner, elsewhere, app, login):
    assert change(owner).location == "/account?said=password"

    assert is_in(owner)
    assert not is_in(elsewhere)
    assert sign_in(app.test_client(), login).status_code == 422
    assert sign_in(app.test_client(), login, NEW).status_code == 303


def test_after_a_new_password_a_copy_of_the_cookie_is_of_no_use(app, owner):
    page = owner.get("/account/absence").text
    copy = copied(app, owner)

    change(owner)

    assert is_in(owner)
    assert not is_in(copy)
    # A form that another tab of this browser had open goes on.
    token = CSRF.search(page)[1]
    assert owner.post("/account/absence", data={"csrf_token": token}).status_code == 422


@pytest.mark.parametrize(
    "told",
    [
        {"current": "wrong"},
        {"again": "another"},
        {"password": "short"},
        {"password": "qwertyuiop123456"},
    ],
)
def test_what_will_not_do_is_told_and_nothing_changes(owner, elsewhere, told):
    answer = change(owner, **told)

    assert answer.status_code == 422
    assert "govuk-error-summary" in answer.text
    assert PASSWORD not in answer.text
    assert is_in(elsewhere)


def test_a_stolen_session_does_not_guess_the_password(owner, app, login):
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        assert change(owner, current="wrong").status_code == 422

    assert change(owner).status_code == 422
    assert sign_in(app.test_client(), login).status_code == 422


# --- sessions ---------------------------------------------------------------------


def test_each_session_is_listed_and_this_one_is_marked(owner, elsewhere):
    page = owner.get("/account/sessions?lang=en").text

    assert "Firefox" in page
    assert "Chrome, Android" in page
    assert page.count("this one") == 1
    assert page.count("/sessions/end") == 2  # the other one, and all others


OTHERS = "/account/sessions/end"


def path_of_the_other(client):
    page = client.get("/account/sessions").text
    return re.search(r"/account/sessions/end\?session=[0-9a-f-]{36}", page)[0]


def test_one_ends_another_session_of_ones_own(owner, elsewhere):
    path = path_of_the_other(owner)
    assert "Chrome, Android" in owner.get(path).text

    assert post(owner, path, current=PASSWORD).status_code == 303
    assert not is_in(elsewhere)
    assert is_in(owner)
    assert owner.get(path).status_code == 404
    again = post(owner, path, "/account/sessions", current=PASSWORD)
    assert again.status_code == 404


def test_all_the_others_end_at_once(owner, elsewhere):
    post(owner, OTHERS, current=PASSWORD)

    assert not is_in(elsewhere)
    assert is_in(owner)


@pytest.mark.parametrize("named", ["x", "%ff", "1"])
def test_a_session_that_cannot_be_is_not_there(owner, elsewhere, named):
    path = f"{OTHERS}?session={named}"

    assert owner.get(path).status_code == 404
    answer = post(owner, path, "/account/sessions", current=PASSWORD)
    assert answer.status_code == 404
    assert is_in(elsewhere)


@pytest.mark.parametrize("told", [{}, {"current": ""}, {"current": "wrong"}])
def test_without_the_password_no_other_session_ends(owner, elsewhere, told):
    for path in (path_of_the_other(owner), OTHERS):
        answer = post(owner, path, **told)
        assert answer.status_code == 422
        assert "govuk-error-summary" in answer.text
    assert is_in(elsewhere)


def test_without_other_sessions_there_is_nothing_to_end(owner):
    page = owner.get(f"{OTHERS}?lang=en").text

    assert "You are signed in here alone." in page
    assert 'name="current"' not in page


def test_who_has_no_password_ends_them_without_one(app, owner, elsewhere, store, login):
    with store.transaction() as tx:
        tx.execute(
            sa.update(users).where(users.c.login == login).values(password_hash=None)
        )

    assert 'name="current"' not in owner.get(OTHERS).text
    assert post(owner, OTHERS).status_code == 303
    assert not is_in(elsewhere)


def test_nobody_ends_the_session_of_another(app, owner, store):
    with store.transaction() as tx:
        login = f"other-{uuid.uuid4().hex[:8]}"
        people.add_user(tx, SystemClock(), login=login, password=PASSWORD)
        people.add_membership(tx, login=login, role=Role.ADMINISTRATOR, office="root")
    other = app.test_client()
    sign_in(other, login)
    with store.transaction() as tx:
        caller = people.known(tx, login)
        token = other.get_cookie("rasim_session").value
        (row,) = sessions.of_user(tx, SystemClock(), caller.user_id, token)

    path = f"/account/sessions/end?session={row.id}"
    assert owner.get(path).status_code == 404
    answer = post(owner, path, "/account/sessions", current=PASSWORD)

    assert answer.status_code == 404
    assert is_in(other)


def test_a_browser_that_signs_in_again_leaves_no_session_behind(app, owner, login):
    before = owner.get_cookie("rasim_session").value
    token = CSRF.search(owner.get("/account/password").text)[1]
    fields = {"csrf_token": token, "login": login, "password": PASSWORD}
    assert owner.post("/sign-in", data=fields).status_code == 303
    assert owner.get_cookie("rasim_session").value != before

    other = app.test_client()
    other.set_cookie("rasim_session", before)
    assert not is_in(other)
    assert is_in(owner)


# --- the second step --------------------------------------------------------------


def hidden(page):
    return dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]+)"', page))


def set_up(client):
    """Turn it on; the maker of its codes and the recovery codes."""
    page = post(
        client, "/account/second-step/set-up", "/account/second-step", current=PASSWORD
    ).text
    secret = re.search(r'r-key">([A-Z2-7 ]+)<', page)[1].replace(" ", "")
    assert "<svg" in page
    assert "style=" not in page
    maker = pyotp.TOTP(secret)
    for _ in range(2):  # the half minute may have ended in the meantime
        code = maker.at(datetime.now(UTC) - timedelta(seconds=30))
        told = client.post(
            "/account/second-step/confirm", data={**hidden(page), "code": code}
        )
        if told.status_code == 200:
            break
    assert told.status_code == 200
    return maker, re.findall(r"<code>([A-Z2-7-]+)</code>", told.text)


def test_the_second_step_is_asked_for_once_it_is_on(owner, elsewhere, app, login):
    maker, codes = set_up(owner)

    assert len(codes) == 10
    assert is_in(owner)
    assert not is_in(elsewhere)  # it began without a code
    later = app.test_client()
    assert sign_in(later, login).location == "/sign-in/code"
    assert not is_in(later)
    code = maker.now()
    assert post(later, "/sign-in/code", code="000000").status_code == 422
    assert post(later, "/sign-in/code", code=code).location == "/"
    assert is_in(later)

    again = app.test_client()
    sign_in(again, login)
    assert post(again, "/sign-in/code", code=code).status_code == 422  # replayed
    assert post(again, "/sign-in/code", code=codes[0]).status_code == 303


def test_one_goes_on_to_the_page_that_was_asked_for(owner, app, login):
    _, codes = set_up(owner)
    later = app.test_client()
    token = CSRF.search(later.get("/sign-in?next=/cases").text)[1]
    later.post(
        "/sign-in",
        data={
            "csrf_token": token,
            "login": login,
            "password": PASSWORD,
            "next": "/cases",
        },
    )

    assert post(later, "/sign-in/code", code=codes[0]).location == "/cases"


@pytest.mark.parametrize("cookie", [None, "", "x", "gAAAAA"])
def test_without_the_first_step_there_is_no_second(client, cookie):
    if cookie is not None:
        client.set_cookie("rasim_step", cookie)
    assert client.get("/sign-in/code").location == "/sign-in"
    token = CSRF.search(client.get("/sign-in").text)[1]
    answer = client.post("/sign-in/code", data={"csrf_token": token, "code": "000000"})
    assert answer.location == "/sign-in"


def test_the_secret_is_shown_to_who_knows_the_password(owner):
    path, page = "/account/second-step/set-up", "/account/second-step"

    refused = post(owner, path, page, current="wrong")
    assert refused.status_code == 422
    assert "r-key" not in refused.text
    answer = post(owner, path, page, current=PASSWORD)
    assert "no-store" in answer.headers["Cache-Control"]


def test_without_the_password_no_telephone_is_set_up(owner, app, store):
    path, page = "/account/second-step/confirm", "/account/second-step"
    other = f"other-{uuid.uuid4().hex[:8]}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=other, password=PASSWORD)
    stranger = app.test_client()
    sign_in(stranger, other)
    shown = post(stranger, "/account/second-step/set-up", page, current=PASSWORD).text

    for slip in ("", "x", hidden(shown)["slip"]):
        answer = post(owner, path, page, code="000000", slip=slip)
        assert answer.status_code == 422
        assert "r-key" not in answer.text
    shown = post(owner, "/account/second-step/set-up", page, current=PASSWORD).text
    again = owner.post(path, data={**hidden(shown), "code": "000000"})
    assert "r-key" in again.text


def test_each_change_of_the_second_step_gives_the_session_a_new_name(app, owner, login):
    page = "/account/second-step"
    before = copied(app, owner)
    set_up(owner)
    for name in ("recovery-codes", "turn-off"):
        assert not is_in(before)
        before = copied(app, owner)
        post(owner, f"{page}/{name}", page, current=PASSWORD)

    assert not is_in(before)
    assert is_in(owner)


def test_it_is_turned_off_with_the_password_and_renewed_so(owner, app, login):
    _, codes = set_up(owner)
    page = "/account/second-step"

    for name in ("recovery-codes", "turn-off"):
        assert post(owner, f"{page}/{name}", page, current="wrong").status_code == 422
    renewed = post(owner, f"{page}/recovery-codes", page, current=PASSWORD)
    assert codes[0] not in renewed.text
    assert post(owner, f"{page}/turn-off", page, current=PASSWORD).status_code == 303
    assert sign_in(app.test_client(), login).location == "/"
