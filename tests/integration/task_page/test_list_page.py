"""The page of the worklist: what is wrong in its address is told where it is mended."""

import html
import re
from collections import Counter

import pytest

from server.desk import filters
from tests.integration.task_page.clerks import Desks
from workflows import worklist
from workflows.model import Role

OTHER_SCHOOL = "050540000155"


@pytest.mark.parametrize("office", ["nowhere", OTHER_SCHOOL])
def test_an_office_that_is_not_seen_is_told_at_the_filter(
    desks: Desks, office: str
) -> None:
    browser = desks.clerk()

    answer = browser.get(f"/tasks?view=all&due=week&office={office}")
    told = f"There is no office “{office}” here"
    cleared = re.search(r'href="([^"]+)">Take the filter', answer.text)

    assert answer.status_code == 404
    assert 'id="filter-office-error"' in answer.text
    assert Counter(re.findall(told, answer.text))[told] == 2  # at the filter, and below
    assert "Clear all filters" in answer.text
    assert cleared is not None
    address = html.unescape(cleared[1])
    assert "office" not in address
    assert "due=week" in address
    assert browser.get(address).status_code == 200


def test_a_file_and_the_next_task_of_such_an_office_lead_back_to_the_list(
    desks: Desks,
) -> None:
    browser = desks.clerk()

    for answer in (
        browser.get("/tasks.csv?view=all&office=nowhere"),
        browser.post("/tasks/next?view=all&office=nowhere"),
    ):
        assert answer.status_code == 302
        assert answer.location == "/tasks?view=all&office=nowhere"


def test_the_list_that_is_asked_for_again_says_so_too(desks: Desks) -> None:
    headers = {"HX-Request": "true"}

    answer = desks.clerk().get("/tasks?view=all&office=nowhere", **headers)

    assert answer.status_code == 200
    assert "There is no office “nowhere” here" in answer.text


def test_days_to_come_say_that_what_is_overdue_is_not_among_them(desks: Desks) -> None:
    page = desks.browser(desks.person(Role.SUPERVISOR)).get("/tasks").text

    assert set(filters.DUE) == set(worklist.DUE)
    offered = dict(re.findall(r'<option value="([a-z_]+)">([^<]+)', page))
    for name in worklist.DAYS:
        assert re.search("not overdue|Still due", offered[name]), name
