"""Drafts: what somebody has typed into a task's form and not sent yet."""

import hashlib
import hmac
import json
import secrets
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert

from workflows import task_rights
from workflows.callers import Caller
from workflows.model import NotAllowed, NotFound, RasimError, TaskState
from workflows.ports import Clock
from workflows.store.tables import drafts, sent_answers, user_tasks
from workflows.task_rows import OPEN
from workflows.tasks import FIND
from workflows.world import World

MOST_BYTES = 256 * 1024
SALT_BYTES = 16

# Only the task: its case, office and holder stay as they are.
LOCKED = FIND.with_for_update(read=True, of=user_tasks)

Fields = Mapping[str, Sequence[str]]  # as the browser sends them: {name: [values]}


class DraftTooLarge(RasimError):
    """What you typed is too long to be kept as a draft: {size} of at most {most}."""


@dataclass(frozen=True)
class Draft:
    task_id: uuid.UUID
    fields: dict[str, list[str]]
    saved_at: datetime
    is_late: bool = False  # somebody had ended the task when this was saved


def save(
    tx: sa.Connection, world: World, caller: Caller, task_id: uuid.UUID, fields: Fields
) -> Draft | None:
    """Keep what was typed, in place of what was kept before; None: nothing is kept.

    Only for who may work on the task. A task that somebody else has ended keeps drafts:
    what was typed meanwhile is not lost; after one's own sending there is nothing to
    keep. Raises NotFound, NotAllowed, DraftTooLarge.
    """
    # Whoever completes the task meanwhile waits for this, or this for them: a draft is
    # never left behind answers that were sent.
    found = tx.execute(LOCKED, {"task_id": task_id, "seen_by": caller.offices_as()})
    task = found.one_or_none()
    if task is None:
        raise NotFound(kind="task", key=task_id)
    if task.state == TaskState.COMPLETED and task.completed_by == caller.user_id:
        return None
    if task.state in OPEN:
        try:
            elements = world.library.get(
                tx, task.release_id, task.definition_version_id
            )
            drawn = elements.of(task.called_process).elements
            task_rights.working(tx, caller, task, drawn, "worked on")
        except task_rights.HeldByOther:
            pass  # somebody took it meanwhile; what was typed is not lost by that
    elif not task_rights.may_be_done_by(caller, task):
        raise NotAllowed(action="work on", kind="task")
    kept = {name: list(values) for name, values in fields.items()}
    size = len(json.dumps(kept, ensure_ascii=False).encode())
    if size > MOST_BYTES:
        raise DraftTooLarge(size=size, most=MOST_BYTES)
    now = world.clock.now()
    values = {"fields": _without_nul(kept), "saved_at": now}
    tx.execute(
        insert(drafts)
        .values(task_id=task_id, user_id=caller.user_id, **values)
        .on_conflict_do_update(index_elements=["task_id", "user_id"], set_=values)
    )
    return Draft(task_id, kept, now, is_late=task.state not in OPEN)


def get(tx: sa.Connection, caller: Caller, task_id: uuid.UUID) -> Draft | None:
    """One's own draft of a task, if there is one."""
    row = tx.execute(
        sa.select(drafts.c.fields, drafts.c.saved_at).where(
            drafts.c.task_id == task_id, drafts.c.user_id == caller.user_id
        )
    ).one_or_none()
    return Draft(task_id, row.fields, row.saved_at) if row else None


def discard(tx: sa.Connection, caller: Caller, task_id: uuid.UUID) -> None:
    """Forget one's own draft of a task; there may be none."""
    tx.execute(_own(caller, task_id))


def sent(
    tx: sa.Connection, clock: Clock, caller: Caller, task_id: uuid.UUID, fields: Fields
) -> None:
    """Answers were sent and taken: the draft goes, a digest of them stays some days."""
    salt = secrets.token_bytes(SALT_BYTES)
    values = {"salt": salt, "digest": _digest(salt, fields), "sent_at": clock.now()}
    tx.execute(
        insert(sent_answers)
        .values(task_id=task_id, user_id=caller.user_id, **values)
        .on_conflict_do_update(index_elements=["task_id", "user_id"], set_=values)
        .add_cte(_own(caller, task_id).cte("discarded"))
    )


def _own(caller: Caller, task_id: uuid.UUID) -> sa.Delete:
    return sa.delete(drafts).where(
        drafts.c.task_id == task_id, drafts.c.user_id == caller.user_id
    )


def is_repeat(
    tx: sa.Connection, caller: Caller, task_id: uuid.UUID, fields: Fields
) -> bool:
    """Whether the caller has completed the task with just these answers."""
    row = tx.execute(
        sa.select(sent_answers.c.salt, sent_answers.c.digest)
        .join(user_tasks, user_tasks.c.id == sent_answers.c.task_id)
        .where(
            sent_answers.c.task_id == task_id,
            sent_answers.c.user_id == caller.user_id,
            user_tasks.c.completed_by == caller.user_id,
        )
    ).one_or_none()
    return row is not None and hmac.compare_digest(
        row.digest, _digest(row.salt, fields)
    )


def _digest(salt: bytes, fields: Fields) -> bytes:
    told = json.dumps(
        {name: list(values) for name, values in fields.items()},
        ensure_ascii=False,
        sort_keys=True,
    )
    return hashlib.sha256(salt + told.encode("utf-8", "replace")).digest()


def _without_nul(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """PostgreSQL keeps neither NUL nor half of a surrogate pair."""

    def clean(text: str) -> str:
        return text.replace("\0", "").encode("utf-8", "replace").decode("utf-8")

    return {
        clean(name): [clean(one) for one in values] for name, values in kept.items()
    }
