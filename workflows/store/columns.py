"""What all tables share: how constraints are called, and columns that recur."""

import enum

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import UUID

metadata = sa.MetaData(
    naming_convention={
        "pk": "%(table_name)s_pkey",
        "fk": "%(table_name)s_%(column_0_name)s_fkey",
        "uq": "%(table_name)s_%(column_0_N_name)s_key",
        "ix": "%(table_name)s_%(column_0_N_name)s_idx",
        "ck": "%(table_name)s_%(constraint_name)s_check",
    }
)

Moment = sa.DateTime(timezone=True)


def id_() -> sa.Column[object]:
    return sa.Column(
        "id", UUID, primary_key=True, server_default=sa.text("gen_random_uuid()")
    )


def called_process_() -> sa.Column[str | None]:
    """The key of the called process whose drawing has the element; null: the case's."""
    return sa.Column("called_process", sa.Text)


def state_(states: type[enum.StrEnum]) -> tuple[sa.Column[str], sa.CheckConstraint]:
    allowed = ", ".join(f"'{state}'" for state in states)
    return (
        sa.Column("state", sa.Text, nullable=False),
        sa.CheckConstraint(f"state IN ({allowed})", name="state"),
    )
