"""`make chaos`: a hundred kills while three hundred cases run.

Killed are web servers, workers, simulators, and the database's own processes, with
immediate restarts of it among them. About six minutes on two cores. Exit 1 if a case,
its answers or an effect outside is lost, doubled or stuck, a client saw another failure
than 503 with Retry-After, or a chain of history does not verify.
"""

import argparse
import json
import random
import secrets
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import urllib3

from tests.chaos import checks
from tests.chaos.clients import (
    Application,
    Client,
    Plan,
    Tally,
    Traffic,
    make_applications,
)
from tests.chaos.service import KINDS, NotUp, Service, running
from tests.chaos.watch import Watch

STUCK_SECONDS = 60.0  # nothing that could move stands still for longer
QUIET_SECONDS = 150.0  # after the last kill, until clients have done what they want
IN_RECOVERY = 0.25  # of the kills come before all is back after the one before
# Every system does what it is told at once and answers this late: most kills of a
# worker come between an effect outside and its answer.
LATE_ANSWER_MS = 400
KILL_PAUSE_SECONDS = (0.8, 2.4)
KILLS_PER_JUMP = 8  # while timers of many cases fire at once
JUMP_PAUSE_SECONDS = (0.05, 0.6)
VIOLATIONS_TOLD = 30
DEADLINE_JUMP, ORDER_DAY_JUMP = timedelta(days=5), timedelta(days=365)


class TimeUp(Exception):
    """The whole run took too long."""


@dataclass
class Run:
    """One run: what it was told, and what it found."""

    seed: int
    kills: int
    cases: int
    ends_at: float
    started: float = field(default_factory=time.monotonic)
    killed: Counter[str] = field(default_factory=Counter)
    plans: Counter[Plan] = field(default_factory=Counter)
    violations: list[str] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    quiet_seconds: list[float] = field(default_factory=list)
    longest_seconds: float = 0.0
    longest: str = ""
    effects: int = 0
    repeats: int = 0
    chains: str = ""
    late: str = ""  # simulators that came back and are to be told to answer late

    def __post_init__(self) -> None:
        self.dice = random.Random(self.seed)
        kinds = [KINDS[at % len(KINDS)] for at in range(self.kills)]
        self.dice.shuffle(kinds)
        self.kinds = iter(kinds)

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.started

    def pause(self, seconds: float) -> None:
        if time.monotonic() + seconds > self.ends_at:
            raise TimeUp("the run took too long")
        time.sleep(seconds)

    def say(self, line: str) -> None:
        sys.stdout.write(f"{self.seconds:6.1f} s  {line}\n")
        sys.stdout.flush()


def main() -> int:
    options = _options()
    run = Run(
        options.seed,
        options.kills,
        options.cases,
        ends_at=time.monotonic() + options.seconds,
    )
    run.say(f"seed {run.seed}: {run.kills} kills, {run.cases} cases")
    try:
        with running() as service:
            _whole(run, service)
            if run.violations or options.log:
                keep(run, service, options.log)
    except (NotUp, TimeUp) as error:
        run.violations.append(str(error))
    tell(run)
    return 1 if run.violations else 0


def _whole(run: Run, service: Service) -> None:
    run.say(f"up at {service.base}, in {service.folder}")
    portal = Client(service.base, service.token("oqu"), run.tally)
    clerk = Client(service.base, service.token("demo-clerk"), run.tally)
    simulators = service.simulators_url
    applications = make_applications(simulators, run.cases, run.dice)
    run.plans.update(each.plan for each in applications)
    if not answer_late(simulators):
        raise NotUp("the simulators take no fault")
    jumps = min(KILLS_PER_JUMP, run.kills // 5)
    first = run.kills - 2 * jumps
    phases = ((None, first), (DEADLINE_JUMP, jumps), (ORDER_DAY_JUMP, jumps))
    spread = 0.8 * first * sum(KILL_PAUSE_SECONDS) / 2
    traffic = Traffic(portal, clerk, applications, spread_seconds=spread, dice=run.dice)
    watch = Watch(lambda: service.database_url)
    watch.start()
    traffic.start()
    try:
        for phase, (jump, kills) in enumerate(phases):
            if jump:
                portal.renew(service.token("oqu"))  # the one before is too old then
                clerk.renew(service.token("demo-clerk"))
                traffic.advance(jump)
            for _ in range(kills):
                _kill(run, service, JUMP_PAUSE_SECONDS if jump else KILL_PAUSE_SECONDS)
            is_late, is_order_day = phase >= 1, phase >= 2
            calm(
                run,
                service,
                traffic,
                watch,
                applications,
                is_late=is_late,
                is_order_day=is_order_day,
            )
            if run.violations:
                break
    finally:
        traffic.stop()
        watch.stop()
        run.longest_seconds, run.longest = watch.longest_seconds, watch.longest
        run.violations += run.tally.violations
    conclude(run, service)


def _kill(run: Run, service: Service, pause: tuple[float, float]) -> None:
    if run.dice.random() > IN_RECOVERY:
        service.wait_until_whole()
    run.pause(run.dice.uniform(*pause))
    kind = next(run.kinds)
    simulators = service.simulators_url
    pid = service.kill(kind, run.dice)
    run.killed[kind] += 1
    total = sum(run.killed.values())
    run.say(f"kill {total:3}: {kind} (process {pid})")
    if kind == "simulators":  # they know what they did, not how late they are to be
        run.late = simulators
    elif run.late and answer_late(run.late):
        run.late = ""


def calm(
    run: Run,
    service: Service,
    traffic: Traffic,
    watch: Watch,
    applications: list[Application],
    *,
    is_late: bool,
    is_order_day: bool,
) -> None:
    """Wait for quiet, at most QUIET_SECONDS; then every case must be as it should."""
    left = {each.number for each in applications if each.plan is Plan.LEAVE}
    began = time.monotonic()
    moves: str | None = "clients"
    while moves is not None and time.monotonic() - began < QUIET_SECONDS:
        run.pause(0.3)
        moves = watch.unquiet(left) if traffic.is_done() else "clients"
    run.quiet_seconds.append(time.monotonic() - began)
    if moves is not None:
        run.violations.append(f"not quiet after {QUIET_SECONDS:.0f} s: {moves}")
    run.say(f"quiet after {run.quiet_seconds[-1]:.1f} s")
    service.wait_until_whole()
    url = service.database_url
    if url is None:
        raise NotUp("the database is gone")
    found = checks.cases(url, applications, is_late=is_late, is_order_day=is_order_day)
    told, run.effects, run.repeats = checks.effects(
        url, service.simulators_url, applications, is_late=is_late
    )
    run.violations += found + told


def conclude(run: Run, service: Service) -> None:
    if run.longest_seconds > STUCK_SECONDS:
        run.violations.append(f"{run.longest} stood for {run.longest_seconds:.0f} s")
    verified = service.rasim("history", "verify")
    run.chains = (verified.stdout or verified.stderr).strip().splitlines()[-1]
    if verified.returncode:
        run.violations.append(f"history: {verified.stdout}{verified.stderr}")
    if not service.is_running():
        run.violations.append("`rasim up` itself ended")


def answer_late(simulators_url: str) -> bool:
    """False while they are dead."""
    fault = {"system": "*", "mode": "timeout", "delay_ms": LATE_ANSWER_MS}
    try:
        answer = urllib3.PoolManager(retries=False, timeout=10).request(
            "POST",
            f"{simulators_url}/_sim/faults",
            body=json.dumps(fault),
            headers={"Content-Type": "application/json"},
        )
    except urllib3.exceptions.HTTPError:
        return False
    return answer.status == 201


def keep(run: Run, service: Service, log: Path | None) -> None:
    """The folder goes; what the service said stays, to look into."""
    if log is None:
        log = Path(tempfile.mkstemp(f"-{run.seed}.log", "rasim-chaos-")[1])
    shutil.copyfile(service.log, log)
    run.say(f"what the service said: {log}")


def tell(run: Run) -> None:
    run.say("")
    width = max(len(name) for name, _ in _figures(run))
    for name, value in _figures(run):
        sys.stdout.write(f"  {name:<{width}}  {value}\n")
    for violation in run.violations[:VIOLATIONS_TOLD]:
        sys.stdout.write(f"  VIOLATION: {violation}\n")
    untold = len(run.violations) - VIOLATIONS_TOLD
    if untold > 0:
        sys.stdout.write(f"  and {untold} more violations\n")
    sys.stdout.write("" if run.violations else "  all held\n")


def _figures(run: Run) -> Iterator[tuple[str, str]]:
    tally = run.tally
    yield "seed", str(run.seed)
    kinds = ", ".join(f"{kind} {run.killed[kind]}" for kind in KINDS)
    yield "kills", f"{run.killed.total()} ({kinds})"
    plans = ", ".join(f"{plan} {run.plans[plan]}" for plan in Plan)
    yield "cases", f"{run.cases} ({plans})"
    yield "effects outside", f"{run.effects}, {run.repeats} repeats had no effect"
    yield "stood still at most", f"{run.longest_seconds:.1f} s ({run.longest})"
    quiet = ", ".join(f"{seconds:.1f} s" for seconds in run.quiet_seconds)
    yield "quiet after", quiet or "never"
    told = sorted(tally.statuses.items())
    yield "answers to clients", ", ".join(f"{what} {count}" for what, count in told)
    yield "answers replayed by key", str(tally.replayed)
    yield "longest wait of a client", f"{tally.longest_seconds:.1f} s"
    yield "history", run.chains or "not verified"
    yield "time", f"{run.seconds:.0f} s"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.chaos.kills")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6))
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--cases", type=int, default=300)
    parser.add_argument(
        "--seconds", type=float, default=900.0, help="at most; then it is a failure"
    )
    parser.add_argument("--log", type=Path, help="keep what the service said here")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
