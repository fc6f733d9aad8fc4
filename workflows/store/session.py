"""Transactions: one use case is one of them, opened by the caller of the use case."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import psycopg
import sqlalchemy as sa
from psycopg.errors import (
    DeadlockDetected,
    IdleInTransactionSessionTimeout,
    InsufficientPrivilege,
    LockNotAvailable,
    ReadOnlySqlTransaction,
    UndefinedTable,
)
from sqlalchemy.exc import DBAPIError, OperationalError, ProgrammingError

from workflows.model import Busy, DatabaseUnavailable, RasimError
from workflows.store.prepared import driver_of

CONNECT_TIMEOUT_SECONDS = 5
STATEMENT_TIMEOUT_MS = 30_000
# How long one waits for others at the same row; then it is told, not waited out.
LOCK_TIMEOUT_MS = 10_000
OPERATOR_INTERVENTION = "57P"  # SQLSTATE of a server that is being stopped
WAITED_IN_VAIN = (LockNotAvailable, DeadlockDetected)
# A server that is to be another's standby now, or gave up on us; the driver calls these
# faults of its own, and the last one those of a connection that is no more.
NOT_NOW = (
    ReadOnlySqlTransaction,
    IdleInTransactionSessionTimeout,
    psycopg.InterfaceError,
)


class SchemaMissing(RasimError):
    """The database has no tables of Rásim, or older ones. Run: rasim db upgrade"""


class RightsMissing(RasimError):
    """The service's account of the database may not do this. If the program was brought
    up to date, run with RASIM_DATABASE_OWNER_URL: rasim db upgrade"""


MENDED_BY_UPGRADE: Mapping[type, type[RasimError]] = {
    UndefinedTable: SchemaMissing,
    InsufficientPrivilege: RightsMissing,
}


def driver_url(url: str) -> sa.URL:
    """Any PostgreSQL URL, said for psycopg 3."""
    return sa.make_url(url).set(drivername="postgresql+psycopg")


class Store:
    """The database of one process: a pool of connections and nothing else."""

    def __init__(self, url: str, *, pool_size: int = 8) -> None:
        self.engine = sa.create_engine(
            driver_url(url),
            pool_size=pool_size,
            max_overflow=2,
            hide_parameters=True,  # an error must not tell a log whom it is about
            pool_timeout=CONNECT_TIMEOUT_SECONDS,
            connect_args={
                "connect_timeout": CONNECT_TIMEOUT_SECONDS,
                # Statements are short: compiling one takes longer than running it.
                "options": f"-c jit=off -c statement_timeout={STATEMENT_TIMEOUT_MS}"
                f" -c lock_timeout={LOCK_TIMEOUT_MS} -c timezone=UTC",
            },
        )

    @contextmanager
    def transaction(self) -> Iterator[sa.Connection]:
        """Commit on leaving, roll back on an error. Raises DatabaseUnavailable."""
        with _told_when_gone(self.engine), self.engine.begin() as connection:
            yield connection

    @contextmanager
    def statement(self) -> Iterator[sa.Connection]:
        """For a single statement that is a transaction of its own; errors as above."""
        with _told_when_gone(self.engine), self.engine.connect() as connection:
            # Told to the driver: SQLAlchemy's own way takes longer than the statement.
            driver = driver_of(connection)
            driver.autocommit = True
            try:
                yield connection
            finally:
                if not driver.closed:
                    driver.autocommit = False

    def close(self) -> None:
        self.engine.dispose()


@contextmanager
def _told_when_gone(engine: sa.Engine) -> Iterator[None]:
    """DatabaseUnavailable, however the driver says that it cannot be used just now."""
    try:
        yield
    except (OperationalError, psycopg.OperationalError) as error:
        # The second is the driver's own: jobs are enqueued past SQLAlchemy.
        if isinstance(getattr(error, "orig", error), WAITED_IN_VAIN):
            raise Busy from error
        if isinstance(error, psycopg.OperationalError) and _is_gone(error):
            # What the driver alone was told, SQLAlchemy does not know: every other
            # connection that waits in the pool is dead too, and would fail somebody.
            engine.dispose()
        raise DatabaseUnavailable from error
    except sa.exc.TimeoutError as error:  # every connection is busy
        raise DatabaseUnavailable from error
    except (ProgrammingError, psycopg.ProgrammingError) as error:
        # The second is the driver's own, as above.
        known = MENDED_BY_UPGRADE.get(type(getattr(error, "orig", error)))
        if known is None:
            raise
        raise known from error
    except DBAPIError as error:
        if error.connection_invalidated or isinstance(error.orig, NOT_NOW):
            raise DatabaseUnavailable from error
        raise
    except NOT_NOW as error:
        raise DatabaseUnavailable from error


def _is_gone(error: psycopg.OperationalError) -> bool:
    """The server shuts down, or is no longer there to say so."""
    return error.sqlstate is None or error.sqlstate.startswith(OPERATOR_INTERVENTION)
