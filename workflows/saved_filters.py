"""Saved filters: restrictions of the worklist under a name, one's own and shared ones.

A filter may be shared with an office by its members, and by supervisors of it or of an
office above; who belongs to it or to an office below has the filter then. What it finds
are always the tasks of whoever looks.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import people, worklist
from workflows.callers import Caller
from workflows.model import InputRefused, NotAllowed, NotFound, Role
from workflows.ports import Clock
from workflows.store.prepared import array_of
from workflows.store.tables import offices, saved_filters, users
from workflows.worklist import WorklistQuery
from workflows.worklist_statements import array

MOST = 50  # of one person
NAME_LETTERS = 80
SUPERVISORS = (Role.SUPERVISOR, Role.ADMINISTRATOR)
# Where somebody is in the list is not a restriction.
LEFT_OUT = frozenset({"limit", "cursor", "instance_id"})


@dataclass(frozen=True)
class SavedFilter:
    """One filter as its owner, or who has it through an office, sees it."""

    id: uuid.UUID
    name: str
    query: WorklistQuery
    is_own: bool
    owner_name: str
    shared_with: str | None  # code of an office
    shared_with_names: Mapping[str, str] | None


def listed(tx: sa.Connection, caller: Caller) -> list[SavedFilter]:
    """One's own in their order, then those that others share, by name."""
    rows = tx.execute(
        _all()
        .where(_is_had_by(caller))
        .order_by(
            (saved_filters.c.user_id != caller.user_id).asc(),
            sa.case(
                (
                    saved_filters.c.user_id == caller.user_id,
                    saved_filters.c.position,
                ),
                else_=0,
            ),
            saved_filters.c.name,
            saved_filters.c.id,
        )
    )
    return [_made(row, caller) for row in rows]


def get(tx: sa.Connection, caller: Caller, filter_id: uuid.UUID) -> SavedFilter:
    """One filter; NotFound for that of another which is not shared with the caller."""
    row = tx.execute(
        _all().where(saved_filters.c.id == filter_id, _is_had_by(caller))
    ).one_or_none()
    if row is None:
        raise NotFound(kind="filter", key=filter_id)
    return _made(row, caller)


def add(
    tx: sa.Connection, clock: Clock, caller: Caller, name: str, query: WorklistQuery
) -> SavedFilter:
    """Save a query under a name, after all that the caller has; at most 50."""
    worklist.check(query)
    own = [one for one in listed(tx, caller) if one.is_own]
    if len(own) >= MOST:
        raise InputRefused(field="name", reason=f"you have {MOST} filters already")
    filter_id = uuid.uuid4()
    last = (
        sa.select(sa.func.coalesce(sa.func.max(saved_filters.c.position), 0))
        .where(saved_filters.c.user_id == caller.user_id)
        .scalar_subquery()
    )
    tx.execute(
        sa.insert(saved_filters).values(
            id=filter_id,
            user_id=caller.user_id,
            name=_name(name, own),
            query=_plain(query),
            position=last + 1,
            created_at=clock.now(),
        )
    )
    return get(tx, caller, filter_id)


def rename(
    tx: sa.Connection, caller: Caller, filter_id: uuid.UUID, name: str
) -> SavedFilter:
    own = [one for one in listed(tx, caller) if one.is_own and one.id != filter_id]
    _change(tx, caller, filter_id, name=_name(name, own))
    return get(tx, caller, filter_id)


def reorder(tx: sa.Connection, caller: Caller, ids: Sequence[uuid.UUID]) -> None:
    """Put one's own filters in this order; those that are not named come after."""
    own = [one.id for one in listed(tx, caller) if one.is_own]
    for filter_id in ids:
        if filter_id not in own:
            raise NotFound(kind="filter", key=filter_id)
    wanted = list(dict.fromkeys([*ids, *own]))
    for position, filter_id in enumerate(wanted, start=1):
        _change(tx, caller, filter_id, position=position)


def share(
    tx: sa.Connection, caller: Caller, filter_id: uuid.UUID, office: str
) -> SavedFilter:
    """Share one's own filter with the office that has this code."""
    found = tx.execute(
        sa.select(offices.c.id, offices.c.path).where(
            offices.c.code == office.replace("\0", ""),
            offices.c.id.in_(people.visible(caller)),
        )
    ).one_or_none()
    if found is None:
        raise NotFound(kind="office", key=office)
    if not _may_share(caller, found.id, found.path):
        raise NotAllowed(action="share", kind="filter")
    _change(tx, caller, filter_id, shared_with_id=found.id)
    return get(tx, caller, filter_id)


def unshare(tx: sa.Connection, caller: Caller, filter_id: uuid.UUID) -> None:
    """Share it no longer; its owner may, and supervisors of the office."""
    row = tx.execute(
        sa.select(saved_filters.c.user_id, offices.c.path)
        .outerjoin(offices, offices.c.id == saved_filters.c.shared_with_id)
        .where(saved_filters.c.id == filter_id, _is_had_by(caller))
    ).one_or_none()
    if row is None:
        raise NotFound(kind="filter", key=filter_id)
    if row.user_id != caller.user_id and not _supervises(caller, row.path):
        raise NotAllowed(action="share", kind="filter")
    tx.execute(
        sa.update(saved_filters)
        .where(saved_filters.c.id == filter_id)
        .values(shared_with_id=None)
    )


def delete(tx: sa.Connection, caller: Caller, filter_id: uuid.UUID) -> None:
    """Delete one's own filter, for everybody who has it."""
    gone = tx.execute(
        sa.delete(saved_filters)
        .where(
            saved_filters.c.id == filter_id,
            saved_filters.c.user_id == caller.user_id,
        )
        .returning(saved_filters.c.id)
    ).one_or_none()
    if gone is None:
        raise NotFound(kind="filter", key=filter_id)


def _all() -> sa.Select[Any]:
    return (
        sa.select(
            saved_filters,
            users.c.name.label("owner_name"),
            offices.c.code.label("shared_with"),
            offices.c.names.label("shared_with_names"),
        )
        .join(users, users.c.id == saved_filters.c.user_id)
        .outerjoin(offices, offices.c.id == saved_filters.c.shared_with_id)
    )


def _is_had_by(caller: Caller) -> sa.ColumnElement[bool]:
    """One's own, or shared with an office of the caller's or one above it."""
    above = sa.select(sa.func.unnest(offices.c.path)).where(
        offices.c.id == sa.any_(array(array_of(_belongs_to(caller))))
    )
    return sa.or_(
        saved_filters.c.user_id == caller.user_id,
        saved_filters.c.shared_with_id.in_(above),
    )


def _belongs_to(caller: Caller) -> list[uuid.UUID]:
    """Offices by the caller's own right: a substitute does not inherit filters."""
    return [one.office_id for one in caller.own if one.role is not Role.APPLICANT]


def _change(
    tx: sa.Connection, caller: Caller, filter_id: uuid.UUID, **values: Any
) -> None:
    changed = tx.execute(
        sa.update(saved_filters)
        .where(
            saved_filters.c.id == filter_id,
            saved_filters.c.user_id == caller.user_id,
        )
        .values(**values)
        .returning(saved_filters.c.id)
    ).one_or_none()
    if changed is None:
        raise NotFound(kind="filter", key=filter_id)


def _may_share(caller: Caller, office_id: uuid.UUID, path: Sequence[uuid.UUID]) -> bool:
    return office_id in _belongs_to(caller) or _supervises(caller, path)


def _supervises(caller: Caller, path: Sequence[uuid.UUID] | None) -> bool:
    return any(
        one.office_id in (path or ()) and one.role in SUPERVISORS for one in caller.own
    )


def _name(name: str, others: Sequence[SavedFilter]) -> str:
    name = " ".join(name.replace("\0", " ").split())
    if not 1 <= len(name) <= NAME_LETTERS:
        raise InputRefused(field="name", reason=f"between 1 and {NAME_LETTERS} letters")
    if name.casefold() in {one.name.casefold() for one in others}:
        raise InputRefused(
            field="name", reason="you have a filter of this name already"
        )
    return name


def _plain(query: WorklistQuery) -> dict[str, Any]:
    """What the query restricts, as JSON; what it leaves open is left out."""
    usual = WorklistQuery()
    told: dict[str, Any] = {}
    for each in fields(query):
        value = getattr(query, each.name)
        if each.name in LEFT_OUT or value == getattr(usual, each.name):
            continue
        told[each.name] = value.isoformat() if isinstance(value, datetime) else value
    return told


def _made(row: sa.Row[Any], caller: Caller) -> SavedFilter:
    known = {each.name for each in fields(WorklistQuery)} - LEFT_OUT
    told = {name: value for name, value in row.query.items() if name in known}
    for name in ("due_before", "due_from"):
        if told.get(name):
            told[name] = datetime.fromisoformat(told[name])
    return SavedFilter(
        row.id,
        row.name,
        WorklistQuery(**told),
        row.user_id == caller.user_id,
        row.owner_name,
        row.shared_with,
        row.shared_with_names,
    )
