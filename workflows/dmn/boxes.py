"""Boxes of a table's input space: what rules leave uncovered, what two have in common.

A side is a bit mask of a column's regions; a box has one side for each column.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

Box: TypeAlias = tuple[int, ...]


class TooLarge(Exception):
    """The search costs more than it may."""


@dataclass
class Budget:
    """`left` counts pairs of boxes that may still be compared."""

    left: int

    def spend(self, pairs: int) -> None:
        self.left -= pairs
        if self.left < 0:
            raise TooLarge


def is_empty(box: Box) -> bool:
    return not all(box)


def common(one: Box, other: Box) -> Box | None:
    """What is in both; None if nothing is."""
    both = tuple(left & right for left, right in zip(one, other, strict=True))
    return None if is_empty(both) else both


def contains(outer: Box, inner: Box) -> bool:
    return all(not side & ~cover for side, cover in zip(inner, outer, strict=True))


def overlaps(boxes: Sequence[Box], budget: Budget) -> Iterator[tuple[int, int]]:
    """The places of two boxes that share something, in their order. TooLarge.

    Each region keeps the set of the boxes that reach it, so that pairs that share
    nothing cost nothing.
    """
    whole = [place for place, box in enumerate(boxes) if not is_empty(box)]
    reached: list[dict[int, int]] = [{} for _ in boxes[0]] if boxes else []
    for place in whole:
        for regions, side in zip(reached, boxes[place], strict=True):
            budget.spend(side.bit_count())
            for region in _bits(side):
                regions[region] = regions.get(region, 0) | 1 << place
    later = sum(1 << place for place in whole)
    for place in whole:
        later &= ~(1 << place)
        near = later
        for regions, side in zip(reached, boxes[place], strict=True):
            budget.spend(side.bit_count())
            touching = 0
            for region in _bits(side):
                touching |= regions[region]
            near &= touching
        yield from ((place, other) for other in _bits(near))


def _bits(mask: int) -> Iterator[int]:
    while mask:
        lowest = mask & -mask
        yield lowest.bit_length() - 1
        mask ^= lowest


def uncovered(space: Box, covers: Sequence[Box], budget: Budget) -> Iterator[Box]:
    """Boxes that together are what no cover reaches; they share nothing.

    A part of the space is cut along one cover at a time, and keeps only the covers that
    touch it: the product of the columns is never enumerated. TooLarge.
    """
    waiting: list[tuple[Box, Sequence[Box]]] = (
        [] if is_empty(space) else [(space, covers)]
    )
    while waiting:
        box, near = waiting.pop()
        budget.spend(len(near) + 1)
        near = [cover for cover in near if common(box, cover) is not None]
        if not near:
            yield box
            continue
        pivot = min(near, key=lambda cover: _sides_cut(box, cover))
        rest = box
        for place, side in enumerate(pivot):
            outside = rest[place] & ~side
            if outside:
                waiting.append((_with(rest, place, outside), near))
                rest = _with(rest, place, rest[place] & side)


def grown(box: Box, space: Box, covers: Sequence[Box]) -> Box:
    """An uncovered box made as large as it can be: one gap is told once."""
    for place, side in enumerate(space):
        widest = _with(box, place, side)
        taken = 0
        for cover in covers:
            if common(widest, cover) is not None:
                taken |= cover[place]
        box = _with(box, place, side & ~taken)
    return box


def _with(box: Box, place: int, side: int) -> Box:
    return (*box[:place], side, *box[place + 1 :])


def _sides_cut(box: Box, cover: Box) -> int:
    return sum(bool(side & ~over) for side, over in zip(box, cover, strict=True))
