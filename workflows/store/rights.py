"""What the service's account of the database may do: read and add rows, change or
delete those that may change; never alter a table, never rewrite what has happened.

The owner's account makes and alters the tables, and gives these rights.
"""

from collections.abc import Iterator, Mapping

import sqlalchemy as sa
from psycopg import sql

from workflows.model import RasimError
from workflows.store.prepared import driver_of

READ = frozenset({"SELECT"})
ADD = READ | {"INSERT"}
CHANGE = ADD | {"UPDATE"}
DELETE = CHANGE | {"DELETE"}
# What was added stays as it is: the histories of cases, who changed what of people and
# of the queue, and what was released. Partitions have no rights of their own.
ADDED = (
    "definition_versions",
    "events",
    "identities",
    "people_changes",
    "queue_changes",
    "release_parts",
    "release_takes",
    "releases",
)
CHANGED = (
    "api_tokens",
    "calendar_overrides",
    "comments",
    "deadlines",
    "document_contents",
    "documents",
    "incidents",
    "jobs",
    "manual_clock",
    "offices",
    "outside_systems",
    "process_instances",
    "start_subscriptions",
    "substitutions",
    "user_tasks",
    "users",
    "webhooks",
)
DELETED = (
    "buffered_messages",
    "drafts",
    "due_work",
    "idempotency_keys",
    "job_counts",
    "memberships",
    "mentions",
    "message_subscriptions",
    "paused_job_types",
    "pgqueuer",
    "pgqueuer_log",
    "pgqueuer_schedules",
    "pgqueuer_statistics",
    "recovery_codes",
    "saved_filters",
    "second_factors",
    "sent_answers",
    "sessions",
    "signal_deliveries",
    "signal_subscriptions",
    "signals",
    "webhook_deliveries",
    "workers",
)
RIGHTS: Mapping[str, frozenset[str]] = {
    "alembic_version": READ,
    **dict.fromkeys(ADDED, ADD),
    **dict.fromkeys(CHANGED, CHANGE),
    **dict.fromkeys(DELETED, DELETE),
}
# What they do is done with the owner's rights; see migration 0015.
FUNCTIONS = ("make_partition(date)", "erase_comment(uuid, integer, timestamptz)")

KNOWN = sa.text("SELECT FROM pg_roles WHERE rolname = :role")
# Everything of ours that has rows or counts, with what the role was given of it.
GIVEN = sa.text(
    """
    SELECT relname AS name, relkind = 'S' AS is_sequence,
        array_remove(array_agg(privilege_type), NULL) AS rights
    FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace
    LEFT JOIN LATERAL aclexplode(relacl)
        ON grantee = (SELECT oid FROM pg_roles WHERE rolname = :role)
    WHERE nspname = current_schema() AND relkind IN ('r', 'p', 'v', 'm', 'f', 'S')
        AND pg_has_role(relowner, 'USAGE')
    GROUP BY relname, relkind
    """
)
AROUND = sa.text(
    """
    SELECT nspname AS schema, datname AS database,
        has_schema_privilege(:role, pg_namespace.oid, 'USAGE') AS may_use,
        has_schema_privilege(:role, pg_namespace.oid, 'CREATE') AS may_create,
        pg_has_role(nspowner, 'USAGE') AS is_our_schema,
        has_database_privilege(:role, pg_database.oid, 'TEMPORARY') AS may_pass_by,
        pg_has_role(datdba, 'USAGE') AS is_our_database
    FROM pg_namespace, pg_database
    WHERE nspname = current_schema() AND datname = current_database()
    """
)
MIGHTY = sa.text(
    """
    SELECT current_user FROM pg_class
    WHERE oid = to_regclass('events') AND (
        pg_has_role(relowner, 'MEMBER')
        OR has_table_privilege(oid, 'UPDATE, DELETE, TRUNCATE')
        OR has_any_column_privilege(oid, 'UPDATE')
        OR has_schema_privilege(relnamespace, 'CREATE'))
    """
)


class NoSuchRole(RasimError):
    """The database server has no role {role}. Let an administrator of it run: CREATE
    ROLE {role} LOGIN PASSWORD '...'."""


def mighty(tx: sa.Connection) -> str | None:
    """Who asks, if they may alter tables or rewrite what has happened."""
    found: str | None = tx.scalar(MIGHTY)
    return found


def give(tx: sa.Connection, role: str) -> None:
    """Give the role what the service needs of our tables, and take all else of them.

    `tx` is the owner's. Repeated, it changes nothing. Raises NoSuchRole.
    """
    if tx.execute(KNOWN, {"role": role}).first() is None:
        raise NoSuchRole(role=role)
    link = driver_of(tx)
    for statement in (*_around(tx, role), *_of_tables(tx, role), *_of_functions(role)):
        link.execute(statement)


def _around(tx: sa.Connection, role: str) -> Iterator[sql.Composed]:
    found = tx.execute(AROUND, {"role": role}).one()
    schema, database = sql.Identifier(found.schema), sql.Identifier(found.database)
    if not found.may_use:
        give = sql.SQL("GRANT USAGE ON SCHEMA {} TO {}")
        yield give.format(schema, sql.Identifier(role))
    # As servers before PostgreSQL 15 gave it to all, and some still do.
    if found.may_create and found.is_our_schema:
        yield sql.SQL("REVOKE CREATE ON SCHEMA {} FROM PUBLIC").format(schema)
    if found.may_pass_by and found.is_our_database:
        yield sql.SQL("REVOKE TEMPORARY ON DATABASE {} FROM PUBLIC").format(database)


def _of_tables(tx: sa.Connection, role: str) -> Iterator[sql.Composed]:
    to = sql.Identifier(role)
    for row in tx.execute(GIVEN, {"role": role}):
        kind = sql.SQL("SEQUENCE" if row.is_sequence else "TABLE")
        wanted = (
            frozenset({"USAGE"})
            if row.is_sequence
            else RIGHTS.get(row.name, frozenset())
        )
        if wanted == frozenset(row.rights):
            continue
        name = sql.Identifier(row.name)
        yield sql.SQL("REVOKE ALL ON {} {} FROM {}").format(kind, name, to)
        if wanted:
            rights = sql.SQL(", ").join(map(sql.SQL, sorted(wanted)))
            yield sql.SQL("GRANT {} ON {} {} TO {}").format(rights, kind, name, to)


def _of_functions(role: str) -> Iterator[sql.Composed]:
    """A restore without privileges lets everybody run them again."""
    for each in map(sql.SQL, FUNCTIONS):
        yield sql.SQL("REVOKE ALL ON FUNCTION {} FROM PUBLIC").format(each)
        give = sql.SQL("GRANT EXECUTE ON FUNCTION {} TO {}")
        yield give.format(each, sql.Identifier(role))
