"""The lists of programs: what needs somebody first, sorted, by page, as files."""

import csv
import io
import re
from datetime import timedelta
from uuid import uuid4

import pytest
import sqlalchemy as sa

from tests.integration.api.callers import make_caller
from workflows import tokens
from workflows.model import Role
from workflows.ports import FixedClock
from workflows.store.tables import api_tokens, users, webhooks

CLOCK = sa.func.clock_timestamp()


@pytest.fixture
def hosts(app, store, callers):
    """Three webhooks: all is well, nothing arrives, turned off; of two programs."""
    names = [f"{which}-{uuid4().hex[:6]}.example" for which in ("a", "b", "c")]
    program = make_caller(app, store, f"p{uuid4().hex[:6]}", Role.SERVICE, "school-1")
    ids = []
    for name, caller in zip(names, (callers["program"], program, program), strict=True):
        told = {"url": f"https://{name}/", "events": ["case.ended"]}
        ids.append(caller.post("/api/v1/webhooks", told).json["id"])
    off = {"disabled_at": CLOCK, "disabled_because": "failing"}
    with store.transaction() as tx:
        for id_, now in ((ids[1], {"failing_since": CLOCK}), (ids[2], off)):
            tx.execute(sa.update(webhooks).where(webhooks.c.id == id_).values(now))
    return names


@pytest.fixture
def many(app, store):
    """An account with 60 tokens that work, made one after the other; its caller."""
    login = f"many-{uuid4().hex[:6]}"
    caller = make_caller(app, store, login, Role.SERVICE, "school-2")
    clock = app.extensions["rasim"].world.clock
    with store.transaction() as tx:
        for number in range(60):
            tokens.create(
                tx,
                FixedClock(clock.now() + timedelta(seconds=number)),
                login,
                valid_for=timedelta(days=90 - number),
                label=f"№ {number:02}",
            )
    yield caller
    with store.transaction() as tx:
        tokens.revoke_all(tx, clock, login)


@pytest.fixture
def look(app, store, browse):
    """A look at an address as an administrator of school-2."""
    login = f"b{uuid4().hex[:6]}"
    return browse(make_caller(app, store, login, Role.ADMINISTRATOR, "school-2"))[0]


def order_of(page, names):
    return sorted(names, key=page.index)


def lines(answer):
    assert answer.status_code == 200
    assert answer.mimetype == "text/csv"
    return list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))


def labels(page):
    return re.findall(r"№ \d\d", page)


def test_webhooks_that_need_somebody_stand_first(browse, callers, hosts):
    get, _ = browse(callers["administrator"])
    well, failing, off = hosts

    page = get("/programs?lang=en").text
    by_address = get("/programs?sort=-hook_url&lang=en").text

    assert order_of(page, hosts) == [off, failing, well]
    assert order_of(by_address, hosts) == hosts[::-1]
    assert order_of(get("/programs?sort=hook_url").text, hosts) == hosts
    assert order_of(get("/programs?sort=-hook_state").text, hosts) == [
        well,
        failing,
        off,
    ]
    assert 'aria-sort="descending"' in by_address


def test_the_webhooks_are_a_file_as_they_are_sorted(browse, callers, hosts):
    get, _ = browse(callers["administrator"])

    head, *rows = lines(get("/programs/webhooks.csv?sort=hook_url&lang=en"))

    assert head[:4] == ["Address", "Account", "User name", "State"]
    own = [row for row in rows if any(name in row[0] for name in hosts)]
    assert [row[3] for row in own] == ["works", "nothing arrives", "turned off"]
    assert own[0][2] == "program"
    assert own[2][4].startswith("Nothing has arrived for days.")


def test_tokens_that_end_soon_stand_first_and_none_is_left_out(look, many):
    first = look("/programs?lang=en").text
    link = re.search(r'href="([^"]*list=tokens[^"]*#tokens)"', first)[1]
    rest = look(link.replace("&amp;", "&").partition("#")[0]).text
    whole = lines(look("/programs/tokens.csv?lang=en"))[1:]

    seen = labels(first) + labels(rest)
    assert len(labels(first)) == 50
    assert "Shown: 50 of " in first
    assert seen == [f"№ {number:02}" for number in range(59, -1, -1)]
    assert [row[2] for row in whole if row[2].startswith("№")] == seen


@pytest.mark.parametrize(
    ("sort", "shown"),
    [
        ("token_label", ["№ 00", "№ 01"]),
        ("-token_label", ["№ 59", "№ 58"]),
        ("-token_ends", ["№ 00", "№ 01"]),
        ("token_used", ["№ 07", "№ 08"]),
    ],
)
def test_tokens_are_sorted_on_the_page_and_in_the_file(look, store, many, sort, shown):
    used = api_tokens.c.label.not_in(["№ 07", "№ 08"])
    with store.transaction() as tx:
        tx.execute(
            sa.update(api_tokens)
            .where(used, api_tokens.c.user_id == user_id(tx, many))
            .values(last_used_at=CLOCK)
        )

    page = labels(look(f"/programs?sort={sort}").text)
    file = [row[2] for row in lines(look(f"/programs/tokens.csv?sort={sort}"))[1:]]

    assert sorted(page[:2]) == sorted(shown)
    assert [one for one in file if one.startswith("№")][: len(page)] == page
    following = look(f"/programs?sort={sort}&list=tokens&cursor=50").text
    assert set(labels(following)).isdisjoint(page)
    assert len({*labels(following), *page}) == 60


def user_id(tx, caller):
    return tx.scalar(sa.select(users.c.id).where(users.c.login == caller.login))


def test_the_tokens_of_one_account_come_page_by_page(browse, callers, store, many):
    get, _ = browse(callers["administrator"])
    with store.transaction() as tx:
        path = f"/people/{user_id(tx, many)}/tokens"

    first = get(f"{path}?lang=en").text
    following = re.search(r'href="([^"]*cursor=[^"]*)"', first)[1]
    rest = get(following.replace("&amp;", "&")).text
    by_label = get(f"{path}?sort=label").text

    assert "Shown: 50 of 61" in first  # with the one that it signs in with
    newest = [f"№ {number:02}" for number in range(59, -1, -1)]
    heads = r'row" class="r-table__main">(№ \d\d)'
    assert re.findall(heads, first) + re.findall(heads, rest) == newest
    assert re.findall(heads, by_label)[:2] == ["№ 00", "№ 01"]
    last = re.search(r"/tokens/([0-9a-f-]+)/revoke(?:(?!</tr>).)*№ 00", rest, re.S)[1]
    assert "№ 00" in get(f"{path}/{last}/revoke").text


def test_programs_bear_the_names_of_their_accounts(look, store, many):
    with store.transaction() as tx:
        tx.execute(
            sa.update(users)
            .where(users.c.login == many.login)
            .values(name="Мектеп тізілімі")
        )
    page = look("/programs").text
    row = lines(look("/programs/tokens.csv"))[1]

    assert f">Мектеп тізілімі</a><small>{many.login}</small>" in page
    assert row[:2] == ["Мектеп тізілімі", many.login]


@pytest.mark.parametrize(
    "asked",
    [
        "list=tokens&cursor=abc",
        "list=tokens&cursor=-1&sort=token_label",
        "list=hooks&cursor=9999999&sort=hook_url",
    ],
)
def test_a_cursor_of_another_list_leads_to_the_beginning(browse, callers, asked):
    get, _ = browse(callers["administrator"])

    answer = get(f"/programs?{asked}")

    assert answer.status_code == 302
    assert "cursor" not in answer.headers["Location"]
    assert get(answer.headers["Location"]).status_code == 200


def test_the_lists_are_for_administrators(browse, callers):
    get, _ = browse(callers["clerk"])

    assert get("/programs/tokens.csv").status_code == 403
    assert get("/programs/webhooks.csv").status_code == 403
