"""`rasim history verify`: checks the chains of events."""

import uuid

import click

from server import bootstrap
from workflows import history


@click.group("history", short_help="The history of cases.")
def command() -> None:
    """What happened to cases, and whether it was changed afterwards."""


@command.command("verify")
@click.argument("instance", required=False, type=click.UUID)
@click.pass_context
def verify(ctx: click.Context, instance: uuid.UUID | None) -> None:
    """Check the chain of INSTANCE, or of every case; names the first broken link."""
    with bootstrap.opened(ctx.obj) as (store, _), store.transaction() as tx:
        broken = list(history.verify(tx, instance))
        count = history.count(tx, instance)
    for link in broken:
        click.echo(f"case {link.instance_id}, event {link.seq}: {link.reason}")
    if broken:
        ctx.exit(1)
    if instance and not count:
        raise click.ClickException(f"There is no case {instance}.")
    click.echo(f"{count} chains hold.")
