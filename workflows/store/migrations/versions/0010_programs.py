"""Programs: tokens that end and say whose they are, webhooks and what they send."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0010_programs"
down_revision = "0009_documents"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("tokens and webhooks are not taken away")
