"""Documents of cases: who adds which file to what, who reads it, who takes it away."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from workflows import listing, people, tasks
from workflows.depot import Depot, Received
from workflows.media_types import DocumentRefused
from workflows.model import (
    InstanceState,
    MoveRefused,
    NotAllowed,
    NotFound,
    Page,
    Role,
)
from workflows.steps import Step, step
from workflows.store.session import Store
from workflows.store.tables import (
    document_contents,
    documents,
    offices,
    process_instances,
    user_tasks,
    users,
)
from workflows.task_rows import OPEN
from workflows.world import World

ANSWER, ATTACHMENT = "answer", "attachment"
# A case takes documents and loses them as long as it goes on, held or not.
GOING_ON = frozenset({InstanceState.ACTIVE, InstanceState.SUSPENDED})
ADDERS = frozenset({Role.CLERK, Role.SUPERVISOR, Role.ADMINISTRATOR, Role.SERVICE})
SHOWN = 200


class TooManyDocuments(DocumentRefused):
    """This case has {most} documents, and takes no more. Remove one first."""


@dataclass(frozen=True)
class DocumentRow:
    """One document as people and programs see it."""

    id: uuid.UUID
    instance_id: uuid.UUID
    task_id: uuid.UUID | None
    kind: str  # "answer" to a question of a form, or "attachment"
    field: str | None  # the question
    name: str
    media_type: str
    size: int  # bytes
    sha256: str
    scan: str  # "unscanned", "clean" or "infected"
    threat: str | None
    uploaded_by: str  # login
    uploaded_by_name: str
    uploaded_at: datetime
    is_own: bool  # of whoever asks
    may_be_removed: bool  # by whoever asks, now


def of_case(
    tx: sa.Connection,
    caller: people.Caller,
    instance_id: uuid.UUID,
    *,
    limit: int = SHOWN,
    cursor: str | None = None,
) -> Page[DocumentRow]:
    """The documents of a case, the newest first; NotFound if they do not see it."""
    _check_seen(tx, caller, instance_id)
    query = _visible(caller).where(documents.c.instance_id == instance_id)
    order = [documents.c.uploaded_at.desc(), documents.c.id.asc()]
    return listing.page(tx, query, order, lambda r: _row(r, caller), limit, cursor)


def get(
    tx: sa.Connection, caller: people.Caller, document_id: uuid.UUID
) -> DocumentRow:
    """One document of a case that the caller sees; NotFound for any other."""
    query = _visible(caller).where(documents.c.id == document_id)
    row = tx.execute(query).one_or_none()
    if row is None:
        raise NotFound(kind="document", key=document_id)
    return _row(row, caller)


def check_task(
    tx: sa.Connection, world: World, caller: people.Caller, task_id: uuid.UUID
) -> uuid.UUID:
    """The case of a task that the caller may add to; raises what keeps them from it."""
    refusal = tasks.rights(tx, world, caller, task_id).refusal
    if refusal is not None:
        raise refusal
    instance_id: uuid.UUID = tasks.find(tx, caller, task_id).instance_id
    return instance_id


def check_case(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID
) -> None:
    """Raises what keeps the caller from adding to a case, before a file is read."""
    row = _check_seen(tx, caller, instance_id)
    if people.roles_at(caller, row.path).isdisjoint(ADDERS):
        raise NotAllowed(action="add a document to", kind="case")
    if row.state not in GOING_ON:
        raise MoveRefused(kind="case", state=row.state, move="given documents")


def add_to_task(
    tx: sa.Connection,
    world: World,
    depot: Depot,
    caller: people.Caller,
    task_id: uuid.UUID,
    received: Received,
    *,
    field: str | None = None,
) -> DocumentRow:
    """Add a file to an open task that the caller may work on.

    With `field` it is meant as an answer to that question of the task's form, which
    counts when the task is completed with its id. Raises TooManyDocuments, and what
    completing the task would.
    """
    task = tasks.find(tx, caller, task_id)
    with _on(tx, world, caller, task.instance_id) as current:
        check_task(tx, world, caller, task_id)
        return _add(current, depot, caller, received, task, field)


def add_to_case(
    tx: sa.Connection,
    world: World,
    depot: Depot,
    caller: people.Caller,
    instance_id: uuid.UUID,
    received: Received,
) -> DocumentRow:
    """Add a file to a case of the caller's office, whatever its tasks."""
    check_case(tx, caller, instance_id)
    with _on(tx, world, caller, instance_id) as current:
        return _add(current, depot, caller, received, None, None)


def remove(
    tx: sa.Connection, world: World, caller: people.Caller, document_id: uuid.UUID
) -> DocumentRow:
    """Take one's own document away again, while its task (or its case) is open.

    The bytes go a day later, if nothing else has them.
    """
    found = get(tx, caller, document_id)
    with _on(tx, world, caller, found.instance_id) as current:
        found = get(tx, caller, document_id)
        if not found.is_own:
            raise NotAllowed(action="remove", kind="document")
        if not found.may_be_removed:
            raise MoveRefused(kind="document", state="part of the case", move="removed")
        tx.execute(
            sa.update(documents)
            .where(documents.c.id == document_id)
            .values(deleted_at=current.now)
        )
        current.record("document.deleted", detail=_told(found))
    return found


def tell_refused(
    tx: sa.Connection,
    world: World,
    caller: people.Caller,
    instance_id: uuid.UUID,
    threat: object,
) -> None:
    """Write into the history that a file with a virus was not taken."""
    with _on(tx, world, caller, instance_id) as current:
        current.record("document.refused", detail={"threat": str(threat)})


def tell_infected(store: Store, world: World, sha256: str) -> None:
    """Write into every case that has a content that a virus was found in it later."""
    with store.transaction() as tx:
        cases = tx.scalars(
            sa.select(documents.c.instance_id)
            .where(documents.c.sha256 == sha256, documents.c.deleted_at.is_(None))
            .distinct()
        ).all()
    for case in cases:
        with (
            store.transaction() as tx,
            step(tx, world, case, "", states=frozenset(InstanceState)) as current,
        ):
            for row in tx.execute(
                _rows().where(
                    documents.c.instance_id == case, documents.c.sha256 == sha256
                )
            ):
                told = {"document": str(row.id), "name": row.name}
                detail = told | {"threat": row.threat}
                current.record("document.infected", detail=detail)


def _on(
    tx: sa.Connection, world: World, caller: people.Caller, instance_id: uuid.UUID
) -> Any:
    """A step of a case that goes on; its lock makes counting documents safe."""
    actor, move = people.actor(caller), "given documents"
    return step(tx, world, instance_id, actor, states=GOING_ON, move=move)


def _add(
    current: Step,
    depot: Depot,
    caller: people.Caller,
    received: Received,
    task: Any,
    field: str | None,
) -> DocumentRow:
    count = current.tx.scalar(
        sa.select(sa.func.count()).where(
            documents.c.instance_id == current.id, documents.c.deleted_at.is_(None)
        )
    )
    if (count or 0) >= depot.most_per_case:
        raise TooManyDocuments(most=depot.most_per_case)
    document_id = current.tx.scalar(
        sa.insert(documents)
        .values(
            sha256=received.sha256,
            name=received.name,
            instance_id=current.id,
            task_id=task.id if task is not None else None,
            kind=ATTACHMENT if field is None else ANSWER,
            field=field,
            uploaded_by=caller.user_id,
            uploaded_at=current.now,
        )
        .returning(documents.c.id)
    )
    added = get(current.tx, caller, uuid.UUID(str(document_id)))
    current.record(
        "document.added",
        task.element_id if task is not None else None,
        _told(added),
        process=task.called_process if task is not None else None,
    )
    return added


def _told(document: DocumentRow) -> dict[str, Any]:
    told = {"document": str(document.id), "name": document.name}
    if document.task_id is not None:
        told["task"] = str(document.task_id)
    return told | {"media_type": document.media_type, "size": document.size}


def _check_seen(
    tx: sa.Connection, caller: people.Caller, instance_id: uuid.UUID
) -> people.AnyRow:
    row = tx.execute(
        sa.select(process_instances.c.state, offices.c.path)
        .join(offices, offices.c.id == process_instances.c.office_id)
        .where(
            process_instances.c.id == instance_id,
            process_instances.c.office_id.in_(people.visible(caller)),
        )
    ).one_or_none()
    if row is None:
        raise NotFound(kind="case", key=instance_id)
    return row


def _rows() -> sa.Select[Any]:
    return (
        sa.select(
            documents,
            document_contents.c.size,
            document_contents.c.media_type,
            document_contents.c.scan,
            document_contents.c.threat,
            users.c.login,
            users.c.name.label("user_name"),
            user_tasks.c.state.label("task_state"),
            process_instances.c.state.label("case_state"),
        )
        .join(document_contents, document_contents.c.sha256 == documents.c.sha256)
        .join(users, users.c.id == documents.c.uploaded_by)
        .join(process_instances, process_instances.c.id == documents.c.instance_id)
        .outerjoin(user_tasks, user_tasks.c.id == documents.c.task_id)
    )


def _visible(caller: people.Caller) -> sa.Select[Any]:
    return _rows().where(
        documents.c.deleted_at.is_(None),
        process_instances.c.office_id.in_(people.visible(caller)),
    )


def _row(row: Any, caller: people.Caller) -> DocumentRow:
    is_own = row.uploaded_by == caller.user_id
    is_open = row.task_state in OPEN if row.task_id else row.case_state in GOING_ON
    return DocumentRow(
        id=row.id,
        instance_id=row.instance_id,
        task_id=row.task_id,
        kind=row.kind,
        field=row.field,
        name=row.name,
        media_type=row.media_type,
        size=row.size,
        sha256=row.sha256,
        scan=row.scan,
        threat=row.threat,
        uploaded_by=row.login,
        uploaded_by_name=row.user_name,
        uploaded_at=row.uploaded_at,
        is_own=is_own,
        may_be_removed=is_own and is_open and row.case_state in GOING_ON,
    )
