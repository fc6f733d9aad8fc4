"""`rasim secret`: another RASIM_SECRET_KEY, without losing what is sealed with one."""

import os
from dataclasses import replace

import click

from server import bootstrap, secret_keys
from server.settings import Settings
from server.up import hold
from workflows import resealing
from workflows.model import RasimError
from workflows.resealing import Seals


class NothingOpens(RasimError):
    """None of the keys opens {names}. Name the key that they were sealed with in
    RASIM_SECRET_KEY_BEFORE and run this again; else turn off the second steps of these
    people, and make these webhooks anew."""


class StillSealed(RasimError):
    """{count} things are still sealed with keys of before: run `rasim secret rotate`"""


@click.group("secret", short_help="The key that seals.")
def command() -> None:
    """Exchange RASIM_SECRET_KEY without losing what is sealed with it."""


@command.command("rotate")
@click.pass_obj
def rotate(settings: Settings) -> None:
    """Seal anew with the key of now what is sealed with one of before.

    With RASIM_SECRET_KEY: first name the old one in RASIM_SECRET_KEY_BEFORE, and
    restart web and workers. Without it the key is the one that `rasim up` keeps: stop
    `rasim up`, and a new one is made here. Exit 1 if anything is sealed with a key
    that is not known.
    """
    settings.require_secret()
    if _is_told():
        seals = _seal_anew(settings)
    else:
        with hold(settings.data):
            old = settings.secret_keys
            made = secret_keys.make(settings.data)
            changed = replace(settings, secret_key=made, secret_keys_before=old)
            seals = _seal_anew(changed)
    click.echo(f"Sealed anew: {len(seals.before)}.")
    click.echo(f"Sealed with the key of now already: {len(seals.current)}.")
    if seals.unknown:
        raise NothingOpens(names=", ".join(seals.unknown))


@command.command("forget")
@click.pass_obj
def forget(settings: Settings) -> None:
    """Forget the keys of before that `rasim up` keeps, if nothing needs them any more.

    Those of RASIM_SECRET_KEY_BEFORE are forgotten by leaving them out.
    """
    with hold(settings.data):
        with bootstrap.opened(settings) as (store, _), store.transaction() as tx:
            left = resealing.look(tx, settings.secret_keys).before
        if left:
            raise StillSealed(count=len(left))
        count = len(secret_keys.before(settings.data))
        secret_keys.forget(settings.data)
    click.echo(f"Forgotten: {count}.")


def _is_told() -> bool:
    return bool(os.environ.get("RASIM_SECRET_KEY", "").strip())


def _seal_anew(settings: Settings) -> Seals:
    with bootstrap.opened(settings) as (store, _), store.transaction() as tx:
        return resealing.seal_anew(tx, settings.secret_keys)
