"""`make chaos`, its scenes: what goes wrong less often than a process dies.

In each, people file and decide while something is wrong, and everything must be as in
`tests.chaos.kills` when it is over: the database is stopped for twenty seconds, refuses
writes, has a full disk; every job is given to two workers; outside systems answer too
late, or with rubbish, after they did what they were told; a year ends. About five
minutes.

The disk is a small one of its own, in memory: who may not mount one is told that this
scene is left out. The clock is moved by its port: the machine's own is everybody's.
"""

import argparse
import contextlib
import json
import secrets
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import psycopg
import urllib3

from server.postgres.embedded import SUPERUSER, EmbeddedPostgres, url_in
from server.settings import OWNER_URL
from tests.chaos import kills
from tests.chaos.clients import (
    Application,
    Client,
    Plan,
    Traffic,
    make_applications,
    move_clock,
)
from tests.chaos.kills import Run, TimeUp
from tests.chaos.service import NotUp, Service, make_folder, running
from tests.chaos.watch import Watch
from workflows.store.queue import enqueue
from workflows.store.session import Store

ALMATY = ZoneInfo("Asia/Almaty")
CASES = 16  # in each scene
SPREAD_SECONDS = 6.0
STOPPED_SECONDS, REFUSED_SECONDS, FULL_SECONDS = 20.0, 10.0, 10.0
DISK_MIB = 640
DOCUMENT = b"A page of text.\n" * 50_000
LATE_MS = 7_000  # our patience ends before
LATE_TIMES, RUBBISH_TIMES = 12, 6
BEFORE_NEW_YEAR = timedelta(seconds=15)
ALL_SECONDS = 900.0


@dataclass
class Stage:
    """The service, its database, and everybody whose case was filed so far."""

    run: Run
    service: Service
    postgres: EmbeddedPostgres
    watch: Watch
    portal: Client
    clerk: Client
    has_disk: bool  # a small one of its own
    applications: list[Application] = field(default_factory=list)
    is_late: bool = False

    @contextlib.contextmanager
    def people(self) -> Iterator[Traffic]:
        """New people in the block; after it, everything must be as it should."""
        first = len(self.applications)
        made = make_applications(
            self.service.simulators_url, CASES, self.run.dice, first
        )
        if self.is_late:  # what is left to a deadline was left weeks ago
            now = self.portal.call("GET", "/clock")["now"]
            for each in made:
                each.plan = Plan.REFUSE if each.plan is Plan.LEAVE else each.plan
                each.variables["application"]["filed_at"] = now
        self.applications += made
        self.run.plans.update(each.plan for each in made)
        self.run.cases += len(made)
        traffic = Traffic(
            self.portal,
            self.clerk,
            made,
            spread_seconds=SPREAD_SECONDS,
            dice=self.run.dice,
        )
        refused = self.run.tally.statuses["503"]
        traffic.start()
        try:
            self.run.pause(SPREAD_SECONDS / 2)
            yield traffic
            kills.calm(
                self.run,
                self.service,
                traffic,
                self.watch,
                self.applications,
                is_late=self.is_late,
                is_order_day=False,
            )
            refused = self.run.tally.statuses["503"] - refused
            self.run.say(f"answered with 503: {refused}")
        finally:
            traffic.stop()

    def order(self, text: str) -> None:
        """Something that only the owner of the database may do, and that it rereads."""
        url = url_in(self.postgres.place, SUPERUSER, SUPERUSER)
        with psycopg.connect(url, autocommit=True) as link:
            link.execute(text.encode())
            link.execute("SELECT pg_reload_conf()")


def stopped(stage: Stage) -> None:
    """The database is stopped for twenty seconds and started again."""
    with stage.people():
        stage.postgres.stop()
        stage.run.pause(STOPPED_SECONDS)
        stage.postgres.start()


def refusing(stage: Stage) -> None:
    """The database answers, and takes no write: as one that is a standby now."""
    with stage.people():
        stage.order("ALTER SYSTEM SET default_transaction_read_only = on")
        stage.run.pause(REFUSED_SECONDS)
        stage.order("ALTER SYSTEM RESET default_transaction_read_only")


def full(stage: Stage) -> None:
    """The disk of database, documents and the service's own files is full."""
    if not stage.has_disk:
        stage.run.say("left out: nobody may mount a small disk here")
        return
    filler = stage.service.data / "filler"
    with stage.people():
        with filler.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(1 << 16))
        # A table finds room in the pages that it has; a document has none.
        stage.run.pause(FULL_SECONDS)
        (task, *_) = _tasks(stage)
        status = stage.clerk.send_file(f"/tasks/{task}/documents", DOCUMENT)
        if status != 503:
            stage.run.violations.append(f"no room for a document: {status}, not 503")
        filler.unlink()
        if not stage.postgres.is_running():  # it may have given up
            stage.run.say("PostgreSQL had given up; started again")
            stage.postgres.start()


def _tasks(stage: Stage) -> list[str]:
    with psycopg.connect(stage.postgres.url) as link:
        rows = link.execute("SELECT id::text FROM user_tasks WHERE state = 'created'")
        return [row[0] for row in rows]


def twice(stage: Stage) -> None:
    """Every job is on the queue two times, so that two workers have it at once."""
    stop, known = threading.Event(), set[bytes]()
    store = Store(stage.postgres.url, pool_size=1)

    def double() -> None:
        while not stop.wait(0.05):
            with store.transaction() as tx:
                rows = tx.exec_driver_sql("SELECT entrypoint, payload FROM pgqueuer")
                found = [(row[0], bytes(row[1])) for row in rows]
                enqueue(tx, [one for one in found if one[1] not in known])
            known.update(payload for _, payload in found)

    doubling = threading.Thread(target=double, daemon=True)
    doubling.start()
    try:
        with stage.people():
            pass
    finally:
        stop.set()
        doubling.join()
        store.close()
    stage.run.say(f"{len(known)} jobs were on the queue twice")


def late(stage: Stage) -> None:
    """What was asked for happened, and the answer came too late or was no answer."""
    for mode, times in (("timeout", LATE_TIMES), ("garbage", RUBBISH_TIMES)):
        fault = {"system": "*", "mode": mode, "delay_ms": LATE_MS, "times": times}
        answer = urllib3.PoolManager(retries=False, timeout=10).request(
            "POST",
            f"{stage.service.simulators_url}/_sim/faults",
            body=json.dumps(fault),
            headers={"Content-Type": "application/json"},
        )
        if answer.status != 201:
            raise NotUp(f"the simulators take no fault: {answer.status}")
    with stage.people():
        pass


def new_year(stage: Stage) -> None:
    """The clock jumps to the last seconds of the year, and ticks on into the next."""
    told = stage.portal.call("GET", "/clock")
    now = datetime.fromisoformat(told["now"]).astimezone(ALMATY)
    turn = datetime(now.year + 1, 1, 1, tzinfo=ALMATY)
    move_clock(stage.portal, turn - BEFORE_NEW_YEAR - now)
    stage.is_late = True  # nobody decided for weeks
    with stage.people():
        stage.run.pause(2 * BEFORE_NEW_YEAR.total_seconds())
    told = stage.portal.call("GET", "/clock")
    then = datetime.fromisoformat(told["now"]).astimezone(ALMATY)
    if then.year != turn.year:
        stage.run.violations.append(f"the new year did not come: it is {then}")


SCENES: tuple[Callable[[Stage], None], ...] = (
    stopped,
    refusing,
    full,
    twice,
    late,
    new_year,
)


def main() -> int:
    options = _options()
    until = time.monotonic() + ALL_SECONDS
    run = Run(options.seed, kills=0, cases=0, ends_at=until)
    run.say(f"seed {run.seed}")
    folder = make_folder()
    try:
        with _disk(folder / "data") as has_disk:
            _play(run, folder, has_disk, options.scenes or [])
    except (NotUp, TimeUp) as error:
        run.violations.append(str(error))
    shutil.rmtree(folder, ignore_errors=bool(run.violations))
    kills.tell(run)
    return 1 if run.violations else 0


def _play(run: Run, folder: Path, has_disk: bool, chosen: list[str]) -> None:
    postgres = EmbeddedPostgres(folder / "data")
    postgres.start()
    try:
        accounts = {"DATABASE_URL": postgres.service_url, OWNER_URL: postgres.url}
        with running(folder, accounts) as service:
            portal = Client(service.base, service.token("oqu"), run.tally)
            clerk = Client(service.base, service.token("demo-clerk"), run.tally)
            watch = Watch(lambda: service.database_url)
            watch.start()
            stage = Stage(run, service, postgres, watch, portal, clerk, has_disk)
            for scene in SCENES:
                if not chosen or scene.__name__ in chosen:
                    run.say(f"{scene.__name__}: {scene.__doc__}")
                    scene(stage)
            watch.stop()
            run.longest_seconds, run.longest = watch.longest_seconds, watch.longest
            run.violations += run.tally.violations
            kills.conclude(run, service)
            if run.violations:
                kills.keep(run, service, None)
    finally:
        postgres.stop()


@contextlib.contextmanager
def _disk(folder: Path) -> Iterator[bool]:
    """A small disk at the folder, where we may mount one; whether there is."""
    folder.mkdir()
    program = shutil.which("mount")
    is_there = False
    if program is not None:
        size = f"size={DISK_MIB}m,mode=0711"
        told = [program, "-t", "tmpfs", "-o", size, "tmpfs", str(folder)]
        is_there = not subprocess.run(told, capture_output=True, check=False).returncode
    try:
        yield is_there
    finally:
        if is_there:
            subprocess.run(["umount", str(folder)], check=False)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.scenes")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    names = [scene.__name__ for scene in SCENES]
    parser.add_argument("scenes", nargs="*", choices=[*names, []])
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
