"""Statements that run at every step: made by SQLAlchemy once, run by psycopg itself.

SQLAlchemy takes longer to run a statement than PostgreSQL does. What it made of it once
is always the same text, so that psycopg prepares it and PostgreSQL plans it once.
"""

import enum
import uuid
from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property
from typing import Any

import psycopg
import sqlalchemy as sa
from psycopg.rows import namedtuple_row
from sqlalchemy.dialects.postgresql.psycopg import dialect

DIALECT = dialect()  # type: ignore[no-untyped-call]  # untyped in SQLAlchemy


def driver_of(tx: sa.Connection) -> psycopg.Connection[Any]:
    """The driver's connection of an open transaction."""
    found = tx.connection.driver_connection
    if not isinstance(found, psycopg.Connection):
        raise TypeError(f"not a psycopg connection: {type(found)}")
    return found


def constant(value: enum.StrEnum) -> sa.ColumnElement[str]:
    """A state as part of the text: only so does a prepared statement's plan use the
    partial indexes, which are made for one state."""
    return sa.literal_column(f"'{value}'")


def array_of(ids: Iterable[uuid.UUID]) -> str:
    """An array of ids as PostgreSQL reads it; psycopg looks at each value of a list."""
    return f"{{{','.join(map(str, ids))}}}"


class Ids(sa.types.UserDefinedType[str]):
    """The type of what `array_of` writes, for a statement that SQLAlchemy runs.

    Said by a cast of a text, an array is read again for each row.
    """

    cache_ok = True
    render_bind_cast = True

    def get_col_spec(self, **_: Any) -> str:
        return "uuid[]"


class Prepared:
    """A statement with its parameters by name, and nothing in it that changes.

    `columns` names those of an INSERT. Values are passed as psycopg takes them: JSON
    as text, an enum as its text, ids by `array_of`.
    """

    def __init__(
        self,
        statement: sa.Insert | sa.Update | sa.Delete | sa.Select[Any],
        *columns: str,
    ) -> None:
        self._statement = statement
        self._columns = list(columns) or None

    @cached_property
    def text(self) -> bytes:
        """What PostgreSQL is sent, with parameters as psycopg names them."""
        compiled = self._statement.compile(dialect=DIALECT, column_keys=self._columns)
        for name, value in compiled.params.items():
            if value is not None and name not in (self._columns or ()):
                raise ValueError(f"{name}={value!r} would be lost: write a constant()")
        return str(compiled).encode()

    def run(
        self, tx: sa.Connection, parameters: Mapping[str, Any]
    ) -> psycopg.Cursor[Any]:
        """Run it; rows are named tuples. Errors are psycopg's."""
        cursor = driver_of(tx).cursor(row_factory=namedtuple_row)
        return cursor.execute(self.text, parameters)

    def run_each(
        self, tx: sa.Connection, parameters: Sequence[Mapping[str, Any]]
    ) -> None:
        """Run it for each set of parameters, sent together."""
        if len(parameters) == 1:
            self.run(tx, parameters[0])
        elif parameters:
            driver_of(tx).cursor().executemany(self.text, parameters)
