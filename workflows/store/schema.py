"""The schema's version: bring it up to date, or say what is missing."""

from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from workflows.store.session import Store

# Two services that start at once must not migrate at once.
ADVISORY_LOCK = 0x7261736D
MONTHS_AHEAD = 3


def _config() -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    return config


def upgrade(store: Store, now: datetime) -> None:
    """Run every migration that is missing; safe to call by many at once."""
    with store.engine.connect() as guard:
        # Another one may be at it: a migration takes as long as it takes.
        guard.exec_driver_sql("SET lock_timeout = 0")
        guard.exec_driver_sql("SET statement_timeout = 0")
        guard.execute(sa.select(sa.func.pg_advisory_lock(ADVISORY_LOCK)))
        guard.commit()
        try:
            with store.engine.connect() as connection:
                connection.exec_driver_sql("SET lock_timeout = '5s'")
                connection.exec_driver_sql("SET statement_timeout = '120s'")
                connection.commit()
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
                connection.exec_driver_sql("RESET lock_timeout")
                connection.exec_driver_sql("RESET statement_timeout")
        finally:
            guard.execute(sa.select(sa.func.pg_advisory_unlock(ADVISORY_LOCK)))
            guard.exec_driver_sql("RESET lock_timeout")
            guard.exec_driver_sql("RESET statement_timeout")
            guard.commit()
    with store.transaction() as tx:
        make_partitions(tx, now)


def versions(tx: sa.Connection) -> tuple[str | None, str | None]:
    """(the database's version, the newest one); equal when nothing is missing."""
    # Alembic's own way writes two lines into the log each time that it is asked.
    named = tx.scalar(sa.select(sa.func.to_regclass("alembic_version")))
    asked = sa.text("SELECT version_num FROM alembic_version")
    return tx.scalar(asked) if named else None, _newest()


@cache
def releases() -> frozenset[str]:
    """Every version that this code can bring up to date, the newest with them."""
    script = ScriptDirectory.from_config(_config())
    return frozenset(each.revision for each in script.walk_revisions())


@cache
def _newest() -> str | None:
    return ScriptDirectory.from_config(_config()).get_current_head()


def make_partitions(tx: sa.Connection, now: datetime) -> None:
    """One partition of `events` a month, this month and the next ones.

    A month whose events already lie in the default partition (the clock was moved far
    ahead) stays there.
    """
    for ahead in range(MONTHS_AHEAD + 1):
        first, after = _month(now, ahead), _month(now, ahead + 1)
        name = f"events_{first:%Y_%m}"
        if tx.scalar(sa.select(sa.func.to_regclass(name))) is not None:
            continue
        taken = tx.scalar(
            sa.text(
                "SELECT EXISTS (SELECT FROM events_rest WHERE at >= :first"
                " AND at < :after)"
            ),
            {"first": first, "after": after},
        )
        if not taken:
            # Names and dates are made above, from a date; nothing comes from outside.
            tx.exec_driver_sql(
                f"CREATE TABLE {name} PARTITION OF events"
                f" FOR VALUES FROM ('{first:%Y-%m-%d}') TO ('{after:%Y-%m-%d}')"
            )


def _month(now: datetime, ahead: int) -> date:
    months = now.year * 12 + now.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
