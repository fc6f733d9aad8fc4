"""The administrator's pages of people and offices: what they show and refuse."""

import re
import uuid
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from server import sorting
from tests.integration.sign_in.conftest import CSRF, post
from tests.integration.sign_in.test_account import PASSWORD, is_in, sign_in
from workflows import credentials, people, people_changes, sessions
from workflows.model import Role
from workflows.ports import SystemClock
from workflows.store.tables import users


@pytest.fixture
def person(store):
    """Make somebody; (login, id)."""

    def person(role, office, name="Біреу"):
        login = f"{role}-{uuid.uuid4().hex[:8]}"
        with store.transaction() as tx:
            user_id = people.add_user(
                tx, SystemClock(), login=login, name=name, password=PASSWORD
            )
            people.add_membership(tx, login=login, role=role, office=office)
        return login, user_id

    return person


@pytest.fixture
def admin(client, person):
    login, _ = person(Role.ADMINISTRATOR, "east")
    assert sign_in(client, login).status_code == 303
    return client


@pytest.fixture
def clerk(person):
    return person(Role.CLERK, "school", "Әсел Ермек")


def shown(client, path):
    """The page in English."""
    answer = client.get(path + ("&" if "?" in path else "?") + "lang=en")
    assert answer.status_code == 200, path
    return answer.text


PATHS = ("/people", "/people.csv", "/people/new", "/offices", "/offices.csv")
EVERYBODYS = "/sessions"


@pytest.mark.parametrize(
    "role", [Role.CLERK, Role.SUPERVISOR, Role.DESIGNER, Role.SERVICE, Role.APPLICANT]
)
def test_only_administrators_open_them(client, person, clerk, role):
    login, _ = person(role, "root")
    sign_in(client, login)
    token = CSRF.search(client.get("/account").text)[1]

    for path in (*PATHS, EVERYBODYS, f"/people/{clerk[1]}"):
        assert client.get(path).status_code == 403
    for path in (
        "/people/new",
        EVERYBODYS,
        *(f"/people/{clerk[1]}/{act}" for act in ACTS),
    ):
        assert client.post(path, data={"csrf_token": token}).status_code == 403


ACTS = (
    "roles",
    "roles/take",
    "first-password",
    "account/disable",
    "account/enable",
    "account/unlock",
    "account/reset-second-step",
    "sessions/end",
    f"sessions/{uuid.uuid4()}/end",
)


@pytest.mark.parametrize("act", ACTS)
def test_each_form_needs_its_token_and_knows_only_ones_own_people(admin, person, act):
    _, far = person(Role.CLERK, "west")
    token = CSRF.search(admin.get("/people/new").text)[1]
    data = {"csrf_token": token, "role": "clerk", "office": "school"}

    assert admin.post(f"/people/{far}/{act}", data=data).status_code == 404
    assert admin.post(f"/people/{uuid.uuid4()}/{act}", data=data).status_code == 404
    assert admin.post(f"/people/{far}/{act}").status_code == 403
    assert admin.get(f"/people/{far}").status_code == 404


def test_people_are_listed_found_and_taken_along(admin, clerk, person):
    far, _ = person(Role.CLERK, "west")
    login, user_id = clerk

    page = shown(admin, f"/people?q={login}")
    assert f"/people/{user_id}" in page
    assert far not in shown(admin, "/people")
    assert "Nobody is found" in shown(admin, f"/people?q={far}")
    file = admin.get(f"/people.csv?q={login}&lang=en").get_data(as_text=True)
    assert f"Әсел Ермек;{login};open account;clerk: Мектеп" in file
    assert len(file.splitlines()) == 2


@pytest.mark.parametrize(
    "query",
    [
        "sort=-login",
        "sort=nonsense",
        "role=king",
        "state=any",
        "office=%27",
        "cursor=x",
        "q=%25_",
    ],
)
def test_a_strange_address_breaks_nothing(admin, query):
    answer = admin.get(f"/people?{query}", follow_redirects=True)

    assert answer.status_code == 200


def test_a_person_is_added_and_signs_in_with_a_first_password(app, admin):
    login = f"new-{uuid.uuid4().hex[:8]}"
    form = {"name": "Жаңа", "login": login, "role": "clerk", "office": "school"}
    refused = post(admin, "/people/new", **form | {"office": "west"})
    assert refused.status_code == 422
    assert 'id="office-error"' in refused.text
    assert 'value="Жаңа"' in refused.text
    added = post(admin, "/people/new", **form)
    assert added.status_code == 303
    page = added.location.partition("?")[0]

    told = post(admin, f"{page}/first-password", page)

    password = re.search(r'r-key">([a-z0-9-]+)<', told.text)[1]
    assert "no-store" in told.headers["Cache-Control"]
    assert password not in admin.get(page).text
    other = app.test_client()
    sign_in(other, login, password)
    assert other.get("/tasks").location == "/account/password"
    assert "the first one, good until" in shown(admin, page)


def test_that_a_first_password_ran_out_is_seen_by_the_administrator(
    admin, clerk, store
):
    page = f"/people/{clerk[1]}"
    post(admin, f"{page}/first-password", page)
    with store.transaction() as tx:
        tx.execute(
            sa.update(users)
            .where(users.c.id == clerk[1])
            .values(first_password_until=datetime.now(UTC))
        )

    assert "the first one ran out" in shown(admin, page)


def test_roles_are_given_and_taken(admin, clerk):
    page = f"/people/{clerk[1]}"
    at = {"role": "supervisor", "office": "school"}

    assert post(admin, f"{page}/roles", page, **at).status_code == 303
    assert "supervisor" in shown(admin, page)
    assert post(admin, f"{page}/roles", page, **at).status_code == 422
    for told in (at | {"office": "root"}, at | {"role": "service"}):
        assert post(admin, f"{page}/roles", page, **told).status_code == 422
    assert post(admin, f"{page}/roles/take", page, **at).status_code == 303
    assert post(admin, f"{page}/roles/take", page, **at).status_code == 404
    assert "A role was given: supervisor, Мектеп" in shown(admin, page)


def test_all_that_was_changed_is_read_page_by_page(admin, clerk, store):
    with store.transaction() as tx:
        for number in range(60):
            told = {"issuer": f"https://id-{number}.example"}
            people_changes.record(
                tx, SystemClock(), clerk[1], "identity_linked", **told
            )

    first = shown(admin, f"/people/{clerk[1]}")
    following = re.search(r'href="([^"]*cursor=[^"]*)#changes"', first)[1]
    second = shown(admin, following.replace("&amp;", "&"))

    assert "Shown: 50 of 60" in first
    numbers = [
        int(one)
        for page in (first, second)
        for one in re.findall(r"https://id-(\d+)", page)
    ]
    assert numbers == list(range(59, -1, -1))


def test_an_account_is_closed_and_opened(app, admin, clerk):
    login, user_id = clerk
    page, other = f"/people/{user_id}", app.test_client()
    sign_in(other, login)

    assert post(admin, f"{page}/account/disable", page).status_code == 303
    assert not is_in(other)
    assert sign_in(app.test_client(), login).status_code == 422
    assert post(admin, f"{page}/account/enable", page).status_code == 303
    assert sign_in(app.test_client(), login).status_code == 303
    assert post(admin, f"{page}/account/nonsense", page).status_code == 404


def test_who_is_locked_out_is_let_in(app, admin, clerk):
    login, user_id = clerk
    for _ in range(credentials.FAILURES_BEFORE_LOCK):
        sign_in(app.test_client(), login, "wrong")
    page = f"/people/{user_id}"
    assert "locked out" in shown(admin, page)

    assert post(admin, f"{page}/account/unlock", page).status_code == 303
    assert sign_in(app.test_client(), login).status_code == 303


def of(app, login):
    """Somebody at a browser of their own."""
    client = app.test_client()
    assert sign_in(client, login).status_code == 303
    return client


def test_one_session_of_a_person_is_seen_and_ended(app, admin, clerk):
    login, user_id = clerk
    page = f"/people/{user_id}"
    assert "sessions/end" not in shown(admin, page)
    first, second = of(app, login), of(app, login)
    paths = re.findall(
        r'action="(/people/\S+/sessions/[0-9a-f-]{36}/end)"', shown(admin, page)
    )
    assert len(paths) == 2
    assert "Firefox" in shown(admin, page)

    assert post(admin, paths[0], page).location == f"{page}?said=session"

    assert [is_in(first), is_in(second)].count(True) == 1
    assert post(admin, paths[0], page).status_code == 404
    assert "A session was ended" in shown(admin, page)


def test_all_sessions_of_a_person_end_at_once(app, admin, clerk, person):
    login, user_id = clerk
    other, _ = person(Role.CLERK, "school")
    bystander, page = of(app, other), f"/people/{user_id}"
    theirs = [of(app, login), of(app, login)]

    assert post(admin, f"{page}/sessions/end", page).location == f"{page}?said=sessions"

    assert not any(map(is_in, theirs))
    assert is_in(bystander)
    assert is_in(admin)
    told = shown(admin, page)
    assert told.count("All sessions were ended") == 1


def test_ones_own_sessions_are_not_ended_on_ones_page_as_a_person(admin, store):
    with store.transaction() as tx:
        token = admin.get_cookie("rasim_session").value
        me = sessions.by_session(tx, SystemClock(), token).caller.user_id

    assert "sessions/end" not in shown(admin, f"/people/{me}")
    for path in (f"/people/{me}/sessions/end", f"/people/{me}/sessions/{me}/end"):
        assert post(admin, path, "/people/new").status_code == 403
    assert is_in(admin)


def test_a_session_is_not_ended_at_the_page_of_somebody_else(app, admin, clerk, person):
    login, user_id = clerk
    _, other = person(Role.CLERK, "school")
    theirs = of(app, login)
    page = shown(admin, f"/people/{user_id}")
    path = re.search(r"/sessions/[0-9a-f-]{36}/end", page)[0]

    assert post(admin, f"/people/{other}{path}", "/people/new").status_code == 404
    assert is_in(theirs)


def test_only_who_is_over_all_ends_everybodys_sessions(app, admin, clerk, person):
    theirs = of(app, clerk[0])
    token = CSRF.search(admin.get("/people/new").text)[1]

    assert f'href="{EVERYBODYS}"' not in shown(admin, "/people")
    assert admin.get(EVERYBODYS).status_code == 404
    data = {"csrf_token": token, "current": PASSWORD}
    assert admin.post(EVERYBODYS, data=data).status_code == 404
    assert is_in(theirs)


def test_everybodys_sessions_end_but_for_the_one_of_who_does_it(
    app, admin, clerk, person
):
    theirs, chief = of(app, clerk[0]), of(app, person(Role.ADMINISTRATOR, "root")[0])
    assert f'href="{EVERYBODYS}"' in shown(chief, "/people")
    assert "Sessions now" in shown(chief, EVERYBODYS)

    for told in ({}, {"current": "wrong"}):
        assert post(chief, EVERYBODYS, **told).status_code == 422
    assert is_in(theirs)
    answer = post(chief, EVERYBODYS, current=PASSWORD)

    assert answer.location == "/people?said=sessions"
    assert not is_in(theirs)
    assert not is_in(admin)
    assert is_in(chief)
    assert "All sessions were ended" in shown(chief, f"/people/{clerk[1]}")


def test_who_works_elsewhere_too_keeps_the_account(admin, clerk, store):
    login, user_id = clerk
    with store.transaction() as tx:
        people.add_membership(tx, login=login, role=Role.SUPERVISOR, office="root")
    page = f"/people/{user_id}"

    assert "first-password" not in shown(admin, page)
    for act in ACTS[2:]:
        assert post(admin, f"{page}/{act}", page).status_code == 403


def test_offices_are_walked_down(admin):
    assert "/offices?at=east" in shown(admin, "/offices")
    page = shown(admin, "/offices?at=east")
    assert "/offices?at=school" in page
    assert "09:00–18:30" in page
    assert "Мектеп" in shown(admin, "/offices?at=school")
    for code in ("root", "west", "nowhere"):
        assert admin.get(f"/offices?at={code}").status_code == 404


def test_people_stand_in_the_order_of_the_alphabet(admin, person, monkeypatch):
    mark = uuid.uuid4().hex[:6]
    for name in ("Яна", "Әсел", "Бақыт", "Қайрат", "Арман"):
        person(Role.CLERK, "school", f"{name} {mark}")
    names = re.compile(rf">(\w+) {mark}</a>")
    monkeypatch.setattr(sorting, "PAGE_SIZE", 3)

    first = shown(admin, f"/people?q={mark}")
    second = shown(admin, f"/people?q={mark}&cursor=3")
    falling = shown(admin, f"/people?q={mark}&sort=-name")
    file = admin.get(f"/people.csv?q={mark}").text

    assert names.findall(first) == ["Арман", "Әсел", "Бақыт"]
    assert names.findall(second) == ["Қайрат", "Яна"]
    assert names.findall(falling) == ["Яна", "Қайрат", "Бақыт"]
    assert re.findall(rf"(\w+) {mark}", file) == [
        "Арман",
        "Әсел",
        "Бақыт",
        "Қайрат",
        "Яна",
    ]


def test_too_many_people_for_the_alphabet_are_listed_all_the_same(
    admin, person, monkeypatch
):
    mark = uuid.uuid4().hex[:6]
    for name in ("В", "А", "Б"):
        person(Role.CLERK, "school", f"{name} {mark}")
    names = re.compile(rf">(\w+) {mark}</a>")
    monkeypatch.setattr(sorting, "MOST", 2)

    assert names.findall(shown(admin, f"/people?q={mark}")) == ["А", "Б", "В"]
    by_name = shown(admin, f"/people?q={mark}&sort=-name")
    by_state = shown(admin, f"/people?q={mark}&sort=state")
    assert names.findall(by_name) == ["В", "Б", "А"]
    assert "stays in its usual order" not in by_name
    assert "stays in its usual order" in by_state


@pytest.mark.parametrize("locale", ["kk", "ru", "en"])
def test_each_page_opens_in_each_language(admin, clerk, locale):
    for path in (*PATHS, f"/people/{clerk[1]}", "/offices?at=school"):
        answer = admin.get(f"{path}{'&' if '?' in path else '?'}lang={locale}")
        assert answer.status_code == 200
