"""`rasim db`: the schema of the database."""

from datetime import UTC, datetime

import click

from server.postgres.embedded import database_url, owner_url, service_role
from server.settings import Settings
from workflows.model import RasimError
from workflows.store import schema
from workflows.store.session import Store


class SchemaOutdated(RasimError):
    """The database is at {found}, the code at {wanted}. Run `rasim db upgrade`."""


@click.group("db", short_help="The schema of the database.")
def command() -> None:
    """Migrations: run them, or see whether any is missing."""


@command.command("upgrade")
@click.pass_obj
def upgrade(settings: Settings) -> None:
    """Run what is missing; safe to call by many at once.

    With RASIM_DATABASE_OWNER_URL, whose the tables then are, the account of
    DATABASE_URL gets its rights: to rows, but not to alter a table or a history.
    """
    with owner_url(settings) as url:
        store = Store(url)
        try:
            role = service_role(settings, url)
            schema.upgrade(store, datetime.now(UTC), role)
            click.echo(f"The schema is at {versions(store)[0]}.")
            if role is not None:
                click.echo(f"The service's account {role} has its rights.")
        finally:
            store.close()


@command.command("check")
@click.pass_obj
def check(settings: Settings) -> None:
    """Say which version it has; exit 1 if one is missing."""
    with database_url(settings) as url:
        store = Store(url)
        try:
            found, wanted = versions(store)
        finally:
            store.close()
    if found != wanted:
        raise SchemaOutdated(found=found or "nothing", wanted=wanted)
    click.echo(f"The schema is at {found}.")


def versions(store: Store) -> tuple[str | None, str | None]:
    with store.transaction() as tx:
        return schema.versions(tx)
