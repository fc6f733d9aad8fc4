"""`rasim simulators`: stand-ins for the outside systems."""

import click

from integrations.simulators.app import run


@click.command("simulators", short_help="Stand-ins for the outside systems.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(0, 65535), default=8100, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Of their people.")
def command(host: str, port: int, seed: int) -> None:
    """Answer over HTTP as the state's systems would, from a seeded generator."""
    run(host, port, seed)
