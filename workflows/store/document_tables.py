"""Documents of cases: who added which file to what, and the content that it has."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

from workflows.store.columns import Moment, id_, metadata

# The bytes themselves are in the document store, under the same name.
document_contents = sa.Table(
    "document_contents",
    metadata,
    sa.Column("sha256", sa.Text, primary_key=True),  # 64 hexadecimal digits
    sa.Column("size", sa.BigInteger, nullable=False),  # bytes
    sa.Column("media_type", sa.Text, nullable=False),  # by content, never by name
    sa.Column("scan", sa.Text, nullable=False),
    sa.Column("threat", sa.Text),  # as the scanner calls it
    sa.Column("scanned_at", Moment),
    # When somebody last sent it: a content that nobody refers to is kept for a day.
    sa.Column("received_at", Moment, nullable=False),
    sa.Column("dropped_at", Moment),  # the bytes are gone
    sa.CheckConstraint("sha256 ~ '^[0-9a-f]{64}$'", name="sha256"),
    sa.CheckConstraint("scan IN ('unscanned', 'clean', 'infected')", name="scan"),
    sa.Index(
        "document_contents_received_idx",
        "received_at",
        postgresql_where=sa.text("dropped_at IS NULL"),
    ),
)

documents = sa.Table(
    "documents",
    metadata,
    id_(),
    sa.Column(
        "sha256",
        sa.Text,
        sa.ForeignKey("document_contents.sha256"),
        nullable=False,
        index=True,
    ),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column(
        "instance_id", UUID, sa.ForeignKey("process_instances.id"), nullable=False
    ),
    sa.Column("task_id", UUID, sa.ForeignKey("user_tasks.id")),  # null: the case's
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("field", sa.Text),  # the question that an answer belongs to
    sa.Column("uploaded_by", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("uploaded_at", Moment, nullable=False),
    sa.Column("deleted_at", Moment),
    sa.CheckConstraint("kind IN ('answer', 'attachment')", name="kind"),
    sa.CheckConstraint(
        "(kind = 'answer') = (field IS NOT NULL AND task_id IS NOT NULL)", name="field"
    ),
    sa.Index("documents_instance_idx", "instance_id", "uploaded_at"),
    sa.Index(
        "documents_task_idx", "task_id", postgresql_where=sa.text("task_id IS NOT NULL")
    ),
)
