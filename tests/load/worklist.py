"""`make bench`, worklist: 1,000,000 open and 5,000,000 closed tasks over 500 offices.

RASIM_WORKLIST_TASKS makes it smaller: so many open tasks. It is an error if a promise
falls short.
"""

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

import sqlalchemy as sa

from tests.load import place, worklist_before, worklist_data, worklist_taking
from tests.load.place import Place
from tests.load.promises import Findings, at, milliseconds
from tests.load.worklist_before import Before
from tests.load.worklist_data import Viewer
from tests.load.worklist_drawings import KEYS, STEPS
from workflows import listing, saved_filters, sight, worklist
from workflows import worklist_statements as statements
from workflows.store.prepared import DIALECT, driver_of
from workflows.worklist import WorklistQuery

TASKS = int(os.environ.get("RASIM_WORKLIST_TASKS", "1000000"))
PAGE_MS, SEARCH_MS = 100.0, 150.0  # at most, p95
TIMES, TIMES_BEFORE = 40, 2
PAGE = 50
PLAN_LINES, PLAN_LETTERS = 16, 150
# What five filters of somebody who works may be.
SAVED: Mapping[str, WorklistQuery] = {
    "overdue": WorklistQuery(view="groups", due="overdue"),
    "free today": WorklistQuery(view="groups", free=True, due="today"),
    "to decide": WorklistQuery(process_key=KEYS[1], element_id=STEPS[3]),
    "breached": WorklistQuery(breached=True),
    "mine this week": WorklistQuery(view="mine", due="week"),
}
SAVED_BEFORE = (
    Before(is_overdue=True),
    Before(is_free=True),
    Before(process_key=KEYS[1]),
    Before(is_overdue=True, is_free=True),
    Before(is_overdue=True, process_key=KEYS[0]),
)


def main() -> None:
    began = time.perf_counter()
    found = Findings()
    with place.opened() as here:
        closed = TASKS * worklist_data.CLOSED_EACH
        found.part(
            f"worklist: {TASKS:,} open tasks, about {closed:,} closed,"
            f" {worklist_data.OFFICES} offices"
        )
        _say("loading")
        viewers, indexes = worklist_data.furnish(here, found, TASKS)
        _before(here, found, viewers)
        here.database.execute("DROP INDEX user_tasks_worklist_idx")
        _say("building the indexes")
        worklist_data.build(here.database, indexes)
        here.database.execute("VACUUM ANALYZE user_tasks")
        for viewer in viewers:
            _say(f"the worklist of {viewer.name}")
            _pages(here, found, viewer)
            _searches(here, found, viewer)
            _plans(here, found, viewer)
            found.show()
        _say("claims")
        worklist_taking.measure(here, found, viewers)
        worklist_data.sizes(here, found)
        found.part(f"measured in {time.perf_counter() - began:.0f} s")
        found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


def _before(here: Place, found: Findings, viewers: Sequence[Viewer]) -> None:
    """The statements and the index of before, on the same rows."""
    found.part("before: the plain query and its one index, the use case alone")
    for viewer in viewers:
        _say(f"before: {viewer.name}")

        def page(viewer: Viewer = viewer) -> None:
            _old(here, viewer, Before(), PAGE)
            for asked in SAVED_BEFORE:
                _old(here, viewer, asked, 1)

        def text(viewer: Viewer = viewer) -> None:
            _old(here, viewer, Before(text="Қасымов Айша"), PAGE)

        found.told(_line(f"{viewer.name}: page, total, 5 counts", page, TIMES_BEFORE))
        found.told(_line(f"{viewer.name}: two words of a name", text, TIMES_BEFORE))
    found.show()


def _old(here: Place, viewer: Viewer, asked: Before, limit: int) -> None:
    with here.store.transaction() as tx:
        tx.exec_driver_sql("SET LOCAL statement_timeout = 0")
        worklist_before.page(tx, here.world, viewer.caller, asked, limit)


def _pages(here: Place, found: Findings, viewer: Viewer) -> None:
    found.part(f"{viewer.name}, {viewer.offices} offices")
    _tell_numbers(here, found, viewer)

    def whole() -> None:
        with here.store.transaction() as tx:
            query = WorklistQuery(view="groups", limit=PAGE)
            worklist.page(tx, here.world, viewer.caller, query)
            worklist.counts(tx, here.world, viewer.caller, [*SAVED.values()])

    _held(found, "page, total, 5 counts: use case", whole, PAGE_MS)
    path = f"/api/v1/tasks?view=groups&limit={PAGE}"
    _held(found, "page, total: API", lambda: _api(here, viewer, path), PAGE_MS)
    with here.store.transaction() as tx:
        for name, query in SAVED.items():
            saved_filters.add(tx, here.world.clock, viewer.caller, name, query)
    browser = worklist_taking.Browser(here, viewer)
    _held(found, "page, total, 3 views, 5 counts: HTML", browser.worklist, PAGE_MS)
    for view, query in {
        "all": WorklistQuery(),
        "mine": WorklistQuery(view="mine"),
        "last due first": WorklistQuery(sort="-deadline_at"),
        "newest first": WorklistQuery(sort="-created_at"),
        "by priority": WorklistQuery(sort="priority"),
        "one step": WorklistQuery(process_key=KEYS[2], element_id=STEPS[4]),
        "free, due this week": WorklistQuery(view="groups", free=True, due="week"),
        "done": WorklistQuery(state="completed", sort="-ended_at"),
    }.items():
        _told(here, found, viewer, view, query)


def _tell_numbers(here: Place, found: Findings, viewer: Viewer) -> None:
    with here.store.transaction() as tx:
        queries = [WorklistQuery(view="groups"), *SAVED.values()]
        counts = worklist.counts(tx, here.world, viewer.caller, queries)
    names = ["groups", *SAVED]
    told = (
        f"{name} {'over ' if one.is_capped else ''}{one.number}"
        for name, one in zip(names, counts, strict=True)
    )
    found.told(", ".join(told))


def _searches(here: Place, found: Findings, viewer: Viewer) -> None:
    """Values that one task has, one in a hundred, one in twenty, half of all."""
    numbers = iter(viewer.samples * 10)
    for name, search, text in (
        ("IIN of one child", lambda: {"child.iin": next(numbers).iin}, None),
        ("full name", lambda: {"child.name": next(numbers).name}, None),
        ("one surname (5 %)", lambda: {"child.name": "Қасымов"}, None),
        ("on paper (10 %)", lambda: {"application.channel": "paper"}, None),
        ("in Kazakh (55 %)", lambda: {"application.language": "kk"}, None),
        ("text: a number", dict, lambda: next(numbers).number.lower()),
        ("text: begins with Сәрс Ай", dict, lambda: "Сәрс Ай"),
        ("text: begins with Ахм", dict, lambda: "Ахм"),
    ):

        def look() -> None:
            query = WorklistQuery(
                view="groups",
                search=search(),  # noqa: B023 - called at once
                text=text() if text else None,  # noqa: B023 - called at once
                limit=PAGE,
            )
            with here.store.transaction() as tx:
                worklist.page(tx, here.world, viewer.caller, query)

        _held(found, f"search: {name}", look, SEARCH_MS)


def _told(
    here: Place, found: Findings, viewer: Viewer, name: str, query: WorklistQuery
) -> None:
    def look() -> None:
        with here.store.transaction() as tx:
            asked = replace(query, limit=PAGE)
            worklist.page(tx, here.world, viewer.caller, asked)

    found.told(_line(f"page, total: {name}", look, TIMES // 2))


def _api(here: Place, viewer: Viewer, path: str) -> None:
    here.client.call("GET", path, viewer.token)


def timed(do: Callable[[], object], times: int) -> list[float]:
    do()  # what is read and compiled once
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        do()
        spent.append(time.perf_counter() - began)
    return spent


def _line(what: str, do: Callable[[], object], times: int) -> str:
    spent = timed(do, times)
    p50, p95 = at(spent, 0.5), at(spent, 0.95)
    return f"{what:46} p50 {milliseconds(p50):>10}, p95 {milliseconds(p95):>10}"


def _held(
    found: Findings, what: str, do: Callable[[], object], limit_ms: float
) -> None:
    found.quick(what, timed(do, TIMES), limit_ms)


def _plans(here: Place, found: Findings, viewer: Viewer) -> None:
    asked = {
        "first page of groups": WorklistQuery(view="groups"),
        "overdue, counted": SAVED["overdue"],
        "a step, counted": SAVED["to decide"],
        "a surname": WorklistQuery(search={"child.name": "Қасымов"}),
        "in Kazakh": WorklistQuery(search={"application.language": "kk"}),
    }
    for name, query in asked.items():
        found.part(f"plan: {viewer.name}, {name}")
        with here.store.transaction() as tx:
            seen = sight.of(tx, viewer.caller, query.office)
            wanted = worklist.asked_for(tx, here.world, viewer.caller, query, seen)
            statement: sa.Select[tuple[object, ...]] = (
                sa.select(statements.number(wanted, listing.TOTAL_CAP))
                if "counted" in name
                else worklist.shown(wanted, PAGE + 1, None)
            )
            for line in _plan(tx, statement)[:PLAN_LINES]:
                found.told(line[:PLAN_LETTERS])


def _plan(tx: sa.Connection, statement: sa.Select[tuple[object, ...]]) -> list[str]:
    compiled = statement.compile(dialect=DIALECT)
    cursor = driver_of(tx).cursor()
    cursor.execute(
        b"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF) " + str(compiled).encode(),
        compiled.params,
        prepare=False,
    )
    return [str(row[0]) for row in cursor.fetchall()]


def _say(line: str) -> None:
    sys.stderr.write(f"bench: {line} ...\n")


if __name__ == "__main__":
    main()
