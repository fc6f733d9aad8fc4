"""What must hold after the kills, told as a list of what does not."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from typing import Any

import psycopg
import urllib3
from psycopg.rows import namedtuple_row

from tests.chaos.clients import Application, Plan

EFFECTS_OF: dict[Plan, tuple[str, ...]] = {
    Plan.ACCEPT: ("nobd.enrol", "accepted"),
    Plan.WITHDRAW: ("nobd.enrol", "accepted", "nobd.free", "withdrawn"),
    Plan.REFUSE: ("refused",),
    Plan.LEAVE: (),
}
LATE = "decision_late"  # the message to the supervisor
EFFECT_TYPES = ("nobd.enrol", "nobd.free", "notify")

CASES = """
    SELECT p.id::text, p.business_key, p.state,
      (SELECT count(*) FROM user_tasks t
       WHERE t.instance_id = p.id AND t.state IN ('created', 'claimed')) AS tasks,
      (SELECT count(*) FROM jobs j
       WHERE j.instance_id = p.id
         AND j.state NOT IN ('succeeded', 'canceled')) AS jobs,
      (SELECT count(*) FROM due_work d
       WHERE d.instance_id = p.id AND d.queue = 'timer'
         AND d.state = 'waiting') AS timers,
      (SELECT count(*) FROM due_work d
       WHERE d.instance_id = p.id AND d.state = 'waiting') AS due,
      (SELECT count(*) FROM message_subscriptions m
       WHERE m.instance_id = p.id) AS subscriptions,
      (SELECT count(*) FROM incidents i WHERE i.instance_id = p.id) AS incidents
    FROM process_instances p ORDER BY p.business_key"""
INCIDENTS = """
    SELECT p.business_key, i.element_id, i.kind, i.message FROM incidents i
    JOIN process_instances p ON p.id = i.instance_id ORDER BY i.opened_at LIMIT 10"""
# No element of this procedure is passed twice in one case.
PASSED_TWICE = """
    SELECT instance_id::text AS "case", element_id, count(*) FROM events
    WHERE type = 'element.completed' GROUP BY 1, 2 HAVING count(*) > 1"""
FIRED_TWICE = """
    SELECT subject_id::text AS subject, count(*) FROM due_work
    WHERE queue IN ('timer', 'deadline') AND state = 'fired'
    GROUP BY queue, subject_id HAVING count(*) > 1"""
JOBS = "SELECT id::text, type, state, attempts FROM jobs"
MISSED = """
    SELECT p.business_key FROM deadlines d
    JOIN process_instances p ON p.id = d.instance_id
    WHERE d.element_id = 'decide' AND d.state = 'missed'"""
# What people answered, as the history keeps it.
ANSWERED = """
    SELECT p.business_key, e.detail::json -> 'answers' -> 'decision' AS decision
    FROM events e JOIN process_instances p ON p.id = e.instance_id
    WHERE e.type = 'task.completed' AND e.element_id = 'decide'"""
QUEUED = "SELECT count(*) AS left FROM pgqueuer"


def cases(
    url: str, applications: list[Application], *, is_late: bool, is_order_day: bool
) -> list[str]:
    """Every case ends or waits exactly as its people wanted, with nothing left over."""
    with psycopg.connect(url, row_factory=namedtuple_row) as connection:
        found = connection.execute(CASES).fetchall()
        counted = Counter(row.business_key for row in found)
        wanted = {each.number for each in applications}
        violations = [
            f"{number}: {counted[number]} cases"
            for number in sorted(wanted | counted.keys())
            if counted[number] != (number in wanted)
        ]
        by_number = {row.business_key: row for row in found}
        for each in applications:
            row = by_number.get(each.number)
            if row is not None:
                violations += _one_case(each, row, is_late, is_order_day)
        violations += [
            f"incident of {row.business_key} at {row.element_id}: {row.message}"
            for row in connection.execute(INCIDENTS)
        ]
        violations += _history(connection)
        violations += _answers(connection, applications)
        if is_late:
            left = {each.number for each in applications if each.plan is Plan.LEAVE}
            missed = {row.business_key for row in connection.execute(MISSED)}
            violations += [f"{number}: deadline not missed" for number in left - missed]
    return violations


def _one_case(
    application: Application, row: Any, is_late: bool, is_order_day: bool
) -> Iterator[str]:
    name = f"{application.number} ({application.plan})"
    if application.case not in (None, row.id):
        yield f"{name}: the client was told of another case, {application.case}"
    waits: dict[str, Any] = {"state": "completed", "tasks": 0, "timers": 0}
    waits |= {"subscriptions": 0, "jobs": 0, "incidents": 0}
    if application.plan is Plan.LEAVE:
        timers = 0 if is_late else 1  # decision_late
        waits |= {"state": "active", "tasks": 1, "timers": timers}
    elif application.plan is Plan.ACCEPT and not is_order_day:
        # place_held: until_order, and application_withdrawn (ADM-6)
        waits |= {"state": "active", "timers": 1, "subscriptions": 1}
    for what, value in waits.items():
        if getattr(row, what) != value:
            yield f"{name}: {what} {getattr(row, what)}, not {value}"
    if row.state == "completed" and row.due:
        yield f"{name}: {row.due} due although it has ended"


def _answers(
    connection: psycopg.Connection[Any], applications: list[Application]
) -> Iterator[str]:
    """Each decision that a clerk made is kept, once, as it was made."""
    kept: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(ANSWERED):
        kept[row.business_key].append(row.decision)
    for each in applications:
        is_decided = not each.is_automatic and each.plan is not Plan.LEAVE
        wanted = [each.decision] if is_decided else []
        found = [
            {name: value for name, value in (one or {}).items() if value is not None}
            for one in kept[each.number]
        ]
        if found != wanted:
            yield f"{each.number}: answered {found}, not {wanted}"


def _history(connection: psycopg.Connection[Any]) -> Iterator[str]:
    for row in connection.execute(PASSED_TWICE):
        yield f"case {row.case}: {row.element_id} passed {row.count} times"
    for row in connection.execute(FIRED_TWICE):
        yield f"due work of {row.subject} fired {row.count} times"
    left = connection.execute(QUEUED).fetchone()
    if left.left:
        yield f"{left.left} jobs still on the queue"


def effects(
    url: str, simulators_url: str, applications: list[Application], *, is_late: bool
) -> tuple[list[str], int, int]:
    """(violations, effects outside, repeats that had no effect).

    The simulators keep one effect a key, so that a second effect would show as another
    key: as more effects of an application than its plan asks for.
    """
    told = _items(f"{simulators_url}/_sim/effects")
    templates = {
        message["message_id"]: str(message["template"]).rpartition(".")[2]
        for message in _items(f"{simulators_url}/_sim/messages")
    }
    happened = Counter(
        (
            effect["subject"],
            templates.get(effect["answer"].get("message_id")) or effect["kind"],
        )
        for effect in told
    )
    wanted = Counter(
        (each.number, kind)
        for each in applications
        for kind in (
            *EFFECTS_OF[each.plan],
            *([LATE] if is_late and each.plan is Plan.LEAVE else []),
        )
    )
    violations = [
        f"{number}: {kind} happened {happened[number, kind]} times, "
        f"not {wanted[number, kind]}"
        for number, kind in sorted(happened.keys() | wanted.keys())
        if happened[number, kind] != wanted[number, kind]
    ]
    with psycopg.connect(url, row_factory=namedtuple_row) as connection:
        jobs = connection.execute(JOBS).fetchall()
    violations += _by_job(told, jobs)
    return violations, len(told), sum(effect["requests"] - 1 for effect in told)


def _items(url: str) -> list[dict[str, Any]]:
    # They may be on their way back from the last kill.
    again = urllib3.Retry(connect=30, read=0, backoff_factor=0.1, backoff_max=1)
    answer = urllib3.PoolManager(retries=again, timeout=10).request("GET", url)
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _by_job(told: list[dict[str, Any]], jobs: Iterable[Any]) -> Iterator[str]:
    keys = Counter(effect["key"] for effect in told)
    known = {job.id: job for job in jobs}
    for key, count in keys.items():
        if count > 1:
            yield f"job {key}: {count} effects"
        if key not in known:
            yield f"an effect with the key {key} of no job"
    for job in known.values():
        if job.type in EFFECT_TYPES and job.state == "succeeded" and not keys[job.id]:
            yield f"job {job.id} ({job.type}) succeeded without an effect"
