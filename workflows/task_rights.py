"""Who may do what with a task, in whose place, and what keeps somebody from it."""

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from forms import letters
from workflows import duties, people
from workflows.callers import Caller, Membership, StandIn
from workflows.model import MoveRefused, NotAllowed, RasimError, Role, TaskState
from workflows.ports import Clock
from workflows.store.tables import (
    identities,
    memberships,
    offices,
    user_tasks,
    users,
)
from workflows.task_rows import OPEN

SUPERVISORS = frozenset({Role.SUPERVISOR, Role.ADMINISTRATOR})
# Who works by hand: an applicant is no clerk, a program has no desk.
NO_WORKERS = frozenset({Role.APPLICANT, Role.SERVICE})
WORKERS = frozenset(Role) - NO_WORKERS
SHOWN = 50  # people in one list to choose from

Elements = Mapping[str, Mapping[str, Any]]


class HeldByOther(MoveRefused):
    """{who} has this task. It can be done by somebody else after it is given back."""


class NotItsHolder(HeldByOther, NotAllowed):
    __doc__ = HeldByOther.__doc__


class TaskOver(MoveRefused):
    """This task is {state} already: it cannot be {move}."""


class NoneToReturnTo(MoveRefused):
    """{who} may not do this task any more. Give it back to the group, or assign it to
    somebody else."""


@dataclass(frozen=True)
class Candidate:
    """Somebody who may be given a task; `held` counts the tasks that they have."""

    user_id: uuid.UUID
    login: str
    name: str
    office_names: Mapping[str, str]
    held: int


@dataclass(frozen=True)
class Rights:
    """What a caller may do with one task now, and what keeps them from working on it.

    `absent`: in whose place they would; `delegated_by`: the name of who may have it
    brought back.
    """

    refusal: RasimError | None
    absent: StandIn | None = None
    may_release: bool = False
    may_assign: bool = False
    may_delegate: bool = False
    may_bring_back: bool = False
    delegated_by: str | None = None


def rights(tx: sa.Connection, caller: Caller, task: Any, elements: Elements) -> Rights:
    """Everything at once, for a page; each action asks again for itself."""
    try:
        check_open(tx, task, "completed")
    except TaskOver as over:
        return Rights(over)
    refusal: RasimError | None = None
    absent = None
    try:
        absent = working(tx, caller, task, elements, "complete")
    except (NotAllowed, MoveRefused) as error:
        refusal = error
    is_held = task.state == TaskState.CLAIMED
    is_ones_own = is_held and caller.may_act_for(task.assignee_id)
    is_supervised = supervises(caller, task)
    may_bring_back = is_held and (caller.may_act_for(task.delegated_by_id))
    by = tx.scalar(sa.select(users.c.name).where(users.c.id == task.delegated_by_id))
    return Rights(
        refusal,
        absent,
        may_release=is_ones_own or (is_held and is_supervised),
        may_assign=is_supervised,
        may_delegate=is_ones_own,
        may_bring_back=may_bring_back or (by is not None and is_supervised),
        delegated_by=by,
    )


def check_open(tx: sa.Connection, task: Any, move: str) -> None:
    """Raises TaskOver, which tells who ended the task, and when."""
    if task.state in OPEN:
        return
    who = tx.execute(
        sa.select(users.c.login, users.c.name).where(users.c.id == task.completed_by)
    ).one_or_none()
    raise TaskOver(
        kind="task",
        state=task.state,
        move=move,
        at=task.ended_at,
        who=who.name if who else None,
        login=who.login if who else None,
    )


def working(
    tx: sa.Connection, caller: Caller, task: Any, elements: Elements, action: str
) -> StandIn | None:
    """In whose place the caller works on an open task; None: in their own right.

    Raises HeldByOther, NotItsHolder, NotAllowed, or what `duties.check` raises.
    `elements`: those of the task's drawing.
    """
    ways = _ways(caller, task)
    if task.assignee_id not in (None, caller.user_id):
        if not caller.may_act_for(task.assignee_id):
            # Claiming comes too late; the rest is the holder's alone.
            refused = HeldByOther if action == "claim" else NotItsHolder
            raise refused(
                kind="task", state=task.state, move=action, who=task.assignee_name
            )
        ways = [way for way in ways if way and way.user_id == task.assignee_id]
    if not ways:
        raise NotAllowed(action=action, kind="task")
    barred: NotAllowed | None = None
    for way in ways:
        try:
            duties.check(
                tx, task, caller.user_id, elements, way.user_id if way else None
            )
        except NotAllowed as error:
            barred = barred or error
        else:
            return way
    raise barred or NotAllowed(action=action, kind="task")


def holding(caller: Caller, task: Any, action: str) -> StandIn | None:
    """In whose place the caller has the task that is claimed; NotAllowed if not."""
    if task.assignee_id == caller.user_id:
        return None
    way = people.acting_for(caller, task.assignee_id)
    if way is None:
        raise NotAllowed(action=action, kind="task")
    return way


def supervises(caller: Caller, task: Any) -> bool:
    return not _held(caller.memberships, task).isdisjoint(SUPERVISORS)


def may_be_done_by(caller: Caller, task: Any) -> bool:
    """Whether a role of the caller is asked for, own or lent, whatever the state."""
    return bool(_ways(caller, task))


def check_given(
    tx: sa.Connection, person: Caller, task: Any, elements: Elements
) -> bool:
    """Whether somebody may be given a task; duties that keep them from it raise."""
    if not _is_candidate(person.login, _held(person.own, task), task):
        return False
    duties.check(tx, task, person.user_id, elements, is_other=True)
    return True


def check_back(tx: sa.Connection, clock: Clock, task: Any, elements: Elements) -> None:
    """Whether who delegated a task may have it again, as they may do it today.

    Raises NoneToReturnTo, or what `duties.check` raises.
    """
    told = tx.execute(
        sa.select(users.c.login, users.c.name).where(users.c.id == task.delegated_by_id)
    ).one()
    person = people.by_login(tx, told.login, clock)
    if person is None or not may_be_done_by(person, task):
        raise NoneToReturnTo(
            kind="task", state=task.state, move="brought back", who=told.name
        )
    duties.check(tx, task, person.user_id, elements, is_other=True)


def candidates(tx: sa.Connection, *tasks: Any, text: str = "") -> list[Candidate]:
    """Those who may do all of these tasks in their own right, in one statement.

    Who has least to do goes first.
    """
    task, *others = _of_each_kind(tasks)
    held = (
        sa.select(sa.func.count())
        .select_from(user_tasks)
        .where(
            user_tasks.c.assignee_id == users.c.id,
            user_tasks.c.state == TaskState.CLAIMED,
        )
        .correlate(users)
        .scalar_subquery()
    )
    barred = [one.user_id for one in duties.done_before(tx, *tasks)]
    chosen = (
        sa.select(users.c.id, users.c.login, users.c.name, offices.c.names, held)
        .ext(distinct_on(users.c.id))
        .select_from(users)
        .join(memberships, memberships.c.user_id == users.c.id)
        .join(offices, offices.c.id == memberships.c.office_id)
        .where(
            users.c.disabled_at.is_(None),
            memberships.c.office_id.in_(task.office_path),
            users.c.id.not_in(barred),
            signs_in(),
            _is_asked_for(task),
            *(_may_do(one) for one in others),
        )
        # The office nearest to the task is the one to be named.
        .order_by(users.c.id, sa.func.cardinality(offices.c.path).desc())
    )
    wanted = letters.line(text).replace("\0", "").strip()
    if wanted:
        chosen = chosen.where(
            users.c.name.icontains(wanted, autoescape=True)
            | users.c.login.icontains(wanted, autoescape=True)
        )
    found = [Candidate(*row) for row in tx.execute(chosen)]
    return sorted(found, key=lambda one: (one.held, one.name, one.login))[:SHOWN]


def signs_in() -> sa.ColumnElement[bool]:
    """Whether the row of `users` is a person: a program has tokens only."""
    elsewhere = sa.select(identities.c.user_id).where(
        identities.c.user_id == users.c.id
    )
    return users.c.password_hash.is_not(None) | users.c.is_demo | elsewhere.exists()


def _ways(caller: Caller, task: Any) -> list[StandIn | None]:
    """In whose places the caller may do the task; their own right goes first."""
    people_: list[StandIn | None] = [None, *caller.stands_in_for]
    return [one for one in people_ if _may_as(caller, one, task)]


def _may_as(caller: Caller, absent: StandIn | None, task: Any) -> bool:
    by = absent.user_id if absent else None
    held = _held((one for one in caller.memberships if one.for_user == by), task)
    login = absent.login if absent else caller.login
    return not held.isdisjoint(SUPERVISORS) or _is_candidate(login, held, task)


def _held(given: Iterable[Membership], task: Any) -> frozenset[Role]:
    """The roles at the task's office, or at one above it."""
    return frozenset(one.role for one in given if one.office_id in task.office_path)


def _is_candidate(login: str, held: frozenset[Role], task: Any) -> bool:
    if not task.candidate_groups and not task.candidate_users:
        return bool(held - {Role.APPLICANT})
    return login in task.candidate_users or not held.isdisjoint(task.candidate_groups)


def _of_each_kind(tasks: Iterable[Any]) -> list[Any]:
    """One task for each office and set of candidates: the same people may do those."""
    kinds = {
        (
            tuple(task.office_path),
            tuple(task.candidate_groups),
            tuple(task.candidate_users),
        ): task
        for task in tasks
    }
    return list(kinds.values())


def _may_do(task: Any) -> sa.ColumnElement[bool]:
    """Whether the row of `users` has a role that the task asks for, or is named."""
    own = memberships.alias()
    return sa.exists().where(
        own.c.user_id == users.c.id,
        own.c.office_id.in_(task.office_path),
        _is_asked_for(task, own),
    )


def _is_asked_for(task: Any, own: Any = memberships) -> sa.ColumnElement[bool]:
    if not task.candidate_groups and not task.candidate_users:
        anybody: sa.ColumnElement[bool] = own.c.role.not_in(NO_WORKERS)
        return anybody
    return sa.or_(
        own.c.role.in_(task.candidate_groups),
        users.c.login.in_(task.candidate_users),
    )
