"""Who may not do a task is kept on its row: no list asks any more what is over."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0011_barred"
down_revision = "0010_programs"

IS_OPEN = "WHERE state IN ('created', 'claimed')"
DUE_AT = "coalesce(sort_at, '9999-01-01 00:00:00+00'::timestamptz)"
ASKED = (
    "state, assignee_id, candidate_groups, candidate_users, barred_ids, deadline_at,"
    " sort_at"
)
STEP = "process_key, element_id"
INDEXES = {
    "office": f"(office_id, {DUE_AT}, id) INCLUDE ({STEP}, {ASKED}) {IS_OPEN}",
    "due": f"({DUE_AT}, id) INCLUDE (office_id, {STEP}, {ASKED}) {IS_OPEN}",
    "step": f"({STEP}, {DUE_AT}, id) INCLUDE (office_id, {ASKED}) {IS_OPEN}",
}


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    with op.get_context().autocommit_block():
        for name, said in INDEXES.items():
            index = f"user_tasks_open_{name}_idx"
            if _is_half_built(index):
                op.execute(f"DROP INDEX CONCURRENTLY {index}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON user_tasks {said}"
            )
            op.execute(f"DROP INDEX CONCURRENTLY IF EXISTS user_tasks_{name}_idx")


def _is_half_built(index: str) -> bool:
    """Whether a build that failed has left something that no statement uses."""
    found = op.get_bind().scalar(
        sa.text(
            "SELECT NOT indisvalid FROM pg_index JOIN pg_class ON oid = indexrelid"
            " WHERE relname = :index"
        ),
        {"index": index},
    )
    return bool(found)


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("who may not do a task is not forgotten")
