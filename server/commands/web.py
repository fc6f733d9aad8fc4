"""`rasim web`: the pages and the API."""

import dataclasses

import click

from server import database_link
from server.postgres.embedded import require_url
from server.settings import Settings
from server.web import run


@click.command("web", short_help="The pages and the API.")
@click.pass_obj
def command(settings: Settings) -> None:
    """Serve the pages and the API until SIGTERM. Needs a database and RASIM_SECRET_KEY.

    Listens on RASIM_HOST and RASIM_PORT, with RASIM_WEB_PROCESSES processes of
    RASIM_WEB_THREADS threads.
    """
    database_link.warn(settings.database_url, settings.database_owner_url)
    run(dataclasses.replace(settings, database_url=require_url(settings)))
