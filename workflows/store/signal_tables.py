"""The tables of signals, and of the start events that wait for something to happen."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from workflows.store.columns import Moment, called_process_, id_, metadata

start_subscriptions = sa.Table(
    "start_subscriptions",
    metadata,
    id_(),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("release_id", UUID, sa.ForeignKey("releases.id"), nullable=False),
    sa.Column(
        "definition_version_id",
        UUID,
        sa.ForeignKey("definition_versions.id"),
        nullable=False,
    ),
    sa.Column("element_id", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("name", sa.Text),  # of the message or signal
    # Of the cases that nobody asks for; null: the root of all offices.
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id")),
    sa.Column("repeats_left", sa.Integer),  # of a timer; null: without end
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("retired_at", Moment),  # a newer version listens instead
    sa.CheckConstraint("kind IN ('message', 'signal', 'timer')", name="kind"),
    sa.Index(
        "start_subscriptions_element_key",
        "process_key",
        "element_id",
        unique=True,
        postgresql_where=sa.text("retired_at IS NULL"),
    ),
    sa.Index(
        "start_subscriptions_name_idx",
        "name",
        "kind",
        postgresql_where=sa.text("retired_at IS NULL"),
    ),
)

signal_subscriptions = sa.Table(
    "signal_subscriptions",
    metadata,
    id_(),  # stays when what has heard one signal waits for the next
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("token", UUID, nullable=False, unique=True),
    sa.Column(
        "instance_id",
        UUID,
        sa.ForeignKey("process_instances.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    sa.Column("name", sa.Text, nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
)

signals = sa.Table(
    "signals",
    metadata,
    id_(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("variables", sa.Text, nullable=False),
    # How many signals led to this one, each heard by what threw the next.
    sa.Column("depth", sa.Integer, nullable=False),
    sa.Column("thrown_at", Moment, nullable=False),
)

signal_deliveries = sa.Table(
    "signal_deliveries",
    metadata,
    id_(),  # the subject of its due work
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column(
        "signal_id", UUID, sa.ForeignKey("signals.id"), nullable=False, index=True
    ),
    # Either a case, with its subscriptions at the throw, or a start event.
    sa.Column("instance_id", UUID, sa.ForeignKey("process_instances.id")),
    sa.Column("subscription_ids", ARRAY(UUID)),
    sa.Column("start_id", UUID, sa.ForeignKey("start_subscriptions.id")),
    sa.CheckConstraint("num_nonnulls(instance_id, start_id) = 1", name="hearer"),
    sa.Index("signal_deliveries_instance_idx", "instance_id", "seq"),
)
