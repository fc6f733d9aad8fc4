"""Sessions that an administrator sees and ends: one, all of a person, everybody's."""

import uuid
from dataclasses import dataclass

import sqlalchemy as sa

from workflows import people_changes, people_list, sessions
from workflows.callers import Caller
from workflows.model import NotAllowed, NotFound
from workflows.ports import Clock
from workflows.sessions import SessionRow
from workflows.store.tables import offices


@dataclass(frozen=True)
class Open:
    """How many sessions of how many people."""

    sessions: int
    people: int


def of_person(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> list[SessionRow]:
    """A person's live sessions, the latest first. NotFound, NotAllowed: not theirs."""
    _check(tx, clock, caller, user_id)
    return sessions.of_user(tx, clock, user_id)


def end(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    user_id: uuid.UUID,
    session_id: uuid.UUID,
) -> None:
    """End one session of a person; NotFound for one that is over, or somebody else's"""
    _check(tx, clock, caller, user_id)
    sessions.end(tx, user_id, session_id)
    people_changes.record(tx, clock, user_id, "session_ended", caller)


def end_all(
    tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID
) -> None:
    """End every session of a person, who signs in anew."""
    _check(tx, clock, caller, user_id)
    if sessions.end_all(tx, user_id):
        people_changes.record(tx, clock, user_id, "sessions_ended", caller)


def is_over_all(tx: sa.Connection, caller: Caller) -> bool:
    """Whether the caller administers an office above all others."""
    own = people_list.administered(caller)
    above = sa.select(offices.c.id).where(
        offices.c.parent_id.is_(None), offices.c.id.in_(own)
    )
    return tx.scalar(sa.select(above.exists())) is True


def everybodys(tx: sa.Connection, clock: Clock, caller: Caller, token: str) -> Open:
    """What `end_everybodys` would end; NotFound for who is not over all."""
    _check_is_over_all(tx, caller)
    return Open(*sessions.counted(tx, clock, but=token))


def end_everybodys(tx: sa.Connection, clock: Clock, caller: Caller, token: str) -> Open:
    """End all sessions there are but the one behind `token`, which is the caller's.

    For a theft of sessions, or of the key that seals: each person signs in anew.
    """
    _check_is_over_all(tx, caller)
    ended = sessions.end_everybodys(tx, but=token)
    for user_id in sorted(set(ended)):
        people_changes.record(tx, clock, user_id, "sessions_ended", caller)
    return Open(len(ended), len(set(ended)))


def _check(tx: sa.Connection, clock: Clock, caller: Caller, user_id: uuid.UUID) -> None:
    """One's own are ended on one's own page, which asks for the password."""
    person = people_list.get(tx, clock, caller, user_id)
    if not person.is_whole or user_id == caller.user_id:
        raise NotAllowed(action="change", kind="account")


def _check_is_over_all(tx: sa.Connection, caller: Caller) -> None:
    if not is_over_all(tx, caller):
        raise NotFound(kind="page", key="sessions")
