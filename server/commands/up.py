"""`rasim up`: everything on one machine."""

import dataclasses

import click

from server.settings import Settings
from server.up import up

PORTS = click.IntRange(0, 65535)


@click.command("up", short_help="Everything on one machine.")
@click.option(
    "--port", type=PORTS, help="Of the pages; 0: any. Default RASIM_PORT, 8000."
)
@click.option(
    "--workers", type=click.IntRange(0, 64), help="How many worker processes."
)
@click.option(
    "--manual-clock", is_flag=True, help="Time moves when told to; for tests."
)
@click.option("--demo", is_flag=True, help="Invented people, schools and applications.")
@click.pass_obj
def command(
    settings: Settings,
    port: int | None,
    workers: int | None,
    manual_clock: bool,
    demo: bool,
) -> None:
    """Start PostgreSQL (unless DATABASE_URL is set), migrate it, deploy the procedures,
    and run simulators, web and workers until Ctrl-C or SIGTERM.

    A process that dies comes back. The processes are in RASIM_DATA/processes.json.
    """
    chosen = dataclasses.replace(
        settings,
        port=settings.port if port is None else port,
        workers=settings.workers if workers is None else workers,
        manual_clock=settings.manual_clock or manual_clock,
        demo=settings.demo or demo,
    )
    up(chosen)
