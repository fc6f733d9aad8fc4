"""Comments on cases, and the people whom they mention.

What a comment says is kept once, as the detail of its event in the history of the case:
what is erased there is said nowhere any more.
"""

import json
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from forms import letters
from workflows import instances, listing, people, task_rights
from workflows.callers import Caller
from workflows.model import (
    InputRefused,
    InstanceState,
    NotAllowed,
    Page,
    RasimError,
    Role,
)
from workflows.ports import Clock
from workflows.steps import step
from workflows.store.tables import (
    comments,
    events,
    memberships,
    mentions,
    offices,
    process_instances,
    user_tasks,
    users,
)
from workflows.world import World

MOST_LETTERS = 4_000
MOST_MENTIONS = 20
REMOVABLE = timedelta(minutes=15)
SHOWN = 50  # people in one list to choose from
LATEST = 20  # comments of one page
NEWEST = (comments.c.created_at.desc(), comments.c.event_seq.desc())
# As people write it: @aigul; what follows a letter is an address of mail.
MENTION = re.compile(r"(?<![\w@.])@(\w[\w.\-]*\w|\w)")
NOT_AT_DESKS = (Role.APPLICANT, Role.SERVICE)  # whom nobody calls to a case
WHOLE_CASE = frozenset(InstanceState)


class MentionUnknown(RasimError):
    """Nobody who sees this case has the login “{login}”. Correct it, or leave out the
    sign @."""


class TooLateToRemove(NotAllowed):
    """A comment can be taken back within {minutes} minutes; this one is older."""


@dataclass(frozen=True)
class Comment:
    """`text` None: taken back by its author, or erased with the case's details."""

    id: uuid.UUID
    author: str
    author_name: str
    text: str | None
    mentioned: list[str]  # names
    created_at: datetime
    is_removed: bool
    may_be_removed: bool


@dataclass(frozen=True)
class Mention:
    """One comment that mentions the caller."""

    comment_id: uuid.UUID
    instance_id: uuid.UUID
    business_key: str | None
    subject: str | None
    author_name: str
    text: str | None
    created_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True)
class Reader:
    """Somebody who sees a case, and so may be mentioned."""

    login: str
    name: str
    office_names: dict[str, str]


def add(
    tx: sa.Connection,
    world: World,
    caller: Caller,
    instance_id: uuid.UUID,
    text: str,
    *,
    mentioned: Sequence[str] = (),
    task_id: uuid.UUID | None = None,
) -> uuid.UUID:
    """Say something about a case; its id. `mentioned` are logins beside those in it.

    Raises NotFound where the caller's offices do not own the case, InputRefused for a
    text that is empty or longer than 4,000 letters, MentionUnknown.
    """
    instances.get(tx, caller, instance_id)
    told = letters.said(text)
    if not told:
        raise InputRefused(field="text", reason="it is empty")
    if len(told) > MOST_LETTERS:
        raise InputRefused(field="text", reason=f"at most {MOST_LETTERS} letters")
    actor = people.actor(caller)
    with step(tx, world, instance_id, actor, states=WHOLE_CASE) as current:
        logins = dict.fromkeys([*mentioned, *MENTION.findall(told)])
        found = _readers(tx, current.instance.office_id, list(logins))
        comment_id = uuid.uuid4()
        detail: dict[str, Any] = {"comment": str(comment_id), "text": told}
        if found:
            detail["mentions"] = [one.name for one in found]
        current.record("comment.added", detail=detail)
        tx.execute(
            sa.insert(comments).values(
                id=comment_id,
                instance_id=instance_id,
                task_id=_task_of(tx, instance_id, task_id),
                author_id=caller.user_id,
                created_at=current.now,
                event_seq=current.chain.seq,
            )
        )
        told_to = [one.id for one in found if one.id != caller.user_id]
        if told_to:
            row = {"comment_id": comment_id, "created_at": current.now}
            tx.execute(sa.insert(mentions), [row | {"user_id": one} for one in told_to])
    return comment_id


def remove(
    tx: sa.Connection, world: World, caller: Caller, comment_id: uuid.UUID
) -> uuid.UUID:
    """Take back one's own comment, within 15 minutes; the id of its case.

    Its words are erased from the history, which keeps that there was a comment.
    """
    row = _find(tx, caller, comment_id)
    if row.author_id != caller.user_id:
        raise NotAllowed(action="remove", kind="comment")
    case_id = uuid.UUID(str(row.instance_id))
    actor = people.actor(caller)
    with step(tx, world, case_id, actor, states=WHOLE_CASE) as current:
        if row.removed_at is not None:
            return case_id
        if current.now - row.created_at > REMOVABLE:
            minutes = REMOVABLE.seconds // 60
            raise TooLateToRemove(action="remove", kind="comment", minutes=minutes)
        tx.execute(
            sa.update(comments)
            .where(comments.c.id == comment_id)
            .values(removed_at=current.now)
        )
        told = (row.instance_id, row.event_seq, row.created_at)
        tx.execute(sa.select(sa.func.erase_comment(*told)))
        tx.execute(sa.delete(mentions).where(mentions.c.comment_id == comment_id))
        current.record("comment.removed", detail={"comment": str(comment_id)})
    return case_id


def of_case(
    tx: sa.Connection,
    clock: Clock,
    caller: Caller,
    instance_id: uuid.UUID,
    *,
    limit: int = LATEST,
    cursor: str | None = None,
) -> Page[Comment]:
    """What was said about a case that the caller sees, the newest first."""
    instances.get(tx, caller, instance_id)
    query = (
        sa.select(comments, users.c.login, users.c.name, events.c.detail)
        .join(users, users.c.id == comments.c.author_id)
        .join(events, sa.and_(*_is_told_by_row()))
        .where(comments.c.instance_id == instance_id)
    )
    now = clock.now()

    def made(row: Any) -> Comment:
        return _comment(row, caller, now)

    return listing.page(tx, query, NEWEST, made, limit, cursor)


def place_of(tx: sa.Connection, caller: Caller, comment_id: uuid.UUID) -> str | None:
    """The cursor of `of_case` with which a page begins at this comment.

    None where the first page has it.
    """
    row = _find(tx, caller, comment_id)
    newer = sa.select(comments.c.id).where(
        comments.c.instance_id == row.instance_id,
        sa.tuple_(comments.c.created_at, comments.c.event_seq)
        > sa.tuple_(sa.literal(row.created_at), sa.literal(row.event_seq)),
    )
    counted = sa.select(sa.func.count()).select_from(newer.limit(LATEST).subquery())
    if (tx.scalar(counted) or 0) < LATEST:
        return None
    return listing.encode([row.created_at, row.event_seq + 1], NEWEST)


def mentioning(
    tx: sa.Connection, caller: Caller, *, limit: int = 20, cursor: str | None = None
) -> Page[Mention]:
    """The comments that mention the caller, the newest first; of cases they see."""
    query = (
        sa.select(
            mentions.c.comment_id,
            mentions.c.created_at,
            mentions.c.seen_at,
            comments.c.instance_id,
            process_instances.c.business_key,
            process_instances.c.subject,
            users.c.name,
            events.c.detail,
        )
        .join(comments, comments.c.id == mentions.c.comment_id)
        .join(process_instances, process_instances.c.id == comments.c.instance_id)
        .join(users, users.c.id == comments.c.author_id)
        .join(events, sa.and_(*_is_told_by_row()))
        .where(*_mine(caller))
    )
    order = [mentions.c.created_at.desc(), mentions.c.comment_id.asc()]
    return listing.page(tx, query, order, _mention, limit, cursor)


def unseen(tx: sa.Connection, caller: Caller) -> int:
    """How many comments mention the caller that they have not opened."""
    counted = (
        sa.select(sa.func.count())
        .select_from(mentions)
        .join(comments, comments.c.id == mentions.c.comment_id)
        .join(process_instances, process_instances.c.id == comments.c.instance_id)
        .where(*_mine(caller), mentions.c.seen_at.is_(None))
    )
    return tx.scalar(counted) or 0


def see(
    tx: sa.Connection, clock: Clock, caller: Caller, comment_id: uuid.UUID | None
) -> uuid.UUID | None:
    """The caller has seen a comment that mentions them, None: all; the case of it."""
    which = [mentions.c.user_id == caller.user_id, mentions.c.seen_at.is_(None)]
    if comment_id is not None:
        which.append(mentions.c.comment_id == comment_id)
    tx.execute(sa.update(mentions).where(*which).values(seen_at=clock.now()))
    if comment_id is None:
        return None
    return uuid.UUID(str(_find(tx, caller, comment_id).instance_id))


def _find(tx: sa.Connection, caller: Caller, comment_id: uuid.UUID) -> sa.Row[Any]:
    """A comment on a case that the caller may see."""
    return instances.part_of(tx, caller, comments, comment_id, "comment")


def readers(tx: sa.Connection, caller: Caller, instance_id: uuid.UUID) -> list[Reader]:
    """Those who may be mentioned, the nearest to the case first; not the caller."""
    case = instances.get(tx, caller, instance_id)
    above = offices.alias("above")
    path = sa.select(sa.func.unnest(above.c.path)).where(above.c.code == case.office)
    depth = sa.func.cardinality(offices.c.path)
    found = (
        sa.select(users.c.login, users.c.name, offices.c.names, depth.label("depth"))
        .ext(distinct_on(users.c.id))
        .join(memberships, memberships.c.user_id == users.c.id)
        .join(offices, offices.c.id == memberships.c.office_id)
        .where(
            offices.c.id.in_(path),
            users.c.disabled_at.is_(None),
            users.c.id != caller.user_id,
            task_rights.signs_in(),
            memberships.c.role.not_in(NOT_AT_DESKS),
        )
        .order_by(users.c.id, depth.desc())
        .subquery()
    )
    nearest = sa.select(found.c.login, found.c.name, found.c.names)
    ordered = nearest.order_by(found.c.depth.desc(), found.c.name).limit(SHOWN)
    return [Reader(*row) for row in tx.execute(ordered)]


def _readers(
    tx: sa.Connection, office_id: uuid.UUID, logins: Sequence[str]
) -> list[Any]:
    """The people of these logins, who all must see the office."""
    if len(logins) > MOST_MENTIONS:
        raise InputRefused(field="text", reason=f"at most {MOST_MENTIONS} mentions")
    wanted = {people.login_of(login): login for login in logins}
    found = tx.execute(
        sa.select(users.c.id, users.c.login, users.c.name).where(
            users.c.login.in_(wanted),
            users.c.disabled_at.is_(None),
            people.is_visible_to(users.c.id, office_id),
        )
    ).all()
    missing = set(wanted) - {one.login for one in found}
    if missing:
        raise MentionUnknown(login=wanted[min(missing)])
    return list(found)


def _task_of(
    tx: sa.Connection, instance_id: uuid.UUID, task_id: uuid.UUID | None
) -> uuid.UUID | None:
    """The task on whose page it was written, if it is one of this case."""
    found: uuid.UUID | None = tx.scalar(
        sa.select(user_tasks.c.id).where(
            user_tasks.c.id == task_id, user_tasks.c.instance_id == instance_id
        )
    )
    return found


def _is_told_by_row() -> list[sa.ColumnElement[bool]]:
    return [
        events.c.instance_id == comments.c.instance_id,
        events.c.seq == comments.c.event_seq,
        events.c.at == comments.c.created_at,
    ]


def _mine(caller: Caller) -> list[sa.ColumnElement[bool]]:
    return [
        mentions.c.user_id == caller.user_id,
        process_instances.c.office_id.in_(people.visible(caller)),
    ]


def _comment(row: Any, caller: Caller, now: datetime) -> Comment:
    detail = json.loads(row.detail) if row.detail else {}
    return Comment(
        id=row.id,
        author=row.login,
        author_name=row.name,
        text=detail.get("text"),
        mentioned=detail.get("mentions", []),
        created_at=row.created_at,
        is_removed=row.removed_at is not None,
        may_be_removed=row.removed_at is None
        and row.author_id == caller.user_id
        and now - row.created_at <= REMOVABLE,
    )


def _mention(row: Any) -> Mention:
    detail = json.loads(row.detail) if row.detail else {}
    return Mention(
        comment_id=row.comment_id,
        instance_id=row.instance_id,
        business_key=row.business_key,
        subject=row.subject,
        author_name=row.name,
        text=detail.get("text"),
        created_at=row.created_at,
        seen_at=row.seen_at,
    )
