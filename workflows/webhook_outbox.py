"""What webhooks are told: written down in the statement that writes the event itself.

So neither can be there without the other. Where there is no webhook at all, the lock of
the case says so, and the outbox costs no more than that look at an empty table.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import JSON, UUID

from workflows.store.columns import Moment
from workflows.store.tables import offices, webhook_deliveries, webhooks

# Events of the history, as webhooks call them.
NAMES: Mapping[str, str] = {
    "instance.started": "case.started",
    "instance.suspended": "case.suspended",
    "instance.resumed": "case.resumed",
    "instance.completed": "case.ended",
    "instance.canceled": "case.ended",
    "task.created": "task.created",
    "task.claimed": "task.claimed",
    "task.released": "task.released",
    "task.assigned": "task.assigned",
    "task.completed": "task.completed",
    "incident.opened": "incident.opened",
    "deadline.missed": "deadline.missed",
}
EVENTS = tuple(dict.fromkeys(NAMES.values()))
# In which state that leaves what it happened to.
STATES: Mapping[str, str] = {
    "instance.started": "active",
    "instance.suspended": "suspended",
    "instance.resumed": "active",
    "instance.completed": "completed",
    "instance.canceled": "canceled",
    "task.created": "created",
    "task.claimed": "claimed",
    "task.released": "created",
    "task.assigned": "claimed",
    "task.completed": "completed",
    "incident.opened": "open",
    "deadline.missed": "missed",
}


def somebody_waits() -> sa.ColumnElement[bool]:
    """Whether there is any webhook at all: asked in the statement that locks a case."""
    return sa.select(webhooks.c.id).where(webhooks.c.disabled_at.is_(None)).exists()


def outbox() -> sa.CTE:
    """Adds what webhooks wait for among `events`, as `history.Chain.take` gives them.

    Takes `case_id`, `told_process` and `told_office`, the case's own.
    """
    case_id = sa.bindparam("case_id", type_=webhook_deliveries.c.instance_id.type)
    told = (
        sa.func.json_to_recordset(sa.bindparam("events", type_=JSON))
        .table_valued(
            sa.column("seq", sa.Integer),
            sa.column("type", sa.Text),
            sa.column("told_as", sa.Text),
            sa.column("element_id", sa.Text),
            sa.column("at", Moment),
            sa.column("detail", sa.Text),
            name="told",
        )
        .render_derived(with_types=True)
    )
    process = sa.bindparam("told_process", type_=sa.Text)
    office = sa.bindparam("told_office", type_=UUID)
    task = sa.func.json_extract_path_text(
        sa.cast(told.c.detail, JSON), sa.literal_column("'task'")
    )
    above = sa.select(offices.c.path).where(offices.c.id == office)
    values: dict[str, Any] = {
        "webhook_id": webhooks.c.id,
        "event": told.c.told_as,
        "type": told.c.type,
        "instance_id": case_id,
        "seq": told.c.seq,
        "process_key": process,
        "office_id": office,
        "element_id": told.c.element_id,
        "task_id": sa.cast(task, UUID),
        "at": told.c.at,
        "next_at": told.c.at,
    }
    found = (
        sa.select(*values.values())
        .select_from(webhooks.join(told, told.c.told_as == sa.any_(webhooks.c.events)))
        .where(
            webhooks.c.disabled_at.is_(None),
            sa.or_(webhooks.c.process_key.is_(None), webhooks.c.process_key == process),
            webhooks.c.office_ids.op("&&")(above.scalar_subquery()),
        )
    )
    return sa.insert(webhook_deliveries).from_select(list(values), found).cte("told_on")
