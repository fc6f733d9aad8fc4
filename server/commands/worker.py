"""`rasim worker`: takes jobs and what falls due."""

import dataclasses

import click

from server import database_link
from server.postgres.embedded import require_url
from server.settings import Settings
from server.worker import run


@click.command("worker", short_help="Takes jobs and what falls due.")
@click.pass_obj
def command(settings: Settings) -> None:
    """Call the outside systems and fire timers until SIGTERM.

    Start as many as wanted, on as many machines.
    """
    database_link.warn(settings.database_url, settings.database_owner_url)
    run(dataclasses.replace(settings, database_url=require_url(settings)))
