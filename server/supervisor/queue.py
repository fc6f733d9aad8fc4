"""The queue's page: jobs by type and by outside system, workers, and what to do."""

from collections.abc import Callable, Container
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from werkzeug import Response

from server import exports, moments, rendering, words
from server.auth import require
from server.context import caller, services, transaction
from server.i18n import gettext, lazy_gettext
from server.sections import WATCHERS
from server.sorting import Order, Part
from server.words import Words
from workflows import queue_care
from workflows.model import InputRefused, Page, Role
from workflows.queue_care import Queue, QueuedJob, SystemRow, TypeRow

_ = lazy_gettext
STATES = ("todo", "doing", "failed")
WORKERS: Words = {
    "working": _("is at work"),
    "stopping": _("is ending"),
    "silent": _("says nothing"),
}
CHANGES: Words = {
    "paused": _("paused"),
    "resumed": _("let go on"),
    "retried": _("tried again"),
}
FIRST = "state"  # what needs somebody stands first
SORTS: dict[str, Callable[[TypeRow], Any]] = {
    "type": lambda row: (words.system(row.type), row.type),
    "waiting": lambda row: row.waiting,
    "later": lambda row: row.later,
    "failed": lambda row: row.failed,
    "done": lambda row: row.done,
}
JOBS = Order[QueuedJob](
    "since",
    {
        "number": lambda job: job.business_key,
        "state": lambda job: words.of(words.JOB, job.state),
        "attempts": lambda job: job.attempts,
        "since": lambda job: job.created_at,
        "fault": lambda job: job.last_error,
    },
)


@dataclass(frozen=True)
class Sort:
    """How the list is sorted; `name` as the address says it."""

    name: str

    def of(self, rows: list[TypeRow], silent: Container[str]) -> list[TypeRow]:
        """`silent`: the systems that do not answer."""

        def need(row: TypeRow) -> tuple[bool, ...]:
            return (
                not row.failed,
                _system(row) not in silent,
                row.paused_at is None,
                not row.waiting,
            )

        key = SORTS.get(self.name.removeprefix("-"), need)
        by_name = sorted(rows, key=SORTS["type"])
        return sorted(by_name, key=key, reverse=self.name.startswith("-"))


def register(blueprint: Blueprint) -> None:
    rule = blueprint.add_url_rule
    rule("/queue", "queue", queue)
    rule("/queue.csv", "queue_csv", queue_csv)
    rule("/queue-changes.csv", "queue_changes_csv", queue_changes_csv)
    rule("/queue/<type_>", "queue_jobs", jobs_of)
    rule("/queue/<type_>/jobs.csv", "queue_jobs_csv", jobs_csv)
    rule("/queue/<type_>/pause", "ask_pause", ask_pause)
    rule("/queue/<type_>/pause", "pause", pause, methods=["POST"])
    rule("/queue/<type_>/resume", "resume", resume, methods=["POST"])
    rule("/queue/<type_>/retry", "retry_all", retry_all, methods=["POST"])


@require(*WATCHERS)
def queue() -> str | Response:
    with transaction() as tx:
        found = queue_care.look(tx, services().world, caller())
        keeps = queue_care.keeps(tx, caller())
        changes = queue_care.changes(tx)
    context = _context(found) | {"changes": changes, "keeps": keeps}
    if rendering.is_fragment():
        return rendering.live("supervisor/_queue.html", **context)
    return render_template(
        "supervisor/queue.html",
        **context,
        refused=request.args.get("left", 0, type=int),
        retried=request.args.get("retried", 0, type=int),
    )


@require(*WATCHERS)
def queue_csv() -> Response:
    with transaction() as tx:
        found = queue_care.look(tx, services().world, caller())
    head = [
        gettext("System"),
        gettext("Type of job"),
        gettext("State"),
        gettext("Waiting"),
        gettext("Running"),
        gettext("Tried again later"),
        gettext("Did not succeed"),
        gettext("Oldest"),
        gettext("Done in the last hour"),
    ]
    opened = {one.system for one in found.systems if one.is_open}
    rows = [
        [
            words.system(row.type),
            row.type,
            _state(row, opened),
            *map(str, (row.waiting, row.running, row.later, row.failed)),
            moments.exact(row.oldest_at) if row.oldest_at else "",
            str(row.done),
        ]
        for row in _sort().of(found.types, opened)
    ]
    return exports.csv_file("queue", head, rows)


@require(*WATCHERS)
def queue_changes_csv() -> Response:
    """What was done to the queue, whole; the page shows the newest."""
    with transaction() as tx:
        found = list(
            exports.every(
                lambda cursor: queue_care.changes(tx, limit=200, cursor=cursor)
            )
        )
    head = [
        gettext("When"),
        gettext("What was done"),
        gettext("Jobs"),
        gettext("System"),
        gettext("Type of job"),
        gettext("Reason"),
        gettext("Who"),
    ]
    rows = [
        [
            moments.exact(one.at),
            words.of(CHANGES, one.change),
            str(one.jobs or ""),
            words.system(one.type),
            one.type,
            one.reason or "",
            one.name,
        ]
        for one in found
    ]
    return exports.csv_file("queue-changes", head, rows)


@require(*WATCHERS)
def jobs_of(type_: str) -> str | Response:
    """The jobs of a type that have not ended."""
    with transaction() as tx:
        jobs = JOBS.page(_jobs(tx, type_), request.args.get("cursor") or None)
        found = queue_care.look(tx, services().world, caller())
        keeps = queue_care.keeps(tx, caller())
    row = next((one for one in found.types if one.type == type_), None)
    if row is None and not jobs.page.items:
        abort(404)
    context = {
        "jobs": jobs,
        "keeps": keeps,
        "page": jobs.page,
        "row": row,
        "section": "queue",
        "silent": next((one for one in found.systems if _is_silent(one, type_)), None),
        "state": _job_state(),
        "states": [("", gettext("Any"))]
        + [(one, words.of(words.JOB, one)) for one in STATES],
        "type": type_,
    }
    if rendering.is_fragment():
        return rendering.live("supervisor/_queue_jobs.html", **context)
    return render_template("supervisor/queue_jobs.html", **context)


@require(*WATCHERS)
def jobs_csv(type_: str) -> Response:
    """The list as it is filtered and sorted, whole."""
    with transaction() as tx:
        found = JOBS.whole(_jobs(tx, type_))
    head = [
        gettext("Application number"),
        gettext("Whom it is about"),
        gettext("State"),
        gettext("Attempts"),
        gettext("Waiting since"),
        gettext("Tried again later"),
        gettext("Last fault"),
    ]
    rows = [
        [
            job.business_key or "",
            job.subject or "",
            words.of(words.JOB, job.state),
            str(job.attempts),
            moments.exact(job.created_at),
            moments.exact(job.next_at) if job.next_at else "",
            job.last_error or "",
        ]
        for job in found
    ]
    return exports.csv_file("jobs", head, rows)


@require(Role.ADMINISTRATOR)
def ask_pause(type_: str) -> str:
    return _ask(type_)


@require(Role.ADMINISTRATOR)
def pause(type_: str) -> ResponseReturnValue:
    try:
        with transaction() as tx:
            reason = request.form.get("reason", "")
            queue_care.pause(tx, services().world, caller(), type_, reason)
    except InputRefused:
        return _ask(type_, gettext("Say why, in 500 letters at most.")), 422
    return redirect(url_for("supervisor.queue", said="paused"), 303)


@require(Role.ADMINISTRATOR)
def resume(type_: str) -> ResponseReturnValue:
    with transaction() as tx:
        queue_care.resume(tx, services().world, caller(), type_)
    return redirect(url_for("supervisor.queue", said="resumed"), 303)


@require(*WATCHERS)
def retry_all(type_: str) -> ResponseReturnValue:
    own = services()
    retried, refused = queue_care.retry_all(own.store, own.world, caller(), type_)
    aim = url_for("supervisor.queue", said="retried", retried=retried, left=refused)
    return redirect(aim, 303)


def _job_state() -> str | None:
    asked = request.args.get("state")
    return asked if asked in STATES else None


def _jobs(tx: sa.Connection, type_: str) -> Part[QueuedJob]:
    def part(limit: int, cursor: str | None) -> Page[QueuedJob]:
        return queue_care.jobs_of(
            tx, caller(), type_, state=_job_state(), limit=limit, cursor=cursor
        )

    return part


def _ask(type_: str, problem: str = "") -> str:
    if type_ not in (services().world.job_types or ()):
        abort(404)
    return render_template(
        "supervisor/queue_pause.html", problem=problem, section="queue", type=type_
    )


def _sort() -> Sort:
    asked = request.args.get("sort", FIRST)
    return Sort(asked if asked.removeprefix("-") in {*SORTS, FIRST} else FIRST)


def _context(found: Queue) -> dict[str, Any]:
    sort = _sort()
    opened = {one.system for one in found.systems if one.is_open}
    return {
        "change_words": CHANGES,
        "of_system": {
            one.system: [row for row in found.types if _system(row) == one.system]
            for one in found.systems
        },
        "opened": opened,
        "rows": sort.of(found.types, opened),
        "section": "queue",
        "sort": sort.name,
        "systems": found.systems,
        "worker_states": WORKERS,
        "workers": found.workers,
    }


def _state(row: TypeRow, opened: set[str]) -> str:
    if row.paused_at:
        return gettext("paused")
    if _system(row) in opened:
        return gettext("the system does not answer")
    return gettext("goes on")


def _is_silent(one: SystemRow, type_: str) -> bool:
    return one.is_open and one.system == type_.partition(".")[0]


def _system(row: TypeRow) -> str:
    return row.type.partition(".")[0]
