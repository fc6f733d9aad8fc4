"""The worklist: which tasks a caller is shown, in which order, and how many."""

import uuid
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from workflows import duties, listing, search_terms, sight, task_rows, tasks
from workflows import worklist_statements as statements
from workflows.callers import HOME, Caller
from workflows.model import (
    InputRefused,
    InstanceState,
    MoveRefused,
    NotAllowed,
    NotFound,
    Page,
    TaskState,
)
from workflows.sight import Sight
from workflows.store.prepared import array_of, constant
from workflows.store.tables import process_instances, user_tasks, users
from workflows.task_rows import TaskRow
from workflows.worklist_statements import CLOSED, DUE_AT, SORTS, Condition, Wanted
from workflows.world import World

VIEWS = ("mine", "groups", "all")
# Until the end of which day, today's being the first.
DAYS: Mapping[str, int] = {"today": 1, "three_days": 3, "week": 7}
DUE = ("overdue", *DAYS, "none")
TEXT_LETTERS = 200
NO_WORD = ""  # as a tsquery it finds nothing
TRIED_AT_ONCE = 64  # tasks among which the next one is looked for


@dataclass(frozen=True)
class WorklistQuery:
    """What to show of the worklist; None restricts nothing.

    `view`: "mine" is what the caller, or whom the caller stands in for, has taken (or
    completed); "groups" what the caller's roles or name make the caller's to do; "all"
    what the caller's offices own. `state` None shows open tasks, "any" shows all.
    `office` is a code, and means all below it as well. `due`: one of DUE; all but
    "overdue" and "none" leave out what is overdue. `breached`: only those whose
    deadline, the law's, was missed. `free`: only those that nobody has. `text` finds
    beginnings of words of open tasks, and whole business keys of closed ones. `search`
    are values of search variables by path. `sort`: one of SORTS; what is closed is
    listed quickly by "ended_at" and "-ended_at" alone.
    """

    view: str = "all"
    state: str | None = None
    candidate_group: str | None = None
    assignee: str | None = None  # login
    process_key: str | None = None
    element_id: str | None = None
    office: str | None = None
    instance_id: uuid.UUID | None = None
    due: str | None = None
    due_before: datetime | None = None
    due_from: datetime | None = None
    breached: bool = False
    free: bool = False
    text: str | None = None
    search: Mapping[str, str] = field(default_factory=dict)
    sort: str = "deadline_at"
    limit: int = 20
    cursor: str | None = None


@dataclass(frozen=True)
class Count:
    """How many tasks there are; at 10,000 counting stops."""

    number: int
    is_capped: bool


def check(query: WorklistQuery) -> None:
    """InputRefused for a sort, view or due moment that there is not, or a long text."""
    _check("sort", query.sort, SORTS)
    _check("view", query.view, VIEWS)
    if query.due:
        _check("due", query.due, DUE)
    for name, text in (("text", query.text), *query.search.items()):
        if text and len(text) > TEXT_LETTERS:
            raise InputRefused(field=name, reason=f"at most {TEXT_LETTERS} letters")


def page(
    tx: sa.Connection,
    world: World,
    caller: Caller,
    query: WorklistQuery,
    total: Count | None = None,
) -> Page[TaskRow]:
    """The tasks that the caller sees and asks for, the most urgent first.

    `total`: how many they are, where that is known already.
    """
    listing.check_limit(query.limit)
    wanted = asked_for(tx, world, caller, query, sight.of(tx, caller, query.office))
    after = listing.after(SORTS[wanted.sort], query.cursor) if query.cursor else None
    rows = shown(wanted, query.limit + 1, after)
    is_counted = after is None and statements.finds_all(wanted, query.limit + 1)
    with statements.planned_for_values(tx):
        if total is None and not is_counted:
            [total] = _counted(tx, [statements.number(wanted, listing.TOTAL_CAP)])
        found = listing.checked(tx, rows)
    total = total or _count(found[0].number_of_all if found else 0)
    first = found[: query.limit]
    return Page(
        items=[task_rows.made(tx, world, row) for row in first],
        next_cursor=_cursor(first[-1], wanted) if len(found) > query.limit else None,
        total=total.number,
        total_is_capped=total.is_capped,
    )


def counts(
    tx: sa.Connection, world: World, caller: Caller, queries: Sequence[WorklistQuery]
) -> list[Count]:
    """How many each of the queries finds, all counted by one statement.

    Nothing at an office that the caller does not see: a shared filter may name one.
    """
    if not queries:
        return []
    seen: dict[str | None, Sight] = {}
    numbers = []
    for query in queries:
        if query.office not in seen:
            seen[query.office] = _seen(tx, caller, query.office)
        wanted = asked_for(tx, world, caller, query, seen[query.office])
        numbers.append(statements.number(wanted, listing.TOTAL_CAP))
    with statements.planned_for_values(tx):
        return _counted(tx, numbers)


def _counted(tx: sa.Connection, numbers: Sequence[sa.ScalarSelect[int]]) -> list[Count]:
    return [_count(each) for each in tx.execute(sa.select(*numbers)).one()]


def _count(number: int) -> Count:
    return Count(min(number, listing.TOTAL_CAP), number > listing.TOTAL_CAP)


def _seen(tx: sa.Connection, caller: Caller, office: str | None) -> Sight:
    try:
        return sight.of(tx, caller, office)
    except NotFound:
        return Sight(())


def next_task(
    tx: sa.Connection, world: World, caller: Caller, query: WorklistQuery
) -> TaskRow | None:
    """Claim the most urgent free task that the caller may do, of those asked for.

    Whoever asks at the same moment gets another one, and nobody waits: a task that
    somebody is about to take is passed over. None where no task is left.
    """
    query = replace(query, view="groups", state=None, free=True, cursor=None)
    wanted = asked_for(tx, world, caller, query, sight.of(tx, caller, query.office))
    order, after = SORTS[wanted.sort], None
    while True:
        with statements.planned_for_values(tx):
            rows = tx.execute(statements.chosen(wanted, TRIED_AT_ONCE, after)).all()
        ids = [row.id for row in rows]
        while ids:
            task_id = _locked(tx, ids)
            if task_id is None:
                break
            try:
                return tasks.claim(tx, world, caller, task_id)
            except (MoveRefused, NotAllowed):  # not the caller's, for a rarer reason
                ids = ids[ids.index(task_id) + 1 :]
        if len(rows) < TRIED_AT_ONCE:
            return None
        after = listing.later(order, [*rows[-1][1 : len(order)], rows[-1].id])


def shown(wanted: Wanted, limit: int, after: Condition | None) -> sa.Select[Any]:
    """The first rows in order, with the keys of the order as _key0, _key1, ...

    With number_of_all where `finds_all` says so, which a page further on makes fewer.
    """
    first = statements.chosen(wanted, limit, after).subquery("first_ones")
    keys = [each for name, each in first.c.items() if name.startswith("key")]
    others = [each for name, each in first.c.items() if name == "number_of_all"]
    return (
        task_rows.every()
        .add_columns(*(key.label(f"_{key.name}") for key in keys), *others)
        .join(first, first.c.id == user_tasks.c.id)
        .order_by(*statements.order_of([*keys, first.c.id], wanted.sort))
    )


def _cursor(row: sa.Row[Any], wanted: Wanted) -> str:
    order = SORTS[wanted.sort]
    keys = [row._mapping[f"_key{place}"] for place in range(len(order) - 1)]
    return listing.encode([*keys, row.id], order)


def _locked(tx: sa.Connection, ids: Sequence[uuid.UUID]) -> uuid.UUID | None:
    """The first of the tasks that is free, with its case, which is locked by now."""
    asked = (
        sa.func.unnest(statements.array(array_of(ids)))
        .table_valued("id", with_ordinality="place", name="asked")
        .render_derived()
    )
    found: uuid.UUID | None = tx.scalar(
        sa.select(user_tasks.c.id)
        .join(asked, sa.type_coerce(asked.c.id, UUID) == user_tasks.c.id)
        .join(process_instances, process_instances.c.id == user_tasks.c.instance_id)
        .where(
            user_tasks.c.state == constant(TaskState.CREATED),
            process_instances.c.state == constant(InstanceState.ACTIVE),
        )
        .order_by(asked.c.place)
        .limit(1)
        .with_for_update(
            key_share=True, skip_locked=True, of=[user_tasks, process_instances]
        )
    )
    return found


def asked_for(
    tx: sa.Connection, world: World, caller: Caller, query: WorklistQuery, seen: Sight
) -> Wanted:
    """The query as PostgreSQL is asked, where `seen` is what the caller sees."""
    check(query)
    few = [*_of_few(caller, query)]
    words = [*_words(query)]
    is_weighed = bool(words) and not few
    return Wanted(
        sight=seen,
        conditions=[
            *_in_state(query),
            *few,
            *(
                # So said, no index of what is due is read where few have been found.
                one.is_(sa.true()) if few else one
                for one in _others(world.clock.now(), query)
            ),
            *_whose(caller, query),
        ],
        sort=query.sort,
        is_closed=query.state in CLOSED,
        is_picked=bool(few) or _has_step(query),
        is_few=bool(few),
        words=words,
        rarity=statements.rarity(tx, seen, words) if is_weighed else None,
        login=caller.login if query.view == "groups" else None,
    )


def _in_state(query: WorklistQuery) -> Iterator[Condition]:
    tasks = user_tasks.c
    if query.state is None:
        yield statements.IS_OPEN
    elif query.state in CLOSED:
        yield statements.IS_CLOSED
    if query.state not in (None, "any"):
        yield tasks.state == query.state
    if query.free:
        yield tasks.state == constant(TaskState.CREATED)


def _of_few(caller: Caller, query: WorklistQuery) -> Iterator[Condition]:
    """Conditions that few tasks meet, each with an index of its own."""
    tasks = user_tasks.c
    if query.instance_id:
        yield tasks.instance_id == query.instance_id
    if _is_open(query):
        if query.view == "mine":
            yield tasks.assignee_id == sa.any_(_people(caller))
            yield tasks.state == constant(TaskState.CLAIMED)
        if query.assignee:
            yield tasks.assignee_id == _holder(query.assignee)
            yield tasks.state == constant(TaskState.CLAIMED)
    elif query.text:
        yield _of_case(query.text.strip(), query.state)


def _of_case(text: str, state: str | None) -> Condition:
    """What is over is found by the whole business key of its case."""
    over = statements.is_of_case(text)
    if state == "any":
        return sa.or_(statements.has_words(search_terms.asked(text) or NO_WORD), over)
    return over


def _words(query: WorklistQuery) -> Iterator[str]:
    """What open tasks are looked for by, each as a tsquery."""
    if query.text and _is_open(query):
        yield search_terms.asked(query.text) or NO_WORD
    for path, text in query.search.items():
        yield search_terms.asked(text, path) or NO_WORD


def _others(now: datetime, query: WorklistQuery) -> Iterator[Condition]:
    tasks = user_tasks.c
    if query.candidate_group:
        yield tasks.candidate_groups.contains([query.candidate_group])
    if query.process_key:
        yield tasks.process_key == query.process_key
    if query.element_id:
        yield tasks.element_id == query.element_id
    if query.due_before:
        yield DUE_AT < query.due_before
    if query.due_from:
        yield DUE_AT >= query.due_from
    if query.due:
        yield from _due(now, query.due)
    if query.breached:
        ended = now if _is_open(query) else sa.func.coalesce(tasks.ended_at, now)
        yield tasks.deadline_at < ended
        yield DUE_AT < now


def _due(now: datetime, due: str) -> Iterator[Condition]:
    """Days are those of Asia/Almaty."""
    if due == "overdue":
        yield DUE_AT < now
    elif due == "none":
        yield sa.literal_column(statements.FAR) == DUE_AT
    else:
        last = now.astimezone(HOME).date() + timedelta(days=DAYS[due])
        yield DUE_AT >= now
        yield DUE_AT < datetime.combine(last, time(), HOME)


def _whose(caller: Caller, query: WorklistQuery) -> Iterator[Condition]:
    tasks, people = user_tasks.c, _people(caller)
    if query.view == "groups" and _is_open(query):
        yield sa.not_(duties.barred([caller.user_id]))
    if _is_open(query):
        return
    if query.view == "mine":
        done = tasks.completed_by == sa.any_(people)
        has = sa.and_(statements.IS_OPEN, tasks.assignee_id == sa.any_(people))
        yield done if query.state in CLOSED else sa.or_(done, has)
    if query.assignee:
        yield tasks.assignee_id == _holder(query.assignee)


def _is_open(query: WorklistQuery) -> bool:
    """Whether only open tasks are asked for."""
    return query.state not in (*CLOSED, "any")


def _has_step(query: WorklistQuery) -> bool:
    """Whether the open tasks of one step are asked for, which have an index."""
    return bool(query.process_key and query.element_id) and _is_open(query)


def _people(caller: Caller) -> sa.ColumnElement[Any]:
    """The caller, and those whom the caller stands in for."""
    ids = [caller.user_id, *(one.user_id for one in caller.stands_in_for)]
    return statements.array(array_of(ids))


def _holder(login: str) -> sa.ScalarSelect[Any]:
    return sa.select(users.c.id).where(users.c.login == login).scalar_subquery()


def _check(field_: str, value: str, allowed: Collection[str]) -> None:
    if value not in allowed:
        raise InputRefused(field=field_, reason=f"one of {', '.join(allowed)}")
