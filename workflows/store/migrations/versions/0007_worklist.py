"""What the worklist is searched, filtered and handed out by."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0007_worklist"
down_revision = "0006_people"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("filters that people saved are not taken away")
