"""Signing in at a real provider: who comes in, as what, and who does not."""

import uuid
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest
import sqlalchemy as sa

from tests.integration.sign_in.conftest import SERVICE
from workflows import identities, people, people_changes, sessions
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store.tables import memberships, users

AIGUL = {
    "name": "Айгүл Серікқызы",
    "preferred_username": "aigul",
    "locale": "ru-RU",
    "groups": ["desk", "mail-users"],
    "office": "school",
}


@pytest.fixture
def subject():
    """Somebody whom the provider has just come to know."""
    return f"s-{uuid.uuid4().hex}"


@pytest.fixture
def enter(client, provider, elsewhere, subject):
    """Sign in with these claims; the answer of our own last page."""

    def enter(claims=AIGUL, target="", who=subject):
        provider.knows({who: claims})
        begun = client.get(f"/sign-in/openid{target}")
        assert begun.status_code == 303, begun.text
        address = elsewhere.come_back(begun.headers["Location"], who)
        return client.get(address.removeprefix(SERVICE))

    return enter


@pytest.fixture
def caller(store, provider, subject):
    """Whom the identity stands for; None: nobody."""

    def caller():
        with store.transaction() as tx:
            login = tx.scalar(
                sa.text(
                    "SELECT login FROM users JOIN identities ON user_id = users.id"
                    " WHERE issuer = :issuer AND subject = :subject"
                ),
                {"issuer": provider.issuer, "subject": subject},
            )
            return login and people.by_login(tx, login)

    return caller


def roles(caller):
    return {(one.role, one.office_code) for one in caller.memberships}


def test_who_is_new_comes_in_with_the_roles_that_the_claims_mean(
    client, enter, caller, store
):
    answer = enter(target="?next=/account/sessions")

    assert (answer.status_code, answer.location) == (303, "/account/sessions")
    found = caller()
    assert (found.name, found.locale) == ("Айгүл Серікқызы", "ru")
    assert roles(found) == {(Role.CLERK, "school")}
    token = client.get_cookie("rasim_session").value
    with store.transaction() as tx:
        (row,) = sessions.of_user(tx, SystemClock(), found.user_id, token)
    assert row.how == "openid"


def test_the_way_there_carries_state_nonce_and_a_challenge(client):
    asked = parse_qs(urlsplit(client.get("/sign-in/openid").location).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked["response_type"] == ["code"]
    for name in ("state", "nonce", "code_challenge"):
        assert len(asked[name][0]) >= 20
    assert asked["scope"] == ["openid profile"]


def test_roles_are_replaced_at_each_sign_in_and_local_ones_stay(enter, caller, store):
    enter()
    with store.transaction() as tx:
        people.add_membership(
            tx, login=caller().login, role=Role.DESIGNER, office="west"
        )
        people.add_membership(
            tx, login=caller().login, role=Role.SUPERVISOR, office="east"
        )
    enter(AIGUL | {"groups": "watch"})
    assert roles(caller()) == {(Role.DESIGNER, "west"), (Role.SUPERVISOR, "east")}

    enter(AIGUL | {"office": ["school", "west"]})
    assert roles(caller()) == {
        (Role.DESIGNER, "west"),
        (Role.SUPERVISOR, "east"),  # a local one, which the provider told once, too
        (Role.CLERK, "school"),
        (Role.CLERK, "west"),
    }
    with store.transaction() as tx:
        told = [one.what for one in people_changes.of(tx, caller().user_id).items]
    assert told.count("role_given") == 3
    assert told.count("role_taken") == 1


def test_the_same_person_comes_again_whatever_they_are_called(enter, caller):
    enter()
    first = caller()
    enter(AIGUL | {"name": "Айгүл Маратқызы", "preferred_username": "other"})

    assert caller().user_id == first.user_id
    assert caller().login == first.login
    assert caller().name == "Айгүл Маратқызы"


def test_a_login_or_an_address_is_nobodys_proof(enter, caller, store):
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login="chief@edu.kz")
        people.add_membership(
            tx, login="chief@edu.kz", role=Role.ADMINISTRATOR, office="root"
        )
    enter(AIGUL | {"preferred_username": "Chief@edu.kz", "email": "chief@edu.kz"})

    assert caller().login == "chief@edu.kz-2"
    assert roles(caller()) == {(Role.CLERK, "school")}


def test_an_account_that_was_linked_is_entered_by_its_identity(
    enter, caller, store, provider, subject
):
    login = f"dauren-{subject}"
    with store.transaction() as tx:
        people.add_user(tx, SystemClock(), login=login)
        people.add_membership(tx, login=login, role=Role.SUPERVISOR, office="west")
        identities.link(
            tx, SystemClock(), login=login, issuer=provider.issuer, subject=subject
        )

    assert enter(AIGUL | {"groups": []}).status_code == 303
    assert caller().login == login
    assert roles(caller()) == {(Role.SUPERVISOR, "west")}


@pytest.mark.parametrize(
    "claims",
    [
        {"groups": []},
        {"groups": ["mail-users", "administrator", "clerk", "Desk", "desk "]},
        {"groups": None},
        {},
    ],
)
def test_without_a_role_nobody_comes_in_and_nobody_is_made(
    client, enter, caller, claims
):
    plain = {key: AIGUL[key] for key in ("name", "preferred_username", "office")}

    answer = enter(plain | claims)

    assert answer.status_code == 403
    assert "Бір есік" in answer.text
    assert caller() is None
    assert client.get_cookie("rasim_session") is None


@pytest.mark.parametrize(
    "groups", [{"desk": True}, [["desk"]], ["desk", {"role": "administrator"}], 7, True]
)
def test_claims_of_another_shape_give_no_role(enter, caller, groups):
    assert enter(AIGUL | {"groups": groups}).status_code == 403
    assert caller() is None


def test_an_unknown_office_is_named_and_gives_no_role(enter, caller):
    answer = enter(AIGUL | {"office": ["school", "nowhere-7"]})

    assert answer.status_code == 403
    assert "nowhere-7" in answer.text
    assert caller() is None


def test_a_role_without_an_office_in_the_claims_is_no_role(enter, caller):
    assert enter(AIGUL | {"office": None}).status_code == 403
    assert caller() is None


def test_who_lost_the_roles_there_has_lost_them_here(client, enter, caller, store):
    enter()
    own = client.get_cookie("rasim_session").value

    assert enter(AIGUL | {"groups": []}).status_code == 403

    assert roles(caller()) == set()
    with store.transaction() as tx:
        found = sessions.by_session(tx, SystemClock(), own)
        assert found is None or found.caller.memberships == ()


def test_who_is_disabled_stays_out_and_is_told_so(enter, caller, store):
    enter()
    with store.transaction() as tx:
        tx.execute(
            sa.update(users)
            .where(users.c.id == caller().user_id)
            .values(disabled_at=datetime.now(UTC))
        )
        before = tx.scalar(sa.select(sa.func.count()).select_from(memberships))

    answer = enter()

    assert answer.status_code == 403
    assert caller() is None
    with store.transaction() as tx:
        after = tx.scalar(sa.select(sa.func.count()).select_from(memberships))
    assert before == after


def test_an_answer_is_taken_once_and_by_the_browser_that_asked(
    app, client, provider, elsewhere, subject, caller
):
    provider.knows({subject: AIGUL})
    begun = client.get("/sign-in/openid")
    address = elsewhere.come_back(begun.location, subject).removeprefix(SERVICE)

    thief = app.test_client()
    thief.get("/sign-in/openid")
    assert thief.get(address).status_code == 403
    assert thief.get_cookie("rasim_session") is None

    assert client.get(address).status_code == 303
    client.delete_cookie("rasim_session")
    assert client.get(address).status_code == 403
    assert client.get_cookie("rasim_session") is None


@pytest.mark.parametrize(
    "query",
    [
        "",
        "?code=x",
        "?state=x",
        "?code=x&state=x",
        "?error=server_error&error_description=<script>",
    ],
)
def test_an_answer_that_nobody_asked_for_is_refused(client, query):
    answer = client.get(f"/sign-in/openid/back{query}")

    assert answer.status_code == 403
    assert "<script>" not in answer.text.partition("</head>")[2].replace("nonce", "")
    assert client.get_cookie("rasim_session") is None


def test_a_changed_code_or_issuer_is_refused(client, provider, elsewhere, subject):
    provider.knows({subject: AIGUL})
    for change in (
        lambda address: address.replace("code=", "code=x"),
        lambda address: address.replace("iss=http", "iss=https"),
    ):
        begun = client.get("/sign-in/openid")
        address = elsewhere.come_back(begun.location, subject)
        changed = change(address)
        assert changed != address
        assert client.get(changed.removeprefix(SERVICE)).status_code == 403
    assert client.get_cookie("rasim_session") is None


def test_who_leaves_the_provider_is_told_in_words(client, elsewhere, provider):
    begun = client.get("/sign-in/openid")
    address = elsewhere.come_back(begun.location, "", answer="abort")

    answer = client.get(address.removeprefix(SERVICE))

    assert answer.status_code == 403
    assert "Бір есік" in answer.text


@pytest.mark.parametrize("target", ["//evil.example", "https://evil.example/"])
def test_nobody_is_sent_to_another_site(enter, target):
    assert enter(target=f"?next={target}").location == "/"


def test_ways_that_were_left_do_not_fill_the_cookie(client):
    for _ in range(20):
        client.get("/sign-in/openid")

    assert len(client.get_cookie("session").value) < 3500


def test_the_button_is_on_the_page_of_signing_in(client):
    assert "Бір есік" in client.get("/sign-in").text
