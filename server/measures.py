"""What Prometheus is told: requests of this process, work of the whole service."""

import os
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sqlalchemy as sa
from prometheus_client import REGISTRY, CollectorRegistry, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from server.context import Services
from workflows import gates
from workflows.model import DueState, IncidentState, InstanceState, JobState
from workflows.store.tables import (
    deadlines,
    due_work,
    incidents,
    jobs,
    outside_systems,
    paused_job_types,
)
from workflows.store.tables import process_instances as cases

REQUEST_SECONDS = Histogram(
    "rasim_request_seconds",
    "Time to answer a request",
    ["method", "route", "status"],
    buckets=(0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10),
)


def text(services: Services) -> bytes:
    """All measures in Prometheus' text format.

    Requests are counted by each process; with PROMETHEUS_MULTIPROC_DIR set, the
    answer adds up all of them, else it tells of the process that answers.
    """
    registry = CollectorRegistry()
    registry.register(_Work(services))
    if "PROMETHEUS_MULTIPROC_DIR" in os.environ:
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # untyped in the package
        return generate_latest(registry)
    return generate_latest(registry) + generate_latest(REGISTRY)


class _Work(Collector):
    """Counted in the database, over partial indexes, when Prometheus asks."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[GaugeMetricFamily]:
        now = self._services.clock.now()
        with self._services.store.transaction() as tx:
            yield _by_label(
                "rasim_open_jobs",
                "Jobs that are not over",
                ["type", "state"],
                tx.execute(
                    sa.select(jobs.c.type, jobs.c.state, sa.func.count())
                    .where(
                        jobs.c.state.in_(
                            [JobState.TODO, JobState.DOING, JobState.FAILED]
                        ),
                        jobs.c.ended_at.is_(None),  # what their index says
                    )
                    .group_by(jobs.c.type, jobs.c.state)
                ).all(),
            )
            yield _by_label(
                "rasim_open_cases",
                "Cases that are not over",
                ["process", "state"],
                tx.execute(
                    sa.select(cases.c.process_key, cases.c.state, sa.func.count())
                    .where(
                        cases.c.state.in_(
                            [InstanceState.ACTIVE, InstanceState.SUSPENDED]
                        )
                    )
                    .group_by(cases.c.process_key, cases.c.state)
                ).all(),
            )
            for name, said, label, by_label in _of_the_queue():
                yield _by_label(name, said, [label], tx.execute(by_label).all())
            for name, said, query in _single(now):
                yield GaugeMetricFamily(name, said, float(tx.scalar(query) or 0))


def _of_the_queue() -> list[tuple[str, str, str, sa.Select[Any]]]:
    is_open = sa.case((outside_systems.c.opened_at.is_(None), 0), else_=1)
    silent = gates.silent().label("is_silent")
    state = sa.case((silent, "silent"), else_="working")
    return [
        (
            "rasim_system_silent",
            "1 while an outside system is left alone because it does not answer",
            "system",
            sa.select(outside_systems.c.system, is_open),
        ),
        (
            "rasim_type_paused",
            "1 for each type of job that somebody has paused",
            "type",
            sa.select(paused_job_types.c.type, sa.literal(1)),
        ),
        (
            "rasim_workers",
            "Worker processes; those that are silent are dead or cannot tell",
            "state",
            sa.select(state, sa.func.count()).group_by(state),
        ),
    ]


def _single(now: object) -> list[tuple[str, str, sa.Select[tuple[object]]]]:
    late = sa.func.extract("epoch", sa.literal(now) - sa.func.min(due_work.c.due_at))
    return [
        (
            "rasim_open_incidents",
            "Steps that wait for help",
            sa.select(sa.func.count()).where(incidents.c.state == IncidentState.OPEN),
        ),
        (
            "rasim_missed_deadlines",
            "Deadlines that were missed and are not met yet",
            sa.select(sa.func.count()).where(
                deadlines.c.met_at.is_(None), deadlines.c.missed_at.is_not(None)
            ),
        ),
        (
            "rasim_due_work_lag_seconds",
            "How late the oldest work is that is due; 0 when none is",
            sa.select(sa.func.greatest(late, 0)).where(
                due_work.c.state == DueState.WAITING,
                due_work.c.incident_id.is_(None),  # the others wait for help
            ),
        ),
    ]


def _by_label(
    name: str, said: str, labels: list[str], rows: Iterable[Sequence[Any]]
) -> GaugeMetricFamily:
    """A measure with one line a row: the labels' values, then the count."""
    family = GaugeMetricFamily(name, said, labels=labels)
    for row in rows:
        family.add_metric([str(value) for value in row[:-1]], row[-1])
    return family
