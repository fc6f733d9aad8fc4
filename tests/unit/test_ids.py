"""Ids in the order of time."""

import time
import uuid

import pytest

from workflows import ids


def test_ids_are_of_version_seven_and_never_twice() -> None:
    made = [ids.new_id() for _ in range(10_000)]

    assert {(one.version, one.variant) for one in made} == {(7, uuid.RFC_4122)}
    assert len({*made}) == len(made)


@pytest.mark.parametrize("nanoseconds", [1_000, 1_000_000, 3_600 * 10**9])
def test_what_is_made_later_sorts_later(
    nanoseconds: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    moment = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: moment)
    first = ids.new_id()
    monkeypatch.setattr(time, "time_ns", lambda: moment + nanoseconds)

    assert first < ids.new_id()


def test_the_ids_of_a_moment_begin_where_it_is_said() -> None:
    began = time.time()
    found = ids.new_id()
    ended = time.time()

    assert ids.earliest_at(began - 1) < found < ids.earliest_at(ended + 1)
