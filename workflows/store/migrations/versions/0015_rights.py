"""What needs the owner's rights at run time, for an account that has none of them."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0015_rights"
down_revision = "0014_first_passwords"


def upgrade() -> None:
    # Its signs of percent are its own.
    op.get_bind().exec_driver_sql(
        Path(__file__).with_suffix(".sql").read_text("utf-8"),
        execution_options={"no_parameters": True},
    )


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("a service without the owner's rights would stop")
