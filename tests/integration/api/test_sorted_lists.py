"""Lists of cases, deadlines and offices: sorted by each column, by page, as files."""

import csv
import io
import re

import pytest
import sqlalchemy as sa

from server import exports, sorting
from server.api.examples import APPLICATION
from tests.drawn import job, line
from tests.integration.api.callers import make_caller
from tests.models import literal, model
from workflows import deployments, people
from workflows.model import Role
from workflows.store.tables import offices as office_rows
from workflows.store.tables import process_instances

NAMES = {"school-1": "Ә мектебі", "school-2": "Б мектебі"}  # ә before б


@pytest.fixture(scope="module")
def numbers(released, callers, store):
    """Cases of two schools, one after the other; their numbers, the oldest first."""
    made = []
    for number, office in enumerate(("school-2", "school-1", "school-2")):
        made.append(f"N-{number}")
        told = {
            "process_key": "first_grade_admission",
            "business_key": made[-1],
            "variables": APPLICATION,
            "office": office,
        }
        answer = callers["administrator"].post("/api/v1/instances", told)
        assert answer.status_code == 201, answer.text
        moved = callers["administrator"].post("/api/v1/clock", {"advance": "P3D"})
        assert moved.status_code == 200, moved.text
    with store.transaction() as tx:
        tx.execute(
            sa.text(
                "UPDATE deadlines SET due_at = due_at + right(business_key, 1)::int"
                " * interval '1 hour' FROM process_instances AS instance"
                " WHERE instance.id = instance_id"
            )
        )
        for code, name in NAMES.items():
            tx.execute(
                sa.update(office_rows)
                .where(office_rows.c.code == code)
                .values(names=dict.fromkeys(("kk", "ru", "en"), name))
            )
    return made


@pytest.fixture
def get(browse, callers):
    return browse(callers["supervisor"])[0]


@pytest.fixture(scope="module")
def crowd(app, store, callers):
    """Most people are at school-2, nobody is at school-3."""
    with store.transaction() as tx:
        names = {"kk": "Қ", "en": "Қ"}
        people.add_office(
            tx, code="school-3", kind="school", names=names, parent="astana"
        )
    for number in range(3):
        make_caller(app, store, f"w-{number}", Role.CLERK, "school-2")


@pytest.fixture
def schools(crowd, browse, callers):
    """A look at the offices."""
    return browse(callers["administrator"])[0]


@pytest.fixture(scope="module")
def another(app, store):
    """A procedure by another name, without cases, released later than all others."""
    found = app.extensions["rasim"]
    files = {
        "a.bpmn": line("zz_last", job("j", "nobd.check")),
        "aa.dmn": model(literal("aa", "1"), "urn:aa"),
        "bb.dmn": model(literal("bb", "2"), "urn:bb"),
    }
    with store.transaction() as tx:
        deployments.release(tx, found.world, None, files)


def shown(page):
    return list(dict.fromkeys(re.findall(r">(N-\d+)</a>", page)))


def rows(answer):
    assert answer.status_code == 200
    return list(csv.reader(io.StringIO(answer.text[1:]), delimiter=";"))[1:]


def check_both(get, path, sort, order):
    page = get(f"{path}?sort={sort}")
    file = get(f"{path}.csv?sort={sort}")

    assert page.status_code == 200
    assert shown(page.text) == order.split()
    assert [row[0] for row in rows(file)] == order.split()


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "N-2 N-1 N-0"),
        ("-opened", "N-2 N-1 N-0"),
        ("opened", "N-0 N-1 N-2"),
        ("number", "N-0 N-1 N-2"),
        ("-number", "N-2 N-1 N-0"),
        ("office", "N-1 N-2 N-0"),
        ("nothing", "N-2 N-1 N-0"),
    ],
)
def test_cases_are_sorted_on_the_page_and_in_the_file(get, numbers, sort, order):
    check_both(get, "/cases", sort, order)


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", "N-0 N-1 N-2"),
        ("-due_at", "N-2 N-1 N-0"),
        ("-number", "N-2 N-1 N-0"),
        ("office", "N-1 N-0 N-2"),
        ("-office", "N-0 N-2 N-1"),
        ("assignee", "N-0 N-1 N-2"),
        ("step", "N-0 N-1 N-2"),
    ],
)
def test_deadlines_are_sorted_on_the_page_and_in_the_file(get, numbers, sort, order):
    check_both(get, "/late", sort, order)


def test_a_sorted_list_goes_on_where_its_page_ends(get, numbers, monkeypatch):
    monkeypatch.setattr(sorting, "PAGE_SIZE", 2)
    monkeypatch.setattr(sorting, "LIMIT_MAX", 1)
    for path, order in (
        ("/cases?sort=office", "N-1 N-2 N-0"),
        ("/late?sort=-number", "N-2 N-1 N-0"),
        ("/late", "N-0 N-1 N-2"),
    ):
        first = get(f"{path}{'&' if '?' in path else '?'}lang=en").text
        following = re.search(r'href="([^"]*cursor=[^"]*)"', first)[1]
        second = get(following.replace("&amp;", "&")).text

        assert "Shown: 2 of 3" in first
        assert shown(first) + shown(second) == order.split()
        assert 'rel="next"' in first
        assert 'rel="next"' not in second


def test_a_list_too_long_to_be_sorted_goes_on_where_its_page_ends(
    get, numbers, monkeypatch
):
    monkeypatch.setattr(sorting, "MOST", 2)
    monkeypatch.setattr(sorting, "PAGE_SIZE", 2)
    first = get("/cases?sort=number").text
    following = re.search(r'href="([^"]+)" rel="next"', first)[1]

    assert shown(first) == ["N-2", "N-1"]
    assert shown(get(following.replace("&amp;", "&")).text) == ["N-0"]


def test_a_list_too_long_to_be_sorted_says_so(get, numbers, monkeypatch):
    monkeypatch.setattr(sorting, "MOST", 2)

    page = get("/cases?sort=number&lang=en").text
    usual = get("/cases?lang=en").text
    file = get("/cases.csv?sort=number")

    assert "so long a list stays in its usual order" in page
    assert shown(page) == ["N-2", "N-1", "N-0"]
    assert "usual order" not in usual
    assert [row[0] for row in rows(file)] == ["N-0", "N-1", "N-2"]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        ("", ["school-1", "school-2", "school-3"]),
        ("name", ["school-1", "school-2", "school-3"]),
        ("-name", ["school-3", "school-2", "school-1"]),
        ("-people", ["school-2", "school-1", "school-3"]),
    ],
)
def test_offices_are_sorted_page_by_page_and_in_the_file(
    numbers, schools, sort, order, monkeypatch
):
    monkeypatch.setattr(sorting, "PAGE_SIZE", 2)

    first = schools(f"/offices?at=astana&sort={sort}&lang=en").text
    following = re.search(r'href="([^"]*cursor=[^"]*)" rel="next"', first)[1]
    second = schools(following.replace("&amp;", "&")).text
    file = rows(schools(f"/offices.csv?at=astana&sort={sort}"))

    codes = r"</a><small>(school-\d)</small>"
    assert "Shown: 2 of 3" in first
    assert re.findall(codes, first) + re.findall(codes, second) == order
    assert [row[1] for row in file] == order


def test_a_file_that_is_cut_says_so(get, numbers, monkeypatch):
    monkeypatch.setattr(sorting, "LIMIT_MAX", 1)
    monkeypatch.setattr(exports, "TOTAL_CAP", 2)

    listed = rows(get("/cases.csv?sort=-opened&lang=en"))

    assert [row[0] for row in listed[:2]] == ["N-2", "N-1"]
    assert listed[2][0].startswith("The file ends here, after 2 lines")
    assert len(listed) == 3


@pytest.mark.parametrize("sort", ["", "name", "-name", "open_cases", "-released"])
def test_procedures_are_sorted_on_the_page_and_in_the_file(get, numbers, another, sort):
    page = get(f"/procedures?sort={sort}").text
    file = [row[1] for row in rows(get(f"/procedures.csv?sort={sort}"))]

    assert set(file) == {"first_grade_admission", "zz_last"}
    assert re.findall(r'href="/procedures/(\w+)"', page) == file
    is_last_first = sort in ("-name", "open_cases", "-released")
    assert file[0] == ("zz_last" if is_last_first else "first_grade_admission")


def test_decisions_are_sorted_apart_from_procedures(get, numbers, another):
    rising = get("/procedures?sort=decision_name").text
    falling = get("/procedures?sort=-decision_name").text

    found = re.compile(r'href="/procedures/decisions/([\w.]+)"')
    assert len(found.findall(rising)) > 1
    assert found.findall(rising) == found.findall(falling)[::-1]
    keys = re.compile(r'href="/procedures/(\w+)"')
    assert keys.findall(rising) == keys.findall(falling)


def test_what_has_no_number_comes_before_all_numbers(get, numbers, store):
    with store.transaction() as tx:
        tx.execute(
            sa.update(process_instances)
            .where(process_instances.c.business_key == "N-1")
            .values(business_key=None)
        )

    listed = [row[0] for row in rows(get("/cases.csv?sort=number"))]

    assert listed == ["", "N-0", "N-2"]
