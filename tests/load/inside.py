"""Where the time goes: cases run in this process, profiled by the clock of its thread.

The same views, use cases and adapters as in the service, called one after another: no
web server, no queue, no other thread. What those cost is what the service spends more.
"""

import cProfile
import pstats
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from integrations.connectors import HttpConnectors
from integrations.people import Family
from server import bootstrap, context
from server.settings import Settings
from tests.load.driver import DECISION, application
from workflows import jobs
from workflows.model import JobState
from workflows.store.tables import jobs as job_rows
from workflows.store.tables import user_tasks

# The first part of a path that is found names the share; what has none is Python's.
SHARES: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SpiffWorkflow", ("SpiffWorkflow/",)),
    ("engine", ("workflows/engine/",)),
    ("FEEL and calendars", ("workflows/feel/", "workflows/calendars", "holidays/")),
    ("history", ("workflows/history", "hashlib", "secrets")),
    ("use cases", ("workflows/",)),
    ("SQLAlchemy", ("sqlalchemy/",)),
    ("psycopg", ("psycopg",)),
    ("PgQueuer", ("pgqueuer/",)),
    ("forms", ("forms/",)),
    ("calls of outside systems", ("urllib3/", "integrations/", "/http/", "/socket.")),
    (
        "HTTP API",
        ("server/", "flask", "werkzeug/", "marshmallow/", "webargs/", "prometheus"),
    ),
    ("JSON", ("/json/",)),
)
PARTS: Mapping[str, tuple[str, str]] = {
    "restore": ("workflows/engine/saving.py", "restore"),
    "step": ("workflows/engine/running.py", "step"),
    "save": ("workflows/engine/saving.py", "save"),
}


@dataclass
class Spent:
    """Milliseconds of CPU a case, unprofiled, and how the profile divides them."""

    api: float = 0.0
    jobs: float = 0.0
    shares: dict[str, float] = field(default_factory=dict)
    engine: dict[str, float] = field(default_factory=dict)  # parts of the engine's


def look(
    settings: Settings,
    simulators: str,
    families: Iterator[Family],
    tokens: tuple[str, str],
    cases: int,
) -> Spent:
    """Run `cases` without a profile and as many with one."""
    app = bootstrap.create_app(settings)
    services = app.extensions[context.EXTENSION]
    outside = HttpConnectors(simulators)
    inside = _Inside(app, services, outside, tokens)
    for _ in range(3):  # not counted: caches
        inside.case(next(families))
    inside.clocks = dict.fromkeys(inside.clocks, 0.0)
    for _ in range(cases):
        inside.case(next(families))
    each = {kind: took / cases * 1000 for kind, took in inside.clocks.items()}
    spent = Spent(api=each["api"], jobs=each["jobs"])
    inside.profile = cProfile.Profile(time.thread_time)
    for _ in range(cases):
        inside.case(next(families))
    outside.close()
    services.store.close()
    _divide(spent, pstats.Stats(inside.profile))
    return spent


class _Inside:
    """One case after another, all in this thread."""

    def __init__(
        self, app: Any, services: Any, outside: Any, tokens: tuple[str, str]
    ) -> None:
        self.client = app.test_client()
        self.services, self.outside = services, outside
        self.portal, self.clerk = tokens
        self.clocks = {"api": 0.0, "jobs": 0.0}
        self.profile: cProfile.Profile | None = None

    def case(self, family: Family) -> None:
        body = application(family)
        case = self._post("instances", self.portal, body, body["business_key"])["id"]
        self._work(case)
        (task,) = self._found(
            sa.select(user_tasks.c.id).where(user_tasks.c.instance_id == case)
        )
        self._post(f"tasks/{task}/complete", self.clerk, DECISION, str(task))
        self._work(case)

    def _post(self, path: str, token: str, body: Any, key: str) -> Any:
        headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": key}
        with self._timed("api"):
            answer = self.client.post(f"/api/v1/{path}", json=body, headers=headers)
        if answer.status_code >= 400:
            raise RuntimeError(f"{path}: {answer.status_code} {answer.text}")
        return answer.json

    def _work(self, case: str) -> None:
        waiting = sa.select(job_rows.c.id).where(
            job_rows.c.instance_id == case, job_rows.c.state == JobState.TODO
        )
        while found := self._found(waiting):
            for job_id in found:
                with self._timed("jobs"):
                    jobs.perform(
                        self.services.store, self.services.world, self.outside, job_id
                    )

    def _found(self, query: sa.Select[Any]) -> list[uuid.UUID]:
        with self.services.store.transaction() as tx:
            return list(tx.scalars(query))

    @contextmanager
    def _timed(self, kind: str) -> Iterator[None]:
        began = time.thread_time()
        if self.profile is not None:
            self.profile.enable()
        try:
            yield
        finally:
            if self.profile is not None:
                self.profile.disable()
            self.clocks[kind] += time.thread_time() - began


def _divide(spent: Spent, stats: Any) -> None:
    """Shares of the profile, laid over what was spent without one."""
    own: dict[str, float] = {}
    total = 0.0
    for (file, _, _), (_, _, took, _, callers) in stats.stats.items():
        total += took
        if file != "~" or not callers:
            own[_share(file)] = own.get(_share(file), 0.0) + took
            continue
        # What is built in is spent by who calls it.
        for (caller, _, _), (_, _, part, _) in callers.items():
            own[_share(caller)] = own.get(_share(caller), 0.0) + part
    scale = (spent.api + spent.jobs) / total
    spent.shares = {name: took * scale for name, took in own.items()}
    for part, (path, name) in PARTS.items():
        spent.engine[part] = scale * sum(
            cumulative
            for (file, _, function), (_, _, _, cumulative, _) in stats.stats.items()
            if file.endswith(path) and function == name
        )


def _share(file: str) -> str:
    path = Path(file).as_posix()
    marked = path.partition("/site-packages/")[2] or path
    for name, parts in SHARES:
        if any(part in marked for part in parts):
            return name
    return "Python's own library"
