"""The first tables, and PgQueuer's own."""

from pathlib import Path

import sqlalchemy as sa
from alembic import op
from pgqueuer.adapters.persistence.qb import QueryBuilderEnvironment
from pgqueuer.domain.settings import DBSettings, Durability

revision = "0001_house"
down_revision = None


def upgrade() -> None:
    run = op.get_bind().exec_driver_sql
    run(Path(__file__).with_suffix(".sql").read_text("utf-8"))
    # Balanced: the queue is written ahead, its own log is not; ours is `events`.
    settings = DBSettings(durability=Durability.balanced)
    run(QueryBuilderEnvironment(settings).build_install_query(create_schema=False))


def downgrade() -> None:
    raise sa.exc.InvalidRequestError("the first tables are not taken away")
