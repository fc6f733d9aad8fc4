"""Runs many random drawings, by seed; a failing one tells all that is needed."""

import os
from collections.abc import Iterable

from tests.property.blocks import Sketch
from tests.property.followed import Loaded
from tests.property.model import Drawn
from tests.property.oracle import Endless
from tests.property.shrinking import shrunk
from tests.property.world import Deviation, Life, Tally
from tests.property.writer import document
from workflows import engine, feel

TRIES = 20  # drawings for one seed, until one is not refused
DRAWINGS = int(os.environ.get("RASIM_DRAWINGS", "200"))
WRONG = (
    *(Deviation, engine.EngineError, engine.TokenNotWaiting),
    *(LookupError, AttributeError, TypeError, ValueError),  # the engine broke
)


def drawing_of(seed: int, parser: feel.Parser, tally: Tally) -> tuple[Drawn, Loaded]:
    """The first drawing of this seed that the dialect does not refuse."""
    for number in range(TRIES):
        drawn = Sketch(seed * TRIES + number).process()
        try:
            return drawn, Loaded(drawn, parser)
        except engine.DrawingRefused as refusal:
            tally.refused.update({one.rule for one in refusal.findings})
    raise AssertionError(f"seed {seed}: every drawing was refused")


def check(seed: int, parser: feel.Parser, tally: Tally) -> None:
    """Draw and live through one case; AssertionError tells of a deviation."""
    drawn, loaded = drawing_of(seed, parser, tally)
    tally.drawings += 1
    wrong = lived(drawn, loaded, seed, tally)
    if wrong is None:
        return

    def fails(smaller: Drawn) -> bool:
        try:
            again = lived(smaller, Loaded(smaller, parser), seed, Tally())
        except (engine.DrawingRefused, StopIteration, AssertionError):
            return False  # what is left is no drawing
        return again is not None and again.split()[:2] == wrong.split()[:2]

    small = shrunk(drawn, fails)
    told = lived(small, Loaded(small, parser), seed, Tally()) or wrong
    raise AssertionError(f"seed {seed}: {told}")


def check_all(first: int, count: int) -> tuple[Tally, list[str]]:
    """Many seeds; what they have seen, and each deviation as a text."""
    tally, failed = Tally(), []
    with feel.Parser() as parser:
        for seed in range(first, first + count):
            try:
                check(seed, parser, tally)
            except AssertionError as wrong:
                failed.append(str(wrong))
    return tally, failed


def lived(drawn: Drawn, loaded: Loaded, seed: int, tally: Tally) -> str | None:
    """What went wrong, with the drawing and the steps, or None."""
    story: list[object] = []
    try:
        Life(drawn, loaded, seed, tally, story).live()
    except Endless:
        tally.endless += 1
    except WRONG as wrong:
        return told(drawn, story, wrong)
    return None


def told(drawn: Drawn, story: Iterable[object], why: Exception) -> str:
    lines = [f"{type(why).__name__} {why}", "", f"{drawn.variables}"]
    for key, scope in {"p": drawn.scope, **drawn.called}.items():
        lines.append(document(key, scope).decode().replace("><", ">\n<"))
    return "\n".join([*lines, *(f"- {step}" for step in story)])
