"""The most urgent tasks of a clerk among 100,000 open ones, with their total.

What the worklist's page and programs ask all day: see `worklist` for ten times as many.
"""

import sys

from tests.load import place, worklist_data
from tests.load.place import Place
from tests.load.promises import Findings
from tests.load.worklist import timed
from tests.load.worklist_data import Viewer
from workflows import worklist
from workflows.worklist import WorklistQuery

TASKS = 100_000
URGENT = 20
TIMES = 200
LIMIT_MS = 30.0  # at most, p95


def measure(found: Findings) -> None:
    """Of a school's clerk, of a region and of the ministry, which sees all of them."""
    found.part(f"{URGENT} most urgent of {TASKS:,} open tasks, and how many there are")
    with place.opened() as here:
        viewers, indexes = worklist_data.furnish(here, found, TASKS)
        here.database.execute("DROP INDEX user_tasks_worklist_idx")
        worklist_data.build(here.database, indexes)
        here.database.execute("VACUUM ANALYZE")
        for viewer in viewers:
            _look(here, found, viewer)


def _look(here: Place, found: Findings, viewer: Viewer) -> None:
    query = WorklistQuery(limit=URGENT)

    def use_case() -> None:
        with here.store.transaction() as tx:
            worklist.page(tx, here.world, viewer.caller, query)

    def api() -> None:
        path = f"/api/v1/tasks?limit={URGENT}"
        here.client.call("GET", path, viewer.token)

    for what, do in (("use case", use_case), ("API", api)):
        spent = timed(do, TIMES)
        found.quick(f"{viewer.name}: {what}", spent, LIMIT_MS)


def main() -> None:
    found = Findings()
    measure(found)
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


if __name__ == "__main__":
    sys.exit(main())
