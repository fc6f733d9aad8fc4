"""What PostgreSQL counts: statements while they run, and what stays on the disk."""

import re
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import Any, LiteralString

import psycopg
from psycopg import sql

from server.postgres.embedded import SUPERUSER, EmbeddedPostgres, url_in

STATEMENT = re.compile(
    r"LOG:  (?:execute [^:]*|statement): \s*(?:--[^\n]*\n\s*)*(\w+)", re.MULTILINE
)
# PostgreSQL counts a partition by itself; what they are parts of is what is meant.
SIZES = """
    SELECT coalesce(p.relname, c.relname), sum(pg_total_relation_size(c.oid))
    FROM pg_class c
    LEFT JOIN pg_inherits i ON i.inhrelid = c.oid
    LEFT JOIN pg_class p ON p.oid = i.inhparent
    WHERE c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace
    GROUP BY 1
"""


@dataclass
class Statements:
    """Every statement of every client in a stretch of time, by its first word."""

    by_verb: Counter[str] = field(default_factory=Counter)

    @property
    def total(self) -> int:
        return self.by_verb.total()


class StatementLog:
    """Has the server write every statement to its log while the block lasts."""

    def __init__(self, server: EmbeddedPostgres) -> None:
        self._place = server.place
        self.statements = Statements()

    def __enter__(self) -> Statements:
        self._began = self._place.log.stat().st_size
        self._tell("ALTER SYSTEM SET log_statement = 'all'")
        return self.statements

    def __exit__(self, *_: object) -> None:
        self._tell("ALTER SYSTEM RESET log_statement")
        with self._place.log.open("rb") as log:
            log.seek(self._began)
            text = log.read().decode(errors="replace")
        self.statements.by_verb.update(verb.upper() for verb in STATEMENT.findall(text))

    def _tell(self, order: LiteralString) -> None:
        url = url_in(self._place, SUPERUSER, SUPERUSER)
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute(sql.SQL(order))
            connection.execute("SELECT pg_reload_conf()")
        time.sleep(0.2)  # each session reads the file before its next statement


def sizes(connection: psycopg.Connection[Any]) -> dict[str, int]:
    """Bytes of each table with its indexes, after what is dead was swept away."""
    connection.execute("VACUUM")
    return {name: int(size) for name, size in connection.execute(SIZES).fetchall()}


def commits(connection: psycopg.Connection[Any]) -> int:
    return number(
        connection,
        "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()",
    )


def number(connection: psycopg.Connection[Any], query: LiteralString) -> int:
    row = connection.execute(query).fetchone()
    return int((row or (0,))[0])
