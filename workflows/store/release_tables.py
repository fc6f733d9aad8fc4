"""The tables of releases: versions of parts, and which of them belong together."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import BYTEA, JSONB, UUID

from workflows.store.columns import Moment, id_, metadata

releases = sa.Table(
    "releases",
    metadata,
    id_(),
    # The newest has the highest; of one moment may be two, where a clock stands still.
    sa.Column("number", sa.BigInteger, sa.Identity(always=True), nullable=False),
    sa.Column("released_at", Moment, nullable=False),
    sa.Column("released_by", UUID, sa.ForeignKey("users.id")),
)

definition_versions = sa.Table(
    "definition_versions",
    metadata,
    id_(),
    sa.Column("key", sa.Text, nullable=False),
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("content_hash", BYTEA, nullable=False),
    sa.Column("release_id", UUID, sa.ForeignKey("releases.id"), nullable=False),
    sa.Column("file", sa.Text, nullable=False),
    # The file, byte for byte; empty for a decision: its model, of one hash, has it.
    sa.Column("source", BYTEA, nullable=False),
    sa.Column("names", JSONB, nullable=False),
    # What was worked out at release: FEEL trees, elements, forms, configuration.
    sa.Column("compiled", JSONB, nullable=False),
    sa.Column("released_at", Moment, nullable=False),
    sa.Column("retired_at", Moment),
    sa.UniqueConstraint("kind", "key", "version"),
    sa.CheckConstraint(
        "kind IN ('process', 'form', 'procedure', 'model', 'decision')", name="kind"
    ),
)

release_parts = sa.Table(
    "release_parts",
    metadata,
    sa.Column("release_id", UUID, sa.ForeignKey("releases.id"), primary_key=True),
    sa.Column(
        "definition_version_id",
        UUID,
        sa.ForeignKey("definition_versions.id"),
        primary_key=True,
    ),
)

# What a release takes of earlier ones, and where each is from: the processes that it
# calls, the models that its own import, the decisions that its processes ask.
release_takes = sa.Table(
    "release_takes",
    metadata,
    sa.Column("release_id", UUID, sa.ForeignKey("releases.id"), primary_key=True),
    sa.Column("kind", sa.Text, primary_key=True),
    sa.Column("key", sa.Text, primary_key=True),
    sa.Column(
        "definition_version_id",
        UUID,
        sa.ForeignKey("definition_versions.id"),
        nullable=False,
    ),
    sa.Column("from_release_id", UUID, sa.ForeignKey("releases.id"), nullable=False),
    sa.CheckConstraint("kind IN ('process', 'model', 'decision')", name="kind"),
)
