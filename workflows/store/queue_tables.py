"""The tables of the queue's keepers: who works, what is paused, whom nobody reaches.

Their moments are the database's own, whatever our clock says: they are about machines.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, UUID

from workflows.store.columns import Moment, id_, metadata

NOTHING = sa.text("'{}'::uuid[]")

# A worker that lives says so every few seconds; who was killed leaves its row behind.
workers = sa.Table(
    "workers",
    metadata,
    id_(),
    sa.Column("host", sa.Text, nullable=False),
    sa.Column("pid", sa.Integer, nullable=False),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("seen_at", Moment, nullable=False),
    sa.Column("is_stopping", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("running", JSONB, nullable=False, server_default="{}"),  # by system
    # Due work, or waits for messages, that it is about to see to: if it dies, one of
    # them may be why.
    sa.Column("firing", ARRAY(UUID), nullable=False, server_default=NOTHING),
)

# A system has a row from the first time on that it was given up.
outside_systems = sa.Table(
    "outside_systems",
    metadata,
    sa.Column("system", sa.Text, primary_key=True),
    sa.Column("opened_at", Moment),  # null: it answers
    sa.Column("probe_at", Moment),  # when one job may try
    sa.Column("openings", sa.Integer, nullable=False, server_default="0"),  # in a row
    sa.Column("last_error", sa.Text, nullable=False),
)

paused_job_types = sa.Table(
    "paused_job_types",
    metadata,
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("reason", sa.Text, nullable=False),
    sa.Column("paused_by", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("paused_at", Moment, nullable=False),
)

# What people did to the queue; append-only.
queue_changes = sa.Table(
    "queue_changes",
    metadata,
    id_(),
    sa.Column("at", Moment, nullable=False, index=True),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("change", sa.Text, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("reason", sa.Text),
    sa.Column("jobs", sa.Integer),  # how many it moved
    sa.CheckConstraint("change IN ('paused', 'resumed', 'retried')", name="change"),
)

# Jobs that workers did, by the minute; kept for some hours.
job_counts = sa.Table(
    "job_counts",
    metadata,
    sa.Column("type", sa.Text, primary_key=True),
    sa.Column("minute", Moment, primary_key=True),
    sa.Column("done", sa.Integer, nullable=False),
)
