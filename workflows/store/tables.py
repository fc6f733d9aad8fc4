"""Every table of the service, as SQLAlchemy sees it; the migrations make them.

States are text held to their enum by check constraints; what must never be twice is a
unique index here, not a rule in code.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

from workflows.model import (
    DeadlineState,
    DueState,
    IncidentState,
    InstanceState,
    JobState,
)
from workflows.store.case_tables import comments as comments
from workflows.store.case_tables import drafts as drafts
from workflows.store.case_tables import mentions as mentions
from workflows.store.case_tables import sent_answers as sent_answers
from workflows.store.columns import Moment, called_process_, id_, metadata, state_
from workflows.store.document_tables import document_contents as document_contents
from workflows.store.document_tables import documents as documents
from workflows.store.people_tables import api_tokens as api_tokens
from workflows.store.people_tables import calendar_overrides as calendar_overrides
from workflows.store.people_tables import identities as identities
from workflows.store.people_tables import memberships as memberships
from workflows.store.people_tables import offices as offices
from workflows.store.people_tables import people_changes as people_changes
from workflows.store.people_tables import recovery_codes as recovery_codes
from workflows.store.people_tables import second_factors as second_factors
from workflows.store.people_tables import sessions as sessions
from workflows.store.people_tables import substitutions as substitutions
from workflows.store.people_tables import users as users
from workflows.store.queue_tables import job_counts as job_counts
from workflows.store.queue_tables import outside_systems as outside_systems
from workflows.store.queue_tables import paused_job_types as paused_job_types
from workflows.store.queue_tables import queue_changes as queue_changes
from workflows.store.queue_tables import workers as workers
from workflows.store.release_tables import definition_versions as definition_versions
from workflows.store.release_tables import release_parts as release_parts
from workflows.store.release_tables import release_takes as release_takes
from workflows.store.release_tables import releases as releases
from workflows.store.signal_tables import signal_deliveries as signal_deliveries
from workflows.store.signal_tables import signal_subscriptions as signal_subscriptions
from workflows.store.signal_tables import signals as signals
from workflows.store.signal_tables import start_subscriptions as start_subscriptions
from workflows.store.webhook_tables import webhook_deliveries as webhook_deliveries
from workflows.store.webhook_tables import webhooks as webhooks
from workflows.store.worklist_tables import saved_filters as saved_filters
from workflows.store.worklist_tables import user_tasks as user_tasks

process_instances = sa.Table(
    "process_instances",
    metadata,
    id_(),
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column(
        "definition_version_id",
        UUID,
        sa.ForeignKey("definition_versions.id"),
        nullable=False,
    ),
    sa.Column("release_id", UUID, sa.ForeignKey("releases.id"), nullable=False),
    sa.Column("business_key", sa.Text),
    sa.Column("subject", sa.Text),  # whom it is about, for lists
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id"), nullable=False),
    *state_(InstanceState),
    # Scopes and live tokens; text, because PostgreSQL never looks inside. Of a case
    # that has ended the same, packed: see `packing`.
    sa.Column("saved", sa.Text),
    sa.Column("packed", BYTEA),
    sa.Column("ended_by", JSONB),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("started_by", UUID, sa.ForeignKey("users.id")),
    sa.Column("ended_at", Moment),
    # The head of the chain of events: a cut end shows.
    sa.Column("event_seq", sa.Integer, nullable=False, server_default="0"),
    sa.Column("event_hash", BYTEA, nullable=False),
    sa.CheckConstraint("(saved IS NULL) <> (packed IS NULL)", name="saved"),
    sa.Index("process_instances_list_idx", "process_key", "state", "started_at"),
    sa.Index("process_instances_business_key_idx", "business_key"),
    sa.Index("process_instances_office_idx", "office_id", "started_at"),
)

jobs = sa.Table(
    "jobs",
    metadata,
    id_(),  # the engine's token, and the idempotency key outside
    sa.Column(
        "instance_id", UUID, sa.ForeignKey("process_instances.id"), nullable=False
    ),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    sa.Column("type", sa.Text, nullable=False),
    *state_(JobState),
    sa.Column("variables", sa.Text),  # FEEL JSON; dropped when the job has ended
    sa.Column("headers", JSONB, nullable=False, server_default="{}"),
    sa.Column("attempts", sa.Integer, nullable=False, server_default="0"),
    sa.Column("retries", sa.Integer, nullable=False),
    sa.Column("next_at", Moment),
    sa.Column("last_error", sa.Text),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("ended_at", Moment),
    # Workers that died while they did it, in a row.
    sa.Column("deaths", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Index("jobs_instance_idx", "instance_id"),
    # Not by state: a claim, which changes it, then leaves every index as it is.
    sa.Index(
        "jobs_unended_idx",
        "type",
        "created_at",
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

due_work = sa.Table(
    "due_work",
    metadata,
    id_(),
    sa.Column("queue", sa.Text, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    *state_(DueState),
    sa.Column("instance_id", UUID, sa.ForeignKey("process_instances.id")),
    # A token, a job, a deadline, a start event or the delivery of a signal.
    sa.Column("subject_id", UUID, nullable=False),
    sa.Column("element_id", sa.Text),
    # It failed by a fault of ours, and is left alone until that is resolved.
    sa.Column("incident_id", UUID, sa.ForeignKey("incidents.id")),
    sa.Column("deaths", sa.SmallInteger, nullable=False, server_default="0"),
    sa.CheckConstraint(
        "queue IN ('timer', 'retry', 'deadline', 'start', 'signal')", name="queue"
    ),
    sa.Index(
        "due_work_due_idx",
        "due_at",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "due_work_instance_idx",
        "instance_id",
        postgresql_where=sa.text("state = 'waiting'"),
    ),
    sa.Index(
        "due_work_subject_key",
        "queue",
        "subject_id",
        unique=True,
        postgresql_where=sa.text("state = 'waiting'"),
    ),
)

message_subscriptions = sa.Table(
    "message_subscriptions",
    metadata,
    sa.Column("token", UUID, primary_key=True),
    sa.Column(
        "instance_id",
        UUID,
        sa.ForeignKey("process_instances.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("correlation_key", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("deaths", sa.SmallInteger, nullable=False, server_default="0"),
    sa.Index("message_subscriptions_name_idx", "name", "correlation_key"),
)

buffered_messages = sa.Table(
    "buffered_messages",
    metadata,
    id_(),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("correlation_key", sa.Text, nullable=False),
    sa.Column("variables", sa.Text, nullable=False),
    sa.Column("published_by", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("published_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.Index("buffered_messages_name_idx", "name", "correlation_key", "published_at"),
)

deadlines = sa.Table(
    "deadlines",
    metadata,
    id_(),
    sa.Column(
        "instance_id", UUID, sa.ForeignKey("process_instances.id"), nullable=False
    ),
    sa.Column("task_id", UUID, sa.ForeignKey("user_tasks.id")),  # null: the case's
    sa.Column("process_key", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id"), nullable=False),
    *state_(DeadlineState),
    sa.Column("term", sa.Text, nullable=False),  # as the procedure says it
    sa.Column("norms", ARRAY(sa.Text), nullable=False, server_default="{}"),
    sa.Column("started_at", Moment, nullable=False),
    sa.Column("due_at", Moment, nullable=False),
    sa.Column("is_estimated", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("paused_at", Moment),
    sa.Column("met_at", Moment),  # set on a missed one too, when it is done late
    sa.Column("missed_at", Moment),
    sa.Index(
        "deadlines_instance_task_key",
        "instance_id",
        "task_id",
        unique=True,
        postgresql_nulls_not_distinct=True,
    ),
    sa.Index(
        "deadlines_open_idx",
        "office_id",
        "due_at",
        postgresql_where=sa.text("met_at IS NULL"),
    ),
)

incidents = sa.Table(
    "incidents",
    metadata,
    id_(),
    sa.Column(
        "instance_id",
        UUID,
        sa.ForeignKey("process_instances.id"),
        nullable=False,
        index=True,
    ),
    sa.Column("token", UUID, nullable=False),
    sa.Column("element_id", sa.Text, nullable=False),
    called_process_(),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("message", sa.Text, nullable=False),
    sa.Column("detail", JSONB, nullable=False, server_default="{}"),
    *state_(IncidentState),
    sa.Column("opened_at", Moment, nullable=False),
    sa.Column("resolved_at", Moment),
    sa.Column("resolved_by", UUID, sa.ForeignKey("users.id")),
    sa.Index(
        "incidents_token_key",
        "token",
        unique=True,
        postgresql_where=sa.text("state = 'open'"),
    ),
)

events = sa.Table(
    "events",
    metadata,
    sa.Column("instance_id", UUID, nullable=False),
    sa.Column("seq", sa.Integer, nullable=False),
    sa.Column("type", sa.Text, nullable=False),
    sa.Column("element_id", sa.Text),
    called_process_(),
    sa.Column("at", Moment, nullable=False),
    sa.Column("actor", sa.Text, nullable=False),
    # Erasing personal details clears these two; the commitment stays and verifies.
    sa.Column("detail", sa.Text),
    sa.Column("salt", BYTEA),
    sa.Column("commitment", BYTEA),  # null where there is no detail
    sa.Column("hash", BYTEA, nullable=False),
    sa.PrimaryKeyConstraint("instance_id", "seq", "at"),
    postgresql_partition_by="RANGE (at)",
)

idempotency_keys = sa.Table(
    "idempotency_keys",
    metadata,
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column("request_hash", BYTEA, nullable=False),
    sa.Column("status", sa.Integer, nullable=False),
    # Where the first answer can be made again from; never the answer itself.
    sa.Column("subject", JSONB, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
)

manual_clock = sa.Table(
    "manual_clock",
    metadata,
    sa.Column("only", sa.Boolean, primary_key=True, server_default=sa.true()),
    sa.Column("now", Moment, nullable=False),
    sa.CheckConstraint('"only"', name="one_row"),
)
