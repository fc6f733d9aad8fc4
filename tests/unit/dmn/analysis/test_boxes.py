"""Boxes of regions agree with counting every point of a small space."""

import itertools

import pytest
from hypothesis import assume, given
from hypothesis import strategies as some

from workflows.dmn import boxes
from workflows.dmn.boxes import Box, Budget, TooLarge

SIDES = (0b111, 0b1111, 0b11)
SPACE: Box = SIDES
Covers = some.lists(
    some.tuples(*(some.integers(0, side) for side in SIDES)), max_size=6
)


def points(box: Box) -> set[tuple[int, ...]]:
    bits = [[place for place in range(4) if side >> place & 1] for side in box]
    return set(itertools.product(*bits))


@given(Covers)
def test_what_is_uncovered_is_all_that_no_cover_has_and_each_point_once(covers):
    found = list(boxes.uncovered(SPACE, covers, Budget(10_000)))

    parts = [points(box) for box in found]
    assert sum(map(len, parts)) == len(set().union(*parts))
    assert set().union(*parts) == points(SPACE).difference(*map(points, covers))


@given(Covers)
def test_a_gap_grows_as_far_as_no_cover_reaches_and_no_further(covers):
    for box in boxes.uncovered(SPACE, covers, Budget(10_000)):
        wide = boxes.grown(box, SPACE, covers)

        assert boxes.contains(wide, box)
        assert not any(points(wide) & points(cover) for cover in covers)
        for place, side in enumerate(SIDES):
            for bit in range(4):
                if side >> bit & 1 and not wide[place] >> bit & 1:
                    more = (*wide[:place], wide[place] | 1 << bit, *wide[place + 1 :])
                    assert any(points(more) & points(cover) for cover in covers)


@given(Covers)
def test_overlaps_are_the_pairs_that_share_a_point(covers):
    found = list(boxes.overlaps(covers, Budget(10_000)))

    assert found == [
        (one, other)
        for one, other in itertools.combinations(range(len(covers)), 2)
        if points(covers[one]) & points(covers[other])
    ]


@given(Covers)
def test_containing_is_having_every_point(covers):
    assume(len(covers) > 1)
    one, other = covers[:2]
    assume(not boxes.is_empty(other))

    assert boxes.contains(one, other) == (points(other) <= points(one))


def test_a_search_ends_with_its_budget():
    covers = [(1 << place % 3, 1 << place % 4, 1) for place in range(12)]

    with pytest.raises(TooLarge):
        list(boxes.uncovered(SPACE, covers, Budget(20)))
    with pytest.raises(TooLarge):
        list(boxes.overlaps(covers, Budget(20)))
