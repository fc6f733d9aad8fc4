"""What people write while they work on a case: drafts, comments, mentions."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from workflows.store.columns import Moment, id_, metadata

drafts = sa.Table(
    "drafts",
    metadata,
    sa.Column("task_id", UUID, sa.ForeignKey("user_tasks.id"), primary_key=True),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    # As the browser sends them: {name: [values]}, never validated.
    sa.Column("fields", JSONB, nullable=False),
    sa.Column("saved_at", Moment, nullable=False),
    sa.Index("drafts_user_idx", "user_id"),
)

# Who sent which answers last: the same sent again is a repeat, not a conflict. Only a
# salted digest of them is kept, and only for some days.
sent_answers = sa.Table(
    "sent_answers",
    metadata,
    sa.Column("task_id", UUID, sa.ForeignKey("user_tasks.id"), primary_key=True),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("salt", BYTEA, nullable=False),
    sa.Column("digest", BYTEA, nullable=False),
    sa.Column("sent_at", Moment, nullable=False),
)

comments = sa.Table(
    "comments",
    metadata,
    id_(),
    sa.Column(
        "instance_id", UUID, sa.ForeignKey("process_instances.id"), nullable=False
    ),
    # The task on whose page it was written.
    sa.Column("task_id", UUID, sa.ForeignKey("user_tasks.id")),
    sa.Column("author_id", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("removed_at", Moment),
    # The event of the history, of the same moment, whose details hold the text.
    sa.Column("event_seq", sa.Integer, nullable=False),
    sa.Index("comments_instance_idx", "instance_id", "created_at"),
)

mentions = sa.Table(
    "mentions",
    metadata,
    sa.Column("comment_id", UUID, sa.ForeignKey("comments.id"), primary_key=True),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("seen_at", Moment),
    sa.Index("mentions_user_idx", "user_id", "created_at"),
    sa.Index(
        "mentions_unseen_idx", "user_id", postgresql_where=sa.text("seen_at IS NULL")
    ),
)
