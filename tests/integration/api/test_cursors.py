"""Cursors: what is no cursor of this list is refused; pages lose and double nothing."""

import base64
import json
import uuid

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.integration.api.two_schools import DRAWINGS, MARK, OURS, THEIRS, school

API = "/api/v1"
LISTS = ("definitions", "instances", "tasks", "jobs", "incidents")
EASY = {
    "derandomize": True,
    "database": None,
    "deadline": None,
    "suppress_health_check": list(HealthCheck),
}
TEXTS = st.one_of(
    st.text(st.characters(codec=None), max_size=20),
    st.sampled_from(
        (
            "2026-06-01T05:00:00+00:00",
            "0000-00-00",
            "infinity",
            "294277-01-01T00:00:00+00:00",
            "00000000-0000-0000-0000-000000000000",
            "first_grade_admission",
        )
    ),
)
VALUES = st.one_of(
    TEXTS,
    st.integers(-(10**400), 10**400),
    st.sampled_from((0, 1, 2**31, 2**63, 10**40)),
    st.booleans(),
    st.none(),
    st.floats(),
    st.lists(TEXTS, max_size=2),
    st.dictionaries(TEXTS, TEXTS, max_size=2),
)


def coded(value):
    text = json.dumps(value).encode()
    return base64.urlsafe_b64encode(text).decode().rstrip("=")


CURSORS = st.one_of(
    st.text(min_size=1, max_size=60),
    st.binary(min_size=1, max_size=60).map(
        lambda raw: base64.urlsafe_b64encode(raw).decode().rstrip("=")
    ),
    st.lists(VALUES, min_size=2, max_size=3).map(coded),
    st.lists(st.one_of(TEXTS, st.integers(0, 9)), min_size=2, max_size=3).map(coded),
    VALUES.map(coded),
    st.integers(1, 20_000).map(lambda size: "A" * size),
    st.integers(1, 400).map(lambda deep: coded(json.loads("[" * deep + "]" * deep))),
)


@pytest.fixture(scope="module")
def ours(app, store, callers):
    answer = callers["designer"].post_files(f"{API}/deployments", DRAWINGS)
    assert answer.status_code == 201, answer.text
    made = school(app, store, OURS, "ours")
    made.fill(3)
    return made


@pytest.fixture(scope="module")
def lists(ours):
    case = ours.ids["instance_id"][0]
    return (*LISTS, f"instances/{case}/history", f"instances/{case}/documents")


@pytest.mark.parametrize("values", [[1, 1], ["\ud800", "x"], [True, True, True]])
def test_values_of_another_type_are_refused(ours, lists, values):
    for noun in lists:
        answer = ours.program.get(f"{API}/{noun}", cursor=coded(values))
        assert answer.status_code == 422, (noun, answer.text)


@settings(max_examples=250, **EASY)
@given(cursor=CURSORS, place=st.integers(0, 6))
def test_what_is_no_cursor_is_refused_with_words(ours, lists, cursor, place):
    answer = ours.program.get(f"{API}/{lists[place]}", cursor=cursor)

    if answer.status_code != 200:  # by luck it may be one
        assert answer.status_code in (400, 422), (lists[place], cursor, answer.text)
        assert answer.json["detail"], (lists[place], cursor)


def test_a_cursor_of_another_list_gives_nothing_of_others(app, store, ours, lists):
    theirs = school(app, store, THEIRS, MARK)
    theirs.fill(3)

    for source in LISTS:
        cursor = theirs.program.get(f"{API}/{source}", limit=1).json["next_cursor"]
        assert cursor, source
        for target in lists:
            answer = ours.program.get(f"{API}/{target}", cursor=cursor)
            assert answer.status_code in (200, 422), (source, target, answer.text)
            assert MARK not in answer.text, (source, target)


CHANGES = st.lists(st.sampled_from(("more", "less", "nothing")), min_size=1, max_size=6)


@settings(max_examples=25, **EASY)
@given(changes=CHANGES, limit=st.integers(1, 4))
def test_pages_lose_and_double_nothing_while_others_come_and_go(ours, changes, limit):
    program = ours.program
    key = str(uuid.uuid4())
    there = [begun(program, key) for _ in range(8)]
    seen: list[str] = []
    cursor = None

    for change in [*changes, *[None] * 20]:
        told = {"business_key": key, "state": "active", "limit": limit}
        if cursor:
            told["cursor"] = cursor
        page = program.get(f"{API}/instances", **told).json
        seen += [one["id"] for one in page["items"]]
        cursor = page["next_cursor"]
        if cursor is None:
            break
        if change == "more":
            begun(program, key)
        elif change == "less":
            last = there.pop(0)  # the newest come first: this one was not seen yet
            assert program.post(f"{API}/instances/{last}/cancel").status_code == 200

    assert cursor is None
    assert len(seen) == len(set(seen))
    assert set(there) <= set(seen)


def begun(program, key):
    told = {"process_key": "fuzz", "business_key": key}
    return program.post(f"{API}/instances", told).json["id"]


@pytest.mark.parametrize(
    ("made", "used"),
    [
        ({"sort": "created_at"}, {"sort": "-created_at"}),
        ({"sort": "created_at"}, {"sort": "deadline_at"}),
        ({"sort": "-created_at"}, {}),
    ],
)
def test_a_cursor_of_another_order_is_refused_with_what_to_do(ours, made, used):
    cursor = ours.clerk.get(f"{API}/tasks", limit=1, **made).json["next_cursor"]

    same = ours.clerk.get(f"{API}/tasks", cursor=cursor, **made)
    other = ours.clerk.get(f"{API}/tasks", cursor=cursor, **used)
    list_ = ours.clerk.get(f"{API}/instances", cursor=cursor)

    assert same.status_code == 200
    assert same.json["items"]
    for answer in (other, list_):
        assert answer.status_code == 422
        assert "begin without it" in answer.json["errors"]["cursor"][0]


def test_a_cursor_of_an_older_release_still_goes_on(ours):
    page = ours.clerk.get(f"{API}/instances", limit=1).json
    padded = page["next_cursor"] + "=" * (-len(page["next_cursor"]) % 4)
    *values, name = json.loads(base64.urlsafe_b64decode(padded))

    older = ours.clerk.get(f"{API}/instances", cursor=coded(values)).json
    ours_ = ours.clerk.get(f"{API}/instances", cursor=page["next_cursor"]).json

    assert name.startswith("by:")
    assert older["items"]
    assert older == ours_
