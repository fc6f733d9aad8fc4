"""Called processes: which drawing an element is of, and what a release may call."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0002_called_processes"
down_revision = "0001_house"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("what cases have written is not taken away")
