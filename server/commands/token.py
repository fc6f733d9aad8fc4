"""`rasim token`: bearer tokens of programs."""

from datetime import timedelta

import click

from server import bootstrap
from server.settings import Settings
from workflows import credentials

DAYS = 1096  # three years


@click.group("token", short_help="Bearer tokens of the API.")
def command() -> None:
    """Make and revoke the tokens with which programs call the API."""


@command.command("create")
@click.argument("name")
@click.option("--days", type=click.IntRange(1, 3650), default=DAYS, show_default=True)
@click.pass_obj
def create(settings: Settings, name: str, days: int) -> None:
    """Print a new token of the user NAME, alone on standard output, this once."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        token = credentials.create_token(
            tx, world.clock, name, valid_for=timedelta(days=days)
        )
    click.echo(token)


@command.command("revoke")
@click.argument("name")
@click.pass_obj
def revoke(settings: Settings, name: str) -> None:
    """End every token of the user NAME; running services follow within 5 seconds."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        ended = credentials.revoke_tokens(tx, world.clock, name)
    click.echo(f"{ended} revoked.", err=True)
