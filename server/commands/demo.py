"""`rasim demo`: invented people, and applications that move."""

import signal
import threading

import click

from server import bootstrap, demo
from server.settings import Settings
from server.up import reachable


@click.group("demo", short_help="Invented people, and applications that move.")
def command() -> None:
    """The demonstration: nobody in it is real."""


@command.command("seed")
@click.pass_obj
def seed(settings: Settings) -> None:
    """Make the offices and people of the demonstration that are not there yet."""
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        demo.seed(tx, world, bootstrap.make_population())
    click.echo("The people of the demonstration are there.")


@command.command("stream")
@click.pass_obj
def stream(settings: Settings) -> None:
    """File applications, decide and withdraw until SIGTERM."""
    population = bootstrap.make_population()
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        cast = demo.cast(tx, world, population)
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    base = f"http://{reachable(settings.host)}:{settings.port}"
    demo.Stream(base, cast, population).run(stop)
