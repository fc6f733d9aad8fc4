"""What `make bench` prints: plain lines, units always named."""

import functools
import operator
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tests.load.baseline import TRANSITIONS, Measured
from tests.load.driver import Window
from tests.load.inside import Spent
from tests.load.promises import Findings
from tests.load.service import PROCESSES

if TYPE_CHECKING:
    from tests.load.bench import Seen

RATIO = 0.6  # of the yardstick, at least
CASE_BYTES = 12 * 1024  # in the database, of a case that has ended, at most


@dataclass(frozen=True)
class Yardstick:
    """What stock SpiffWorkflow did, and PostgreSQL's seconds of CPU for it."""

    measured: Measured
    postgres_cpu_seconds: float
    others_cpu_seconds: float  # of programs that have nothing to do with it

    def __add__(self, other: "Yardstick") -> "Yardstick":
        return Yardstick(
            self.measured + other.measured,
            self.postgres_cpu_seconds + other.postgres_cpu_seconds,
            self.others_cpu_seconds + other.others_cpu_seconds,
        )


def lines(seen: "Seen", spent: Spent) -> Iterator[str]:
    stock = functools.reduce(operator.add, seen.stock)
    window = functools.reduce(operator.add, seen.windows)
    yield from _rates(seen, stock.measured, window)
    yield from _latencies(window)
    yield from _cpu(seen, stock, window)
    yield from _statements(seen, window)
    yield from _bytes(seen, stock.measured)
    yield from _inside(seen, window, spent)


def promised(seen: "Seen", found: Findings) -> None:
    """What `make bench` answers for."""
    stock = functools.reduce(operator.add, seen.stock).measured
    window = functools.reduce(operator.add, seen.windows)
    found.part("promised")
    ratio = window.rate / stock.rate
    found.least("end to end, of stock SpiffWorkflow's rate", ratio, RATIO)
    each = sum(seen.sizes.values()) / seen.cases
    found.most("in the database of a case that has ended", each, CASE_BYTES, " bytes")
    found.most("cases that did not end", seen.lost, 0)


def _rates(seen: "Seen", stock: Measured, window: Window) -> Iterator[str]:
    told = ", ".join(f"{name[6:].lower()} {n}" for name, n in PROCESSES.items())
    yield "first_grade_admission, general branch, until the place is held"
    yield f"  one case: {TRANSITIONS} transitions; {os.cpu_count()} cores; {told}"
    yield "                      cases/s  transitions/s    cases  seconds"
    yield _rate("end to end", window.rate, window.finished, window.seconds)
    yield _rate("stock SpiffWorkflow", stock.rate, stock.cases, stock.seconds)
    for number, (ours, other) in enumerate(zip(seen.windows, seen.stock, strict=True)):
        theirs = other.measured.rate
        yield (
            f"  round {number + 1}: {ours.rate:.1f} to {theirs:.1f} cases/s,"
            f" ratio {ours.rate / theirs:.2f}"
        )
    yield f"  ratio {window.rate / stock.rate:.2f}"


def _rate(name: str, rate: float, cases: int, seconds: float) -> str:
    steps = rate * TRANSITIONS
    return f"  {name:19} {rate:8.1f} {steps:14.0f} {cases:8}{seconds:9.1f}"


def _latencies(window: Window) -> Iterator[str]:
    yield ""
    yield "milliseconds                  p50      p95      max"
    for name, seconds in (
        ("file an application", window.starts),
        ("complete the task", window.completions),
        ("filed to place held", window.cases),
    ):
        found = sorted(seconds) or [0.0]
        marks = [found[int(at * (len(found) - 1))] * 1000 for at in (0.5, 0.95, 1)]
        yield f"  {name:22}" + "".join(f"{mark:9.0f}" for mark in marks)


def _cpu(seen: "Seen", stock: Yardstick, window: Window) -> Iterator[str]:
    yield ""
    yield "milliseconds of CPU a case"
    for name, seconds in sorted(seen.cpu.items(), key=lambda one: -one[1]):
        yield f"  {name:22}{seconds / window.finished * 1000:9.1f}"
    total = sum(seen.cpu.values()) / window.finished * 1000
    yield f"  {'end to end, all':22}{total:9.1f}"
    python = stock.measured.cpu_seconds / stock.measured.cases * 1000
    database = stock.postgres_cpu_seconds / stock.measured.cases * 1000
    yield (
        f"  {'stock SpiffWorkflow':22}{python + database:9.1f}"
        f"  (Python {python:.1f}, postgres {database:.1f})"
    )
    yield f"  ratio {(python + database) / total:.2f}, whatever else the machine does"
    ours, theirs = seen.others / window.seconds, stock.others_cpu_seconds
    yield (
        f"  other programs took {ours:.1f} cores beside the service,"
        f" {theirs / stock.measured.seconds:.1f} beside stock SpiffWorkflow"
    )


def _statements(seen: "Seen", window: Window) -> Iterator[str]:
    counted = seen.counted
    verbs = seen.statements.by_verb.most_common()
    often = (f"{verb} {n / counted:.1f}" for verb, n in verbs if n > counted / 9)
    yield ""
    yield f"SQL a case: {seen.statements.total / counted:.0f} statements of all clients"
    yield f"  {', '.join(often)}"
    yield (
        f"  {seen.commits / window.finished:.1f} transactions;"
        f" stock SpiffWorkflow: {TRANSITIONS}"
    )
    yield f"  counted apart, over {counted} cases; the driver's own included"


def _bytes(seen: "Seen", stock: Measured) -> Iterator[str]:
    total = sum(seen.sizes.values()) / seen.cases
    yield ""
    yield f"bytes of a case that has ended, with indexes, after VACUUM: {total:.0f}"
    yield f"  what each of {seen.cases} cases more has added"
    for name, size in sorted(seen.sizes.items(), key=lambda one: -one[1]):
        if size > seen.cases:
            yield f"  {name:28}{size / seen.cases:9.0f}"
    yield f"  of stock SpiffWorkflow the one JSON text alone: {stock.saved_bytes:.0f}"


def _inside(seen: "Seen", window: Window, spent: Spent) -> Iterator[str]:
    yield ""
    yield "where the time goes: milliseconds of CPU a case in our Python"
    yield f"  one after another: {spent.api:.1f} in the API, {spent.jobs:.1f} in jobs"
    yield from _table(spent.shares)
    yield "  of these, the engine with its FEEL:"
    yield from _table(spent.engine)
    web = _of(seen.cpu, "web") / window.finished * 1000 - spent.api
    worker = _of(seen.cpu, "worker") / window.finished * 1000 - spent.jobs
    yield f"  web server, threads, the clerk's list: {web:.1f}"
    yield f"  queue, threads, due work: {worker:.1f}"


def _table(shares: Mapping[str, float]) -> Iterator[str]:
    for name, milliseconds in sorted(shares.items(), key=lambda one: -one[1]):
        yield f"    {name:26}{milliseconds:7.2f}"


def _of(cpu: Mapping[str, float], kind: str) -> float:
    return sum(spent for name, spent in cpu.items() if name.startswith(kind))
