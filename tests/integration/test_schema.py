"""The migrations make the tables that the code believes in."""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from workflows.store import schema, tables
from workflows.store.session import Store


def test_migrations_and_tables_agree(store: Store) -> None:
    def ours(item: object, name: str | None, kind: str, *_: object) -> bool:
        named = name or ""
        return not named.startswith(("pgqueuer", "events_", "alembic"))

    with store.engine.connect() as connection:
        context = MigrationContext.configure(
            connection,
            opts={
                "include_object": ours,
                "compare_type": True,
                "compare_server_default": True,
            },
        )
        assert compare_metadata(context, tables.offices.metadata) == []


def test_an_up_to_date_schema_is_left_as_it_is(store: Store) -> None:
    schema.upgrade(store, datetime.now(UTC))

    with store.transaction() as tx:
        there, newest = schema.versions(tx)
    assert there == newest


def test_events_of_each_month_have_their_partition(store: Store) -> None:
    with store.transaction() as tx:
        schema.make_partitions(tx, datetime(2031, 11, 15, tzinfo=UTC))
        schema.make_partitions(tx, datetime(2031, 11, 15, tzinfo=UTC))
        made = tx.scalars(
            sa.text("SELECT relname FROM pg_class WHERE relname LIKE 'events_203%'")
        ).all()

    assert {f"events_{month}" for month in ("2031_11", "2031_12", "2032_02")} <= {*made}
