"""The tables of offices and people: who works where, how they sign in, who stands in.

A secret is never kept as it is: passwords, tokens and recovery codes as hashes, the
secret of a second factor sealed with a key that the database does not know.
"""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY, BYTEA, JSONB, UUID

from workflows.model import Role
from workflows.store.columns import Moment, id_, metadata

offices = sa.Table(
    "offices",
    metadata,
    id_(),
    sa.Column("code", sa.Text, nullable=False, unique=True),  # BIN or region code
    sa.Column("kind", sa.Text, nullable=False),
    sa.Column("parent_id", UUID, sa.ForeignKey("offices.id"), index=True),
    # The ids from the root down to this office: what a supervisor of a region sees is
    # one array containment, not a recursion.
    sa.Column("path", ARRAY(UUID), nullable=False),
    sa.Column("names", JSONB, nullable=False),  # {"kk", "ru", "en"}
    sa.Column("region", sa.Text),
    sa.Column("opens_at", sa.Time, nullable=False, server_default="09:00"),
    sa.Column("closes_at", sa.Time, nullable=False, server_default="18:30"),
    sa.CheckConstraint(
        "kind IN ('ministry', 'region', 'district', 'school', 'operator')", name="kind"
    ),
    sa.CheckConstraint("opens_at < closes_at", name="hours"),
    sa.Index("offices_path_idx", "path", postgresql_using="gin"),
)

calendar_overrides = sa.Table(
    "calendar_overrides",
    metadata,
    id_(),
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id")),  # null: all, by decree
    sa.Column("day", sa.Date, nullable=False),
    sa.Column("is_working", sa.Boolean, nullable=False),
    sa.Column("source", sa.Text, nullable=False),
    sa.UniqueConstraint("office_id", "day", postgresql_nulls_not_distinct=True),
)

users = sa.Table(
    "users",
    metadata,
    id_(),
    sa.Column("login", sa.Text, nullable=False, unique=True),
    sa.Column("name", sa.Text, nullable=False),
    sa.Column("password_hash", sa.Text),  # null: a program, or signs in elsewhere
    # The password was set by an administrator: its owner chooses another one first.
    sa.Column(
        "must_change_password",
        sa.Boolean,
        nullable=False,
        server_default=sa.false(),
    ),
    # Until when one that an administrator gave opens anything; null: one's own.
    sa.Column("first_password_until", Moment),
    sa.Column("locale", sa.Text, nullable=False, server_default="kk"),
    sa.Column("is_demo", sa.Boolean, nullable=False, server_default=sa.false()),
    sa.Column("disabled_at", Moment),
    sa.Column("failed_sign_ins", sa.Integer, nullable=False, server_default="0"),
    sa.Column("locked_until", Moment),
    sa.Column("created_at", Moment, nullable=False),
)

memberships = sa.Table(
    "memberships",
    metadata,
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("office_id", UUID, sa.ForeignKey("offices.id"), primary_key=True),
    sa.Column("role", sa.Text, primary_key=True),
    # Those of the provider are replaced at each sign-in, ours stay.
    sa.Column("source", sa.Text, nullable=False, server_default="local"),
    sa.CheckConstraint(
        "role IN ({})".format(", ".join(f"'{role}'" for role in Role)), name="role"
    ),
    sa.CheckConstraint("source IN ('local', 'openid')", name="source"),
    sa.Index("memberships_office_idx", "office_id"),
)

# Who somebody is elsewhere: never by an address or a login, which pass to others.
identities = sa.Table(
    "identities",
    metadata,
    sa.Column("issuer", sa.Text, primary_key=True),
    sa.Column("subject", sa.Text, primary_key=True),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("created_at", Moment, nullable=False),
)

second_factors = sa.Table(
    "second_factors",
    metadata,
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("sealed_secret", sa.Text, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("confirmed_at", Moment),  # null: not asked for yet
    # The step of time of the last code that was taken: each works once.
    sa.Column("last_step", sa.BigInteger),
)

recovery_codes = sa.Table(
    "recovery_codes",
    metadata,
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), primary_key=True),
    sa.Column("code_hash", BYTEA, primary_key=True),
    sa.Column("used_at", Moment),
)

sessions = sa.Table(
    "sessions",
    metadata,
    sa.Column("token_hash", BYTEA, primary_key=True),
    # How pages name it; it opens nothing.
    sa.Column(
        "id",
        UUID,
        nullable=False,
        unique=True,
        server_default=sa.text("gen_random_uuid()"),
    ),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("csrf_token", sa.Text, nullable=False),
    sa.Column("how", sa.Text, nullable=False, server_default="password"),
    sa.Column("browser", sa.Text, nullable=False, server_default=""),  # User-Agent
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("last_seen_at", Moment, nullable=False),
    sa.Column("expires_at", Moment, nullable=False),
    sa.CheckConstraint(
        "how IN ('password', 'second_factor', 'openid', 'demo')", name="how"
    ),
)

api_tokens = sa.Table(
    "api_tokens",
    metadata,
    id_(),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False, index=True),
    sa.Column("token_hash", BYTEA, nullable=False, unique=True),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("expires_at", Moment),
    sa.Column("revoked_at", Moment),
    sa.Column("label", sa.Text, nullable=False, server_default=""),  # what it is for
    # Its first letters, by which its owner knows it again.
    sa.Column("hint", sa.Text, nullable=False, server_default=""),
    sa.Column("created_by", UUID, sa.ForeignKey("users.id")),  # null: a command
    sa.Column("revoked_by", UUID, sa.ForeignKey("users.id")),
    sa.Column("last_used_at", Moment),  # to the hour: not a write for each request
)

substitutions = sa.Table(
    "substitutions",
    metadata,
    id_(),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False),  # absent
    sa.Column("substitute_id", UUID, sa.ForeignKey("users.id"), nullable=False),
    # Days in Asia/Almaty, both included.
    sa.Column("from_on", sa.Date, nullable=False),
    sa.Column("to_on", sa.Date, nullable=False),
    sa.Column("created_at", Moment, nullable=False),
    sa.Column("created_by", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("ended_at", Moment),  # before its time
    sa.Column("ended_by", UUID, sa.ForeignKey("users.id")),
    sa.CheckConstraint("from_on <= to_on", name="days"),
    sa.CheckConstraint("user_id <> substitute_id", name="people"),
    sa.Index("substitutions_user_idx", "user_id", "to_on"),
    sa.Index(
        "substitutions_substitute_idx",
        "substitute_id",
        "to_on",
        postgresql_where=sa.text("ended_at IS NULL"),
    ),
)

# What was done to a person's account, append-only.
people_changes = sa.Table(
    "people_changes",
    metadata,
    id_(),
    sa.Column("seq", sa.BigInteger, sa.Identity(), nullable=False),
    sa.Column("user_id", UUID, sa.ForeignKey("users.id"), nullable=False),
    sa.Column("by_id", UUID, sa.ForeignKey("users.id")),  # null: a command, a provider
    sa.Column("at", Moment, nullable=False),
    sa.Column("what", sa.Text, nullable=False),
    sa.Column("detail", JSONB, nullable=False, server_default="{}"),
    sa.Index("people_changes_user_idx", "user_id", "seq"),
)
