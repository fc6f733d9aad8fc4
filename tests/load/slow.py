"""`make slow`: a case's task completed while each statement takes 24 ms more.

The whole service speaks with its database by way of a link that holds back every
statement, BEGIN and COMMIT among them, also those that are sent together. It is an
error if a promise falls short.
"""

import sys
import time
from collections.abc import Callable, Iterator, Sequence

import psutil  # type: ignore[import-untyped]  # it has none

from tests.load import bench, service
from tests.load.cast import Cast, cast_in
from tests.load.promises import Findings, at, milliseconds
from tests.load.slow_link import Link, Passed, slow_link

DELAY_MS = 24.0
COMPLETED_MS = 400.0  # at most, p95
TASKS = 60  # completed by each way, after those that warm up
WARM = 20
COUNTED = 10
TASKS_SECONDS = 180.0
LIST = "/api/v1/tasks?sort=created_at&limit=200"


def main() -> None:
    found = Findings()
    with (
        bench.server() as (postgres, folder),
        slow_link(postgres.url) as link,
        service.running(folder, link.url, postgres.pid or 0) as running,
    ):
        cast = cast_in(postgres, folder, running.url)
        clerk, tasks = cast.clerk, _tasks(cast)
        time.sleep(1.0)  # the workers have nothing left to do
        found.part(f"{DELAY_MS:.0f} ms more for each statement")
        load = psutil.getloadavg()[0]
        found.told(f"load of the machine before: {load:.1f}")
        _measure(found, link, "a task completed: API", clerk.by_call, tasks)
        _measure(found, link, "a task completed: page", clerk.by_page, tasks)
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


def _measure(
    found: Findings,
    link: Link,
    what: str,
    complete: Callable[[str], None],
    tasks: Iterator[str],
) -> None:
    for _ in range(WARM):  # statements are prepared, the release is read
        complete(next(tasks))
    counted = [_counted(link, complete, next(tasks)) for _ in range(COUNTED)]
    # The least: sometimes a statement is prepared as well, and workers ask, too.
    transaction = min(one.longest for one in counted)
    statements = min(one.statements for one in counted)
    link.delay_seconds = DELAY_MS / 1000
    spent = [_timed(complete, next(tasks)) for _ in range(TASKS)]
    link.delay_seconds = 0.0
    told = f"{transaction} statements in its transaction, {statements} in all"
    found.told(f"{what}: {told}, the workers' among them")
    name = f"{what}, p95 of {TASKS} (p50 {milliseconds(at(spent, 0.5))})"
    found.most(name, at(spent, 0.95) * 1000, COMPLETED_MS, " ms")


def _counted(link: Link, complete: Callable[[str], None], task: str) -> Passed:
    passed = link.count_anew()
    complete(task)
    return passed


def _timed(complete: Callable[[str], None], task: str) -> float:
    began = time.perf_counter()
    complete(task)
    return time.perf_counter() - began


def _tasks(cast: Cast) -> Iterator[str]:
    """So many cases that each wait for a clerk's decision."""
    wanted = 2 * (WARM + COUNTED + TASKS)
    for _ in range(wanted):
        cast.file()
    found: Sequence[str] = ()
    until = time.monotonic() + TASKS_SECONDS
    while len(found) < wanted:
        if time.monotonic() > until:
            raise SystemExit(f"{len(found)} of {wanted} cases came to a clerk")
        time.sleep(0.5)
        listed = cast.client.call("GET", LIST, cast.clerk.token)
        found = [task["id"] for task in listed["items"]]
    return iter(found)


if __name__ == "__main__":
    sys.exit(main())
