"""A filter of the worklist: read from an address, written again, asked, kept."""

import pytest

from server.desk import filters
from server.desk.filters import Filter
from workflows.model import TaskState

FULL = {
    "process": "first_grade_admission",
    "element": "decide",
    "office": "751110000000",
    "due": "overdue",
    "who": "aigul",
    "breached": "1",
    "q": "A-2027",
    "v.child.name": "Айша",
}


def test_an_address_is_read_and_written_again():
    assert filters.read(FULL).arguments() == FULL


def test_nothing_asked_is_no_filter():
    wanted = filters.read({"view": "all", "q": "  ", "due": "", "breached": "0"})

    assert not wanted
    assert wanted.arguments() == {}


@pytest.mark.parametrize("view", ["mine", "groups", "all", "done"])
def test_a_kept_query_stands_for_the_same_view_and_filter(view):
    wanted = filters.read(FULL)

    assert filters.of_query(wanted.query(view)) == (view, wanted)


def test_without_a_procedure_there_is_no_step_and_no_variable():
    wanted = filters.read({**FULL, "process": ""})

    assert (wanted.element, dict(wanted.variables)) == ("", {})


def test_a_due_moment_that_there_is_not_is_left_aside():
    assert filters.read({"due": "yesterday"}) == Filter()


def test_free_and_a_person_are_asked_apart():
    free = Filter(who=filters.FREE).query("groups")
    hers = Filter(who="aigul").query("groups")

    assert (free.free, free.assignee) == (True, None)
    assert (hers.free, hers.assignee) == (False, "aigul")


def test_what_is_completed_is_listed_by_when_it_was():
    query = Filter().query("done")

    assert (query.state, query.sort) == (TaskState.COMPLETED, "-ended_at")
