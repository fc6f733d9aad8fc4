"""100,000 cases that wait for a moment or a message: how late, and at what price.

They are copies in SQL of one case that was started over the API: its row, its due
work, its subscription and its events, with ids of their own, also where the saved case
names its tokens. So each can be loaded and goes on; only the hashes of its first events
are those of the case that it was copied from.
"""

import re
import statistics
import time
import uuid
from collections.abc import Callable
from typing import LiteralString

import sqlalchemy as sa
from psycopg import sql

from tests.load import long_drawings
from tests.load.place import Place
from tests.load.promises import Findings, at, milliseconds
from workflows import due, messages
from workflows.store.session import Store
from workflows.store.tables import (
    due_work,
    events,
    message_subscriptions,
    process_instances,
)
from workflows.world import World

WAITING = 100_000
FEWER = 1_000
A_SECOND = 50
SECONDS = 60
AHEAD_SECONDS = 3.0  # until the first falls due
LATE_SECONDS = 2.0
BACKLOG = 5_000
SUSPENDED = 1_000
SWEEPS = 200
ENDED = 20  # cases
SAME = 1.5  # what counts as the same price, for clocks are rough
PATIENCE_SECONDS = 180.0

FAR: LiteralString = "timestamptz '2100-01-01 00:00:00+00'"
TOKEN = re.compile(r"\b[0-9a-f]{32}\b")
# A token of a copy: the same wherever it is named, and nobody else's.
TOKEN_OF = "md5({token} || copies.id::text)::uuid"
LATENESS = """
    SELECT extract(epoch FROM pg_xact_commit_timestamp(due_work.xmin) - due_work.due_at)
    FROM due_work JOIN copies ON copies.id = due_work.instance_id
    WHERE copies.kind = %s AND due_work.state = 'fired'
"""


def measure(place: Place, found: Findings) -> None:
    place.deploy("scale_timer", long_drawings.timer_or_message())
    place.database.execute(
        "CREATE TEMP TABLE copies (id uuid PRIMARY KEY, kind text, due_at timestamptz)"
    )
    first = {"number": "first", "due": "2100-01-01T00:00:00Z"}
    original = place.start("scale_timer", first)
    found.part("a sweep with nothing due")
    _copy(place, original, "far", FEWER - 1, FAR)
    place.deploy("scale_short", long_drawings.items("scale_short", sequential=True))
    few, few_pages = _sweep(place), _pages(place)
    few_ends = _ends(place)
    began = time.perf_counter()
    _copy(place, original, "far", WAITING - FEWER - A_SECOND * SECONDS, FAR)
    made = time.perf_counter() - began
    many, pages = _sweep(place), _pages(place)
    many_ends = _ends(place)
    for name, seconds in few.items():
        ratio = many[name] / seconds
        found.most(f"{name}: {WAITING} waiting to {FEWER}", ratio, SAME)
        found.told(f"  {milliseconds(many[name])} to {milliseconds(seconds)}")
    found.told(f"pages that the search touches: {pages} to {few_pages}")
    found.told(
        f"a case that ends: {milliseconds(many_ends)} to {milliseconds(few_ends)}"
    )
    found.told(f"the others were copied in {made:.0f} s")
    _stream(place, found, original)
    _backlog(place, found)


def _sweep(place: Place) -> dict[str, float]:
    """Seconds of each part of a sweep."""
    acts: dict[str, Callable[[Store, World], object]] = {
        "due work": due.run,
        "messages": messages.match,
    }
    seen = {}
    for name, act in acts.items():
        took = []
        for _ in range(SWEEPS):
            began = time.perf_counter()
            act(place.store, place.world)
            took.append(time.perf_counter() - began)
        # The quicker ones: what else the machine does makes some of them slow.
        seen[name] = at(took, 0.1)
    return seen


def _ends(place: Place) -> float:
    """Seconds of the completion that ends a case, over the API."""
    took = []
    for _ in range(ENDED):
        task = place.task(place.start("scale_short", {"items": [1]}))
        if task is None:
            raise RuntimeError("a case has no task")
        began = time.perf_counter()
        place.complete(task)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _pages(place: Place) -> int:
    """Pages that the search for due work touches."""
    now = place.world.clock.now()
    asked = {"now": now, "after": due.EVER, "passed": "{}"}
    (((plan,),),) = place.database.execute(
        b"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) " + due.FIND.text, asked
    ).fetchall()
    top = plan["Plan"]
    return int(top["Shared Hit Blocks"] + top["Shared Read Blocks"])


def _stream(place: Place, found: Findings, original: uuid.UUID) -> None:
    """So many fall due each second for a minute, while all the others wait."""
    _copy(
        place,
        original,
        "stream",
        A_SECOND * SECONDS,
        f"clock_timestamp() + interval '{AHEAD_SECONDS} s' + n * interval"
        f" '{1 / A_SECOND} s'",
    )
    waiting = place.number("SELECT count(*) FROM due_work WHERE state = 'waiting'")
    before = place.running.cpu_seconds()
    began = time.perf_counter()
    _await(place, "stream", A_SECOND * SECONDS)
    seconds = time.perf_counter() - began
    spent = place.running.cpu_seconds()
    late = _lateness(place, "stream")
    found.part(
        f"{waiting:.0f} timers wait, of which {A_SECOND} fall due a second for"
        f" {SECONDS} s; one worker"
    )
    found.most(
        "p99 lateness, to the commit of what follows",
        at(late, 0.99),
        LATE_SECONDS,
        " s",
    )
    marks = ", ".join(
        f"{name} {milliseconds(at(late, share))}"
        for name, share in (("p50", 0.5), ("p95", 0.95), ("p99", 0.99), ("max", 1.0))
    )
    found.told(f"  {marks}")
    cores = ", ".join(
        f"{kind} {(spent[kind] - before[kind]) / seconds:.2f}"
        for kind in sorted(spent, key=lambda one: before[one] - spent[one])
        if spent[kind] - before[kind] > 0.01 * seconds
    )
    found.told(f"  cores: {cores}")


def _backlog(place: Place, found: Findings) -> None:
    """As after an outage: many due at once, and some that fall due meanwhile.

    Before them in the queue: cases that are suspended, whose timers are due too.
    """
    _postpone(
        place, "held", SUSPENDED, "clock_timestamp() - interval '1 day'", "suspended"
    )
    _postpone(place, "backlog", BACKLOG, "clock_timestamp() - interval '1 hour'")
    _postpone(
        place, "newer", A_SECOND, f"clock_timestamp() + n * interval '{1 / A_SECOND} s'"
    )
    began = time.perf_counter()
    _await(place, "backlog", BACKLOG)
    drained = time.perf_counter() - began
    _await(place, "newer", A_SECOND)
    found.part(f"{BACKLOG} due at once, behind {SUSPENDED} of suspended cases")
    found.told(f"  drained in {drained:.1f} s: {BACKLOG / drained:.0f} a second")
    newer = _lateness(place, "newer")
    found.true(
        f"what falls due meanwhile comes right after: {max(newer):.1f} s late",
        max(newer) <= drained + LATE_SECONDS,
    )
    held = place.number(
        "SELECT count(*) FROM due_work JOIN copies ON copies.id = instance_id"
        " WHERE kind = 'held' AND state = 'waiting'"
    )
    found.true(
        f"all {held:.0f} timers of suspended cases still wait", held == SUSPENDED
    )


def _lateness(place: Place, kind: str) -> list[float]:
    """Seconds from the moment due to the commit of what followed."""
    return [float(row[0]) for row in place.database.execute(LATENESS, (kind,))]


def _await(place: Place, kind: str, number: int) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    query = (
        "SELECT count(*) FROM due_work JOIN copies ON copies.id = instance_id"
        " WHERE kind = %s AND state = 'fired'"
    )
    while place.number(query, kind) < number:
        if time.monotonic() > until:
            raise RuntimeError(f"not all timers of the {kind} fired in time")
        time.sleep(0.5)


def _postpone(
    place: Place, kind: str, number: int, moment: LiteralString, state: str = "active"
) -> None:
    """Far timers get another moment, all in one transaction."""
    with place.database.transaction():
        place.database.execute(
            sql.SQL(
                "UPDATE copies SET kind = %s, due_at = {moment} FROM (SELECT id,"
                " row_number() OVER () AS n FROM copies WHERE kind = 'far' LIMIT %s)"
                " AS chosen WHERE chosen.id = copies.id"
            ).format(moment=sql.SQL(moment)),
            (kind, number),
        )
        place.database.execute(
            "UPDATE process_instances SET state = %s FROM copies"
            " WHERE copies.id = process_instances.id AND kind = %s",
            (state, kind),
        )
        place.database.execute(
            "UPDATE due_work SET due_at = copies.due_at FROM copies"
            " WHERE copies.id = instance_id AND kind = %s",
            (kind,),
        )


def _copy(
    place: Place, original: uuid.UUID, kind: str, number: int, moment: LiteralString
) -> None:
    """So many cases like the original, that wait until `moment` (SQL, may use n)."""
    _, saved = place.saved(original)
    tokens = set(TOKEN.findall(saved))
    text = sql.Identifier("process_instances", "saved").as_string()
    for token in tokens:
        new = TOKEN_OF.format(token=f"'{token}'")
        text = f"replace({text}, '{token}', replace({new}::text, '-', ''))"
    token_of = TOKEN_OF.format(token="replace({}::text, '-', '')")
    new_id = "copies.id"
    changed: list[tuple[sa.Table, str, dict[str, str]]] = [
        (process_instances, "id", {"id": new_id, "saved": text}),
        (events, "instance_id", {"instance_id": new_id}),
        (
            message_subscriptions,
            "instance_id",
            {
                "instance_id": new_id,
                "token": token_of.format("message_subscriptions.token"),
                "correlation_key": "copies.id::text",
            },
        ),
        (
            due_work,
            "instance_id",
            {
                "id": "gen_random_uuid()",
                "instance_id": new_id,
                "subject_id": token_of.format("due_work.subject_id"),
                "due_at": "copies.due_at",
            },
        ),
    ]
    with place.database.transaction():
        place.database.execute("CREATE TEMP TABLE made (LIKE copies) ON COMMIT DROP")
        place.database.execute(
            sql.SQL(
                "INSERT INTO made SELECT gen_random_uuid(), %s, {moment}"
                " FROM generate_series(1, %s) AS n"
            ).format(moment=sql.SQL(moment)),
            (kind, number),
        )
        for table, owner, values in changed:
            names = [column.name for column in table.columns]
            given = ", ".join(
                values.get(name, f"{table.name}.{name}") for name in names
            )
            given = given.replace("copies.", "made.")
            place.database.execute(
                f"INSERT INTO {table.name} ({', '.join(names)}) SELECT {given}"  # noqa: S608 - all of it is written here
                f" FROM {table.name}, made WHERE {table.name}.{owner} = %s",
                (original,),
            )
        place.database.execute("INSERT INTO copies SELECT * FROM made")
