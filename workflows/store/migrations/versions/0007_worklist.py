"""What the worklist is searched, filtered and handed out by."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007_worklist"
down_revision = "0006_people"

IS_OPEN = "WHERE state IN ('created', 'claimed')"
DUE_AT = "coalesce(sort_at, '9999-01-01 00:00:00+00'::timestamptz)"
ASKED = (
    "called_process, state, assignee_id, candidate_groups, candidate_users, not_by,"
    " deadline_at, sort_at"
)
STEP = "process_key, element_id"
INDEXES = {
    "office": f"(office_id, {DUE_AT}, id) INCLUDE (instance_id, {STEP}, {ASKED})"
    f" {IS_OPEN}",
    "due": f"({DUE_AT}, id) INCLUDE (office_id, instance_id, {STEP}, {ASKED})"
    f" {IS_OPEN}",
    "step": f"({STEP}, {DUE_AT}, id) INCLUDE (office_id, instance_id, {ASKED})"
    f" {IS_OPEN}",
    "priority": f"(priority DESC, {DUE_AT}, id) {IS_OPEN}",
    "created": f"(created_at, id) {IS_OPEN}",
    "search": "USING gin (search) WITH (fastupdate=off) WHERE search IS NOT NULL",
    "closed": "(office_id, ended_at, id) INCLUDE (state)"
    " WHERE state IN ('completed', 'canceled')",
}


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    with op.get_context().autocommit_block():
        for name, said in INDEXES.items():
            index = f"user_tasks_{name}_idx"
            if _is_half_built(index):
                op.execute(f"DROP INDEX CONCURRENTLY {index}")
            op.execute(
                f"CREATE INDEX CONCURRENTLY IF NOT EXISTS {index} ON user_tasks {said}"
            )
        # The office's index took its place.
        op.execute("DROP INDEX CONCURRENTLY IF EXISTS user_tasks_worklist_idx")


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
    raise sa.exc.InvalidRequestError("filters that people saved are not taken away")
