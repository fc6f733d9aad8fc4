"""People who sign in otherwise, their sessions, and who stands in for whom."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0006_people"
down_revision = "0005_decisions"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("what people were given is not taken away")
