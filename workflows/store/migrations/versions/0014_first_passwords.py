"""First passwords run out; those that were given before run out, too."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0014_first_passwords"
down_revision = "0013_queue"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("first passwords that ran out would work again")
