"""The schema's version: bring it up to date, or say what is missing."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from functools import cache
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from workflows.model import RasimError
from workflows.store import rights
from workflows.store.session import Store

# Two services that start at once must not migrate at once.
ADVISORY_LOCK = 0x7261736D
MONTHS_AHEAD = 3
OWNER = sa.text(
    """
    SELECT rolname AS owner, current_user AS asking,
        pg_has_role(relowner, 'MEMBER') AS may
    FROM pg_class JOIN pg_roles ON pg_roles.oid = relowner
    WHERE pg_class.oid = to_regclass('alembic_version')
    """
)
PARTITIONS = sa.text("SELECT make_partition(month) FROM unnest(:months) AS month")


class NotTheOwner(RasimError):
    """A migration is missing, and the tables are those of {owner}, not of {role}. Name
    the URL of {owner} in RASIM_DATABASE_OWNER_URL, and run: rasim db upgrade"""


def _config() -> Config:
    config = Config()
    config.set_main_option(
        "script_location", str(Path(__file__).parent / "migrations").replace("%", "%%")
    )
    return config


def upgrade(store: Store, now: datetime, service: str | None = None) -> None:
    """Run every migration that is missing; safe to call by many at once.

    The role `service` gets its rights; see `rights`. Who does not own the tables runs
    nothing: raises NotTheOwner if a migration is missing.
    """
    with _alone(store), store.engine.connect() as connection:
        try:
            connection.exec_driver_sql("SET lock_timeout = '5s'")
            connection.exec_driver_sql("SET statement_timeout = '120s'")
            may = _act_as_owner(connection)
            connection.commit()
            if may:
                config = _config()
                config.attributes["connection"] = connection
                command.upgrade(config, "head")
                connection.commit()
            make_partitions(connection, now)
            if may and service is not None:
                rights.give(connection, service)
            connection.commit()
        finally:
            connection.invalidate()  # who comes next must not have its settings


@contextmanager
def _alone(store: Store) -> Iterator[None]:
    with store.engine.connect() as guard:
        # Another one may be at it: a migration takes as long as it takes.
        guard.exec_driver_sql("SET lock_timeout = 0")
        guard.exec_driver_sql("SET statement_timeout = 0")
        guard.execute(sa.select(sa.func.pg_advisory_lock(ADVISORY_LOCK)))
        guard.commit()
        try:
            yield
        finally:
            guard.execute(sa.select(sa.func.pg_advisory_unlock(ADVISORY_LOCK)))
            guard.exec_driver_sql("RESET lock_timeout")
            guard.exec_driver_sql("RESET statement_timeout")
            guard.commit()


def _act_as_owner(tx: sa.Connection) -> bool:
    """Whoever may act as the owner of the tables does, or what a superuser makes in a
    restore would be closed to the owner. False: we may not, and nothing is missing."""
    found = tx.execute(OWNER).first()
    if found is None or found.owner == found.asking:
        return True
    if found.may:
        tx.execute(sa.select(sa.func.set_config("role", found.owner, False)))
        return True
    there, wanted = versions(tx)
    if there != wanted:
        raise NotTheOwner(role=found.asking, owner=found.owner)
    return False


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
    months = [_month(now, ahead) for ahead in range(MONTHS_AHEAD + 1)]
    tx.execute(PARTITIONS, {"months": months})


def _month(now: datetime, ahead: int) -> date:
    months = now.year * 12 + now.month - 1 + ahead
    return date(months // 12, months % 12 + 1, 1)
