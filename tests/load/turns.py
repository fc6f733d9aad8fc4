"""Sizes of drawings, and the price of a step after many: over the API, and without."""

import statistics
import time
import uuid
from collections.abc import Callable
from typing import Any

from tests.load import long_drawings
from tests.load.place import Place
from tests.load.promises import Findings, milliseconds
from workflows import engine, feel
from workflows.ports import SystemClock
from workflows.release_files import check

PAIRS, TOKENS = 12, 30
ELEMENTS = 2_000
STARTS = 6
TURNS = 1_000
COMPARED = 100  # turns at either end
RATIO = 1.5
DIGITS = 16  # bytes by which counters in a saved case may grow
MANY, FEW = 500, 10
PARALLEL_RATIO = 10.0
COMPLETED = 64  # items of either
FEW_EACH = 8  # items completed of a case of FEW


def measure(place: Place, found: Findings) -> None:
    _pairs(place, found)
    _chains(place, found)
    _turns(place, found)
    _parallel(place, found)


def _pairs(place: Place, found: Findings) -> None:
    found.part(f"{PAIRS} parallel forks and joins in a row")
    place.deploy("scale_pairs", long_drawings.pairs(PAIRS))
    _, saved = place.saved(place.start("scale_pairs", {}))
    top = feel.loads(saved)["top"]
    found.most("tokens after the start", _tokens(top), TOKENS)


def _tokens(scope: dict[str, Any]) -> int:
    inside = (token[5] for token in scope.get("t", ()) if len(token) > 5 and token[5])
    return len(scope.get("t", ())) + sum(map(_tokens, inside))


def _chains(place: Place, found: Findings) -> None:
    found.part(f"{ELEMENTS} elements in a chain, over the API")
    _chain(place, found, "scale_chain", has_task=False)
    _chain(place, found, "scale_chain_task", has_task=True)


def _chain(place: Place, found: Findings, key: str, *, has_task: bool) -> None:
    drawing = long_drawings.chain(key, ELEMENTS, ends_with_task=has_task)
    deployed = _timed(place.deploy, key, drawing)
    cases: list[uuid.UUID] = []

    def start() -> None:
        cases.append(place.start(key, {"turns": 0}))

    starts = [_timed(start) for _ in range(STARTS)]
    said = f"deployed in {deployed:.2f} s; first start {milliseconds(starts[0])}"
    said += f", then {milliseconds(statistics.median(starts[1:]))}"
    if has_task:
        ends = [_completion(place, case) for case in cases]
        said += f"; task completed in {milliseconds(statistics.median(ends))}"
    passed = place.number(
        "SELECT count(*) FROM events WHERE instance_id = %s"
        " AND type = 'element.completed'",
        cases[-1],
    )
    ended = all(place.saved(case)[0] == "completed" for case in cases)
    name = "with a user task at the end" if has_task else "script and abstract tasks"
    found.true(
        f"{name}: deploys, ends, {passed:.0f} elements passed",
        ended and passed == ELEMENTS,
    )
    found.told(f"  {said}")


def _turns(place: Place, found: Findings) -> None:
    found.part(f"{TURNS} turns with a user task each, over the API")
    kinds: list[tuple[str, str, bytes]] = [
        ("loop", "scale_standard_loop", long_drawings.standard_loop(TURNS)),
        ("drawn loop", "scale_drawn_loop", long_drawings.drawn_loop(TURNS)),
    ]
    for name, key, results in (
        ("items one by one", "scale_sequential", False),
        ("items, with results", "scale_results", True),
    ):
        drawing = long_drawings.items(key, sequential=True, with_results=results)
        kinds.append((name, key, drawing))
    for name, key, drawing in kinds:
        place.deploy(key, drawing)
        variables = {"turns": 0, "items": list(range(TURNS))}
        first, last, sizes = _ends(place, key, variables)
        ratio = statistics.median(last) / statistics.median(first)
        found.most(f"{name}: last {COMPARED} turns to first", ratio, RATIO)
        found.told(
            f"  first {milliseconds(statistics.median(first))},"
            f" last {milliseconds(statistics.median(last))}"
        )
        if "results" in name:
            found.told(
                f"  saved with the results in it: {sizes[0]} to {sizes[1]} bytes"
            )
        else:
            grown = sizes[1] - sizes[0]
            found.most("  bytes by which the saved row grew", grown, DIGITS)


def _ends(
    place: Place, key: str, variables: dict[str, Any]
) -> tuple[list[float], list[float], tuple[int, int]]:
    """Seconds of the first and the last turns, in turns; bytes at either end.

    In turns, for the machine may change its pace: the last turns of one case are
    taken with the first of another.
    """
    old = place.start(key, variables)
    small = len(place.saved(old)[1].encode())
    for _ in range(TURNS - COMPARED):
        _complete(place, old)
    new = place.start(key, variables)
    first, last, big = [], [], 0
    for _ in range(COMPARED):
        big = len(place.saved(old)[1].encode())
        first.append(_completion(place, new))
        last.append(_completion(place, old))
    if place.saved(old)[0] != "completed":
        raise RuntimeError(f"{key} did not end after {TURNS} turns")
    return first, last, (small, big)


def _parallel(place: Place, found: Findings) -> None:
    found.part(f"one of {MANY} parallel items to one of {FEW}")
    key = "scale_parallel"
    drawing = long_drawings.items(key, sequential=False)
    place.deploy(key, drawing)
    large = place.start(key, {"items": list(range(MANY))})
    many, few = [], []
    for at in range(COMPLETED):
        if at % FEW_EACH == 0:
            small = place.start(key, {"items": list(range(FEW))})
        many.append(_completion(place, large))
        few.append(_completion(place, small))
    _compare(found, "over the API, with the database", many, few)
    (part,), _ = check({f"{key}.bpmn": drawing})
    definition = engine.load(part.source, part.key, part.compiled["trees"])
    for name, saves in (("engine, restored and saved", True), ("engine alone", False)):
        seconds = [_in_engine(definition, number, saves) for number in (MANY, FEW)]
        _compare(found, name, *seconds)


def _compare(found: Findings, name: str, many: list[float], few: list[float]) -> None:
    dear, cheap = statistics.median(many), statistics.median(few)
    found.most(name, dear / cheap, PARALLEL_RATIO)
    found.told(f"  {dear * 1000:.2f} ms to {cheap * 1000:.2f} ms")


def _in_engine(definition: engine.Definition, number: int, saves: bool) -> list[float]:
    """Seconds of completions, each of one item of `number` or nearly so."""
    surroundings = feel.Environment(clock=SystemClock())
    values = {"items": list(range(number))}
    took: list[float] = []
    while len(took) < COMPLETED:
        case = engine.Case.start(definition, values, surroundings)
        opened = [
            effect.token
            for effect in case.take_effects()
            if isinstance(effect, engine.TaskOpened)
        ]
        saved = case.save()
        for token in opened[:FEW_EACH]:
            began = time.perf_counter()
            if saves:
                case = engine.Case.restore(definition, saved, surroundings)
            case.finish(token, {})
            case.take_effects()
            if saves:
                saved = case.save()
            took.append(time.perf_counter() - began)
    return took


def _complete(place: Place, case: uuid.UUID) -> None:
    _completion(place, case)


def _completion(place: Place, case: uuid.UUID) -> float:
    """Seconds that the API took to complete the next task of the case."""
    task = place.task(case)
    if task is None:
        raise RuntimeError(f"case {case} has no open task")
    return _timed(place.complete, task)


def _timed(act: Callable[..., None], *told: Any) -> float:
    began = time.perf_counter()
    act(*told)
    return time.perf_counter() - began
