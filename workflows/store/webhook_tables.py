"""The tables of webhooks: who is told of what, and what is still to be sent."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows.store.columns import Moment, id_, metadata

webhooks = sa.Table(
    "webhooks",
    metadata,
    id_(),
    sa.Column("owner_id", UUID, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("url", sa.Text, nullable=False),
    # Signs what is sent: sealed with a key that the database does not know.
    sa.Column("sealed_secret", sa.Text, nullable=False),
    sa.Column("events", ARRAY(sa.Text), nullable=False),
    sa.Column("process_key", sa.Text),  # null: of every process
    sa.Column("office_ids", ARRAY(UUID), nullable=False),  # with all below them
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("failing_since", Moment),  # null: the last delivery arrived
    sa.Column("disabled_at", Moment),
    sa.Column("disabled_because", sa.Text),
    sa.Column("deleted_at", Moment),
    sa.CheckConstraint(
        "disabled_because IN ('failing', 'gone', 'rights', 'deleted')",
        name="disabled_because",
    ),
    sa.CheckConstraint(
        "(disabled_at IS NULL) = (disabled_because IS NULL)", name="disabled"
    ),
)

# What happened, as each webhook is told it: written in the transaction of the event.
webhook_deliveries = sa.Table(
    "webhook_deliveries",
    metadata,
    id_(),
    sa.Column("webhook_id", UUID, sa.ForeignKey("webhooks.id"), nullable=False),
    sa.Column("event", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),  # as the history calls the event
    sa.Column("instance_id", UUID, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id"), nullable=False),
    sa.Column("element_id", sa.Text),
    sa.Column("task_id", UUID),
    sa.Column("at", Moment, nullable=False),
    sa.Column("state", sa.Text, nullable=False, server_default="waiting"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("next_at", Moment),  # null: it has ended
    sa.Column("last_status", sa.Integer),
    sa.Column("last_error", sa.Text),
    sa.Column("ended_at", Moment),
    sa.CheckConstraint(
        "state IN ('waiting', 'delivered', 'failed', 'dropped')", name="state"
    ),
    sa.Index(
        "webhook_deliveries_due_idx",
        "webhook_id",
        "next_at",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index("webhook_deliveries_list_idx", "webhook_id", "at", "id"),
)
