"""Pages of programs: tokens made and revoked, webhooks that need a hand."""

import re

import pytest
import sqlalchemy as sa

from tests.integration.api.callers import make_caller
from workflows.model import Role
from workflows.store.tables import users, webhooks


def id_of(store, login):
    with store.transaction() as tx:
        return tx.scalar(sa.select(users.c.id).where(users.c.login == login))


def test_a_token_of_ones_own_is_shown_once_works_and_is_revoked(app, browse, callers):
    get, post = browse(callers["clerk"])

    made = post("/account/tokens?lang=en", label="Night report", days="30")
    token = re.search(r"rasim_[A-Za-z0-9_-]{43}", made.text)[0]
    page = get("/account/tokens?lang=en").text

    headers = {"Authorization": f"Bearer {token}"}
    assert app.test_client().get("/api/v1/tasks", headers=headers).status_code == 200
    assert "Night report" in page
    assert token not in page
    assert token[:10] in page

    mine = re.search(
        rf"/account/tokens/([0-9a-f-]+)/revoke(?:(?!</tr>).)*{token[:10]}", page, re.S
    )
    asked = get(f"/account/tokens/{mine[1]}/revoke?lang=en").text
    assert f"Night report ({token[:10]}" in asked
    assert f'action="/account/tokens/{mine[1]}/revoke"' in asked
    assert post(f"/account/tokens/{mine[1]}/revoke").status_code == 303
    assert get(f"/account/tokens/{mine[1]}/revoke").status_code == 404
    assert "revoked" in get("/account/tokens?lang=en").text


def test_a_token_whose_end_is_near_says_so(app, store, browse, callers):
    caller = make_caller(app, store, "forgetful", Role.CLERK, "school-1")
    get, post = browse(caller)
    post("/account/tokens", label="Long", days="90")
    long = get("/account/tokens?lang=en").text
    post("/account/tokens", label="Short", days="7")
    short = get("/account/tokens?lang=en").text
    overview = browse(callers["administrator"])[0]("/programs?lang=en").text

    assert "days left" not in long
    for page in (short, overview):
        row = re.search(r"Short(?:(?!</tr>).)*7 days left", page, re.S)
        assert row
        assert "r-due--today" in row[0]


@pytest.mark.parametrize(
    ("told", "field"),
    [
        ({"label": "", "days": "30"}, "label"),
        ({"label": "x" * 101, "days": "30"}, "label"),
        ({"label": "x", "days": "367"}, "days"),
        ({"label": "x", "days": "many"}, "days"),
    ],
)
def test_what_will_not_do_is_named(browse, callers, told, field):
    _, post = browse(callers["clerk"])

    answer = post("/account/tokens?lang=en", **told)

    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text
    assert not re.search(r"rasim_[A-Za-z0-9_-]{40}", answer.text)


def test_an_administrator_makes_tokens_of_programs(app, store, browse, callers):
    get, post = browse(callers["administrator"])
    program = id_of(store, "program")
    path = f"/people/{program}/tokens"

    made = post(f"{path}?lang=en", label="Registry", days="90")
    token = re.search(r"rasim_[A-Za-z0-9_-]{43}", made.text)[0]

    assert made.status_code == 200
    assert made.headers["Cache-Control"] == "no-store"
    overview = get("/programs?lang=en").text
    assert "Registry" in overview
    assert token not in overview
    assert "A token was made" in get(f"/people/{program}?lang=en").text


def test_the_programs_of_others_are_not_there(app, store, browse, callers):
    boss = make_caller(app, store, "boss-2", Role.ADMINISTRATOR, "school-2")
    get, post = browse(boss)
    program = id_of(store, "program")

    assert get(f"/people/{program}/tokens").status_code == 404
    assert get(f"/people/{program}/tokens/{program}/revoke").status_code == 404
    made = post(f"/people/{program}/tokens", label="x", days="7")
    assert made.status_code == 404
    assert "Registry" not in get("/programs?lang=en").text


def test_a_webhook_that_was_turned_off_is_turned_on_again(store, browse, callers):
    told = {"url": "https://hook.example/pages", "events": ["case.ended"]}
    made = callers["program"].post("/api/v1/webhooks", told).json
    with store.transaction() as tx:
        tx.execute(
            sa.update(webhooks)
            .where(webhooks.c.id == made["id"])
            .values(disabled_at=sa.func.now(), disabled_because="failing")
        )
    get, post = browse(callers["administrator"])

    page = get("/programs?lang=en").text
    assert "https://hook.example/pages" in page
    assert "Nothing has arrived for days." in page

    answer = post(f"/programs/webhooks/{made['id']}/enable")
    assert answer.status_code == 303
    assert "Nothing has arrived for days." not in get("/programs?lang=en").text
    delete = f"/programs/webhooks/{made['id']}/delete"
    asked = get(f"{delete}?lang=en").text
    assert "https://hook.example/pages" in asked
    assert f'action="{delete}"' in asked
    assert post(delete).status_code == 303
    assert get(delete).status_code == 404
    assert "https://hook.example/pages" not in get("/programs?lang=en").text


@pytest.mark.parametrize("lang", ["kk", "ru", "en"])
def test_empty_pages_say_what_to_do(app, store, browse, callers, lang):
    boss = make_caller(app, store, f"boss-{lang}", Role.ADMINISTRATOR, "school-2")
    get, _ = browse(boss)

    for path in ("/programs", "/account/tokens"):
        assert get(f"{path}?lang={lang}").status_code == 200
