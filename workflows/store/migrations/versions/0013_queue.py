"""Who works, what is paused, whom nobody reaches; how often a worker died of what."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0013_queue"
down_revision = "0012_smaller"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("what is paused would run again unasked")
