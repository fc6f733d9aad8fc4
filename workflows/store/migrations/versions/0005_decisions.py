"""Decision models and decisions as parts of releases."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0005_decisions"
down_revision = "0004_due_work_of_a_case"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("decisions of cases are not taken away")
