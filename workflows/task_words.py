"""What open tasks are found by: the words of their case, which follow its variables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from workflows import search_terms
from workflows.model import TaskState
from workflows.store.prepared import Prepared, constant
from workflows.store.tables import user_tasks

if TYPE_CHECKING:
    from workflows.steps import Step

WRITE = Prepared(
    sa.update(user_tasks)
    .where(
        user_tasks.c.instance_id
        == sa.bindparam("case_id", type_=user_tasks.c.instance_id.type),
        sa.or_(
            user_tasks.c.state == constant(TaskState.CREATED),
            user_tasks.c.state == constant(TaskState.CLAIMED),
        ),
    )
    .values(search=sa.bindparam("words", type_=user_tasks.c.search.type))
)


def of(step: Step) -> str:
    """What a task that is opened now is found by, as PostgreSQL reads it."""
    values = step.released.searched(step.case.variables)
    if step.searched is None:  # a new case: what changes after this is written again
        step.searched = values
    return _terms(step, values)


def follow(step: Step) -> None:
    """Write the terms of open tasks again, where the step has changed the values."""
    if step.searched is not None:
        values = step.released.searched(step.case.variables)
        if values != step.searched:
            WRITE.run(step.tx, {"case_id": step.id, "words": _terms(step, values)})


def _terms(step: Step, values: Mapping[str, Any]) -> str:
    case = step.instance
    terms = search_terms.of(values, (case.business_key, case.subject))
    return " ".join(map(search_terms.quoted, terms))
