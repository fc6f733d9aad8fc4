"""Documents of cases."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0009_documents"
down_revision = "0008_case_work"


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("documents are not taken away")
