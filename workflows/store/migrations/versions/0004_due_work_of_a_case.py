"""The waiting due work of one case: it is canceled when the case ends."""

import sqlalchemy as sa
from alembic import op

revision = "0004_due_work_of_a_case"
down_revision = "0003_starts_and_signals"


def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.create_index(
            "due_work_instance_idx",
            "due_work",
            ["instance_id"],
            postgresql_where=sa.text("state = 'waiting'"),
            postgresql_concurrently=True,
            if_not_exists=True,
        )


def downgrade() -> None:
    with op.get_context().autocommit_block():
        op.drop_index(
            "due_work_instance_idx", postgresql_concurrently=True, if_exists=True
        )
