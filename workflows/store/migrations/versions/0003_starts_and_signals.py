"""Signals, start events that listen, and due work that waits for help."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0003_starts_and_signals"
down_revision = "0002_called_processes"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("what cases wait for is not taken away")
