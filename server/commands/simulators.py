"""`rasim simulators`: stand-ins for the outside systems."""

import click

from integrations.people import DEFAULT_COUNT
from integrations.simulators.serving import run
from server.settings import Settings


@click.command("simulators", short_help="Stand-ins for the outside systems.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of their people.")
@click.option(
    "--people",
    type=click.IntRange(1, 1_000_000),
    envvar="RASIM_SIMULATORS_PEOPLE",
    show_envvar=True,
    default=DEFAULT_COUNT,
    show_default=True,
    help="Families; the first ones are the same, however many there are.",
)
@click.option(
    "--scanner-port",
    type=click.IntRange(1, 65535),
    help="Where a virus scanner answers as clamd would; without it none does.",
)
@click.pass_obj
def command(
    settings: Settings,
    host: str,
    port: int,
    seed: int,
    people: int,
    scanner_port: int | None,
) -> None:
    """Answer over HTTP as the state's systems would, from a seeded generator.

    What they were told to do is kept in RASIM_DATA/simulators and outlives a restart.
    """
    run(
        host,
        port,
        seed,
        settings.data / "simulators",
        count=people,
        scanner_port=scanner_port,
    )
