"""What the worklist may be filtered by: procedures and their steps, offices, people."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from workflows import deployments, people
from workflows.callers import Caller
from workflows.model import NotFound, Role
from workflows.store.tables import definition_versions, memberships, offices, users
from workflows.vocabulary import Vocabulary
from workflows.world import World

OFFICES_MOST = 200  # in one list; where there are more, those high in the tree
PEOPLE_MOST = 100  # where there are more, nobody is named
WORKS = frozenset({"userTask", "manualTask"})
WORKERS = (Role.CLERK, Role.SUPERVISOR)

Names = Mapping[str, str]  # kk, ru, en


@dataclass(frozen=True)
class Step:
    """A step that people do; `called_process` has it, None: the procedure itself."""

    element_id: str
    names: Names
    called_process: str | None


@dataclass(frozen=True)
class Procedure:
    """What the newest version of a procedure may be filtered by."""

    key: str
    steps: Sequence[Step]
    variables: Mapping[str, Names]  # search variables by path
    words: Vocabulary


@dataclass(frozen=True)
class Office:
    """An office of the tree; `path` are the ids from the root down to it."""

    code: str
    names: Names
    path: Sequence[uuid.UUID]


def procedures(tx: sa.Connection) -> list[tuple[str, Names]]:
    """(key, names) of every procedure, in its newest version."""
    parts = definition_versions.c
    rows = tx.execute(
        sa.select(parts.key, parts.names)
        .where(parts.kind == "process")
        .ext(distinct_on(parts.key))
        .order_by(parts.key, parts.version.desc())
    )
    return [(row.key, row.names) for row in rows]


def procedure(tx: sa.Connection, world: World, key: str) -> Procedure | None:
    """One procedure with its steps, also those of what it calls; None if unknown."""
    try:
        released = world.library.get(tx, *deployments.newest(tx, key))
    except NotFound:
        return None
    own = [one for one in released.called.values() if one.definition.key == key]
    others = [one for one in released.called.values() if one.definition.key != key]
    steps = [
        Step(
            element["id"],
            element["names"],
            None if one.definition.key == key else one.definition.key,
        )
        for one in (*own, *others)
        for element in one.elements.values()
        if element["type"] in WORKS
    ]
    return Procedure(key, steps, released.search_variables, released.words)


def offices_of(tx: sa.Connection, caller: Caller, chosen: str) -> list[Office]:
    """The offices that the caller sees, high ones first, the `chosen` code with them.

    At most OFFICES_MOST: whole levels of the tree, from the top, as far as they fit.
    """
    depth = sa.func.cardinality(offices.c.path)
    seen = offices.c.id.in_(people.visible(caller))
    found = (
        sa.select(offices.c.code, offices.c.names, offices.c.path)
        .where(seen)
        .order_by(depth, offices.c.code)
        .limit(OFFICES_MOST + 1)
    )
    rows = [*tx.execute(found)]
    if len(rows) > OFFICES_MOST:
        last = len(rows[-1].path)
        rows = [row for row in rows if len(row.path) < last]
    if chosen and chosen not in {row.code for row in rows}:
        rows += tx.execute(
            sa.select(offices.c.code, offices.c.names, offices.c.path).where(
                seen, offices.c.code == chosen
            )
        ).all()
    return [Office(row.code, row.names, row.path) for row in rows]


def workers(tx: sa.Connection, caller: Caller, chosen: str) -> list[tuple[str, str]]:
    """(login, name) of those who work at the offices seen, or of the `chosen` alone."""
    work = memberships.c.role.in_(WORKERS) & memberships.c.office_id.in_(
        people.visible(caller)
    )
    found = (
        sa.select(users.c.login, users.c.name)
        .where(
            users.c.disabled_at.is_(None),
            sa.exists().where(memberships.c.user_id == users.c.id, work),
        )
        .order_by(users.c.name, users.c.login)
    )
    rows = tx.execute(found.limit(PEOPLE_MOST + 1)).all()
    if len(rows) > PEOPLE_MOST:
        rows = tx.execute(found.where(users.c.login == chosen)).all()
    return [(row.login, row.name) for row in rows]
