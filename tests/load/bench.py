"""`make bench`: first-grade admission end to end, against stock SpiffWorkflow.

End to end: applications filed and decided over HTTP, worked on by the service as
`rasim up` runs it, with the simulators of the outside systems, on one machine.
"""

import shutil
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import psycopg

from integrations.people import Population, Story
from server import bootstrap, demo
from server.postgres.embedded import EmbeddedPostgres
from server.settings import Settings
from tests.load import baseline, counts, inside, report, service
from tests.load.driver import Driver, Window
from tests.load.promises import Findings

# Both sides in turns, for the machine may change its pace; the service idles meanwhile.
ROUNDS = 3
BASELINE_SECONDS = 8.0  # a round
WARM_SECONDS = 3.0  # a round, not measured; before the first, as long again
MEASURED_SECONDS = 12.0  # a round
COUNTED_SECONDS = 6.0
DRAIN_SECONDS = 60.0
UNDER_WAY = 32  # cases at any time
PROFILED_CASES = 40
LOTS, LOT = 6, 120  # cases whose bytes are counted
SEED = bootstrap.DEMO_SEED
ORDER_DAY = "UPDATE due_work SET due_at = now() WHERE element_id = 'until_order'"
OPEN_CASES = "SELECT count(*) FROM process_instances WHERE ended_at IS NULL"


@dataclass
class Seen:
    """What was seen of both sides."""

    stock: list[report.Yardstick] = field(default_factory=list)  # each round
    windows: list[Window] = field(default_factory=list)  # each round
    cpu: dict[str, float] = field(default_factory=dict)  # seconds by kind, measured
    others: float = 0.0  # seconds of CPU that other programs took meanwhile
    commits: int = 0  # measured
    counted: int = 0  # cases finished while statements were counted
    statements: counts.Statements = field(default_factory=counts.Statements)
    cases: int = 0  # that came to their end while bytes were counted
    sizes: Mapping[str, int] = field(default_factory=dict)  # bytes that they added
    lost: int = 0  # cases that did not end; must be 0


def main() -> None:
    with server() as (postgres, folder):
        people = Population(SEED, service.PEOPLE, datetime.now(UTC).date())
        # The others need no clerk.
        general = (one for one in people if one.story is not Story.OWN_CLASS)
        with service.running(folder, postgres.url, _pid(postgres)) as running:
            tokens = _seed(_settings(postgres, folder), people)
            driver = Driver(running.url, *tokens, general)
            seen = _take_turns(running, driver, postgres)
        _say("cases inside one process, profiled")
        with service.simulators(folder / "inside") as address:
            settings = _settings(postgres, folder)
            spent = inside.look(settings, address, general, tokens, PROFILED_CASES)
    found = Findings(lines=[*report.lines(seen, spent)])
    report.promised(seen, found)
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


@contextmanager
def server() -> Iterator[tuple[EmbeddedPostgres, Path]]:
    """A durable PostgreSQL for both sides, in a folder that is thrown away."""
    folder = Path(tempfile.mkdtemp(prefix="rasim-bench-"))
    folder.chmod(0o711)  # root lends the database's part to another user
    postgres = EmbeddedPostgres(folder)
    try:
        postgres.start()
        yield postgres, folder
    finally:
        postgres.stop()
        shutil.rmtree(folder)


def _take_turns(
    running: service.Service, driver: Driver, postgres: EmbeddedPostgres
) -> Seen:
    seen = Seen()
    with psycopg.connect(postgres.url, autocommit=True) as connection:
        _weigh(seen, driver, connection)
        driver.run(connection, UNDER_WAY, WARM_SECONDS)
        for number in range(1, ROUNDS + 1):
            _end_all(seen, driver, connection)
            _say(f"round {number} of {ROUNDS}: the yardstick")
            seen.stock.append(_baseline(postgres))
            _say(f"round {number} of {ROUNDS}: the service")
            driver.run(connection, UNDER_WAY, WARM_SECONDS)
            _measure(seen, running, driver, connection)
        with counts.StatementLog(postgres) as seen.statements:
            seen.counted = driver.run(connection, UNDER_WAY, COUNTED_SECONDS).finished
        _end_all(seen, driver, connection)
        driver.close()
    return seen


def _weigh(seen: Seen, driver: Driver, connection: psycopg.Connection[Any]) -> None:
    """What a case adds for good, seen over lots of the same size.

    The first lot makes the first pages, and the room of dead rows that the next uses.
    """
    before: Mapping[str, int] = {}
    for lot in range(LOTS + 1):
        _say(f"bytes: lot {lot} of {LOTS}")
        driver.file(connection, UNDER_WAY, LOT)
        _end_all(seen, driver, connection)
        if lot == 0:
            before = counts.sizes(connection)
    seen.cases = LOTS * LOT
    full = counts.sizes(connection)
    seen.sizes = {name: size - before.get(name, 0) for name, size in full.items()}


def _end_all(seen: Seen, driver: Driver, connection: psycopg.Connection[Any]) -> None:
    """Whoever holds a place lives through the day of the order: no case is open.

    Then the sweep that PostgreSQL itself makes each minute.
    """
    seen.lost = driver.drain(connection, DRAIN_SECONDS)
    connection.execute(ORDER_DAY)
    until = time.monotonic() + DRAIN_SECONDS
    while open_ := counts.number(connection, OPEN_CASES):
        if time.monotonic() > until:
            seen.lost += open_
            return
        time.sleep(0.2)
    connection.execute("VACUUM")


def _baseline(postgres: EmbeddedPostgres) -> report.Yardstick:
    all_began, began = service.machine_seconds(), service.cpu_seconds(_pid(postgres))
    measured = baseline.measure(postgres.url, BASELINE_SECONDS)
    spent = service.cpu_seconds(_pid(postgres)) - began
    others = service.machine_seconds() - all_began - measured.cpu_seconds - spent
    return report.Yardstick(measured, spent, others)


def _measure(
    seen: Seen,
    running: service.Service,
    driver: Driver,
    connection: psycopg.Connection[Any],
) -> None:
    everybody, cpu = service.machine_seconds(), _cpu(running)
    commits = counts.commits(connection)
    seen.windows.append(driver.run(connection, UNDER_WAY, MEASURED_SECONDS))
    seen.commits += counts.commits(connection) - commits
    took = {kind: spent - cpu[kind] for kind, spent in _cpu(running).items()}
    for kind, spent in took.items():
        seen.cpu[kind] = seen.cpu.get(kind, 0.0) + spent
    everybody = service.machine_seconds() - everybody
    seen.others += everybody - sum(took.values())


def _cpu(running: service.Service) -> dict[str, float]:
    return running.cpu_seconds() | {"driver": time.process_time()}


def _seed(settings: Settings, people: Population) -> tuple[str, str]:
    """Offices and people; the tokens of the portal and of a clerk of all schools."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        demo.seed(tx, world, people)
        cast = demo.cast(tx, world, people)
    return cast.portal_token, cast.clerk_token


def _settings(postgres: EmbeddedPostgres, folder: Path) -> Settings:
    return Settings.from_environment(
        {
            "DATABASE_URL": postgres.url,
            "RASIM_DATA": str(folder),
            "RASIM_LOG_LEVEL": "WARNING",
        }
    )


def _pid(postgres: EmbeddedPostgres) -> int:
    if postgres.pid is None:
        raise RuntimeError("PostgreSQL has ended")
    return postgres.pid


def _say(line: str) -> None:
    sys.stderr.write(f"bench: {line} ...\n")


if __name__ == "__main__":
    main()
