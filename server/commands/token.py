"""`rasim token`: bearer tokens of programs."""

import uuid
from datetime import datetime, timedelta

import click

from server import bootstrap
from server.settings import Settings
from workflows import tokens
from workflows.people import HOME


@click.group("token", short_help="Bearer tokens of the API.")
def command() -> None:
    """Make, list and revoke the tokens with which programs call the API."""


@command.command("create")
@click.argument("name")
@click.option(
    "--days",
    type=click.IntRange(1, tokens.DAYS_MOST),
    default=tokens.DAYS_USUAL,
    show_default=True,
    help="How long it works.",
)
@click.option("--label", default="", help="What it is for, as lists tell it.")
@click.pass_obj
def create(settings: Settings, name: str, days: int, label: str) -> None:
    """Print a new token of the user NAME, alone on standard output, this once."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        token = tokens.create(
            tx, world.clock, name, valid_for=timedelta(days=days), label=label
        )
    click.echo(token)


@command.command("list")
@click.argument("name", required=False)
@click.pass_obj
def list_(settings: Settings, name: str | None) -> None:
    """List the tokens of the user NAME, or of all; never the tokens themselves."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        rows = tokens.every(tx, world.clock, login=name)
    line = "{:36}  {:8}  {:10}  {:10}  {:10}  {:10}  {:20}  {}"
    head = ("ID", "STATE", "MADE", "ENDS", "LAST USED", "BEGINS", "USER", "LABEL")
    click.echo(line.format(*head).rstrip())
    for row in rows:
        days = map(_day, (row.created_at, row.expires_at, row.last_used_at))
        cells = (str(row.id), row.state, *days, row.hint, row.login, row.label)
        click.echo(line.format(*cells).rstrip())


@command.command("revoke")
@click.argument("which", metavar="ID|NAME")
@click.pass_obj
def revoke(settings: Settings, which: str) -> None:
    """End the token ID, or every token of the user NAME.

    Running services follow within 5 seconds.
    """
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        token_id = _id(which)
        if token_id is None:
            ended = tokens.revoke_all(tx, world.clock, which)
        else:
            ended = tokens.revoke(tx, world.clock, token_id)
    click.echo(f"{ended} revoked.", err=True)


def _id(which: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(which)
    except ValueError:
        return None


def _day(moment: datetime | None) -> str:
    return "-" if moment is None else moment.astimezone(HOME).date().isoformat()
