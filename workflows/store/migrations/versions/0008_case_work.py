"""Drafts and comments."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0008_case_work"
down_revision = "0007_worklist"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("drafts and comments are not taken away")
