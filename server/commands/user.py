"""`rasim user`: people and programs, their roles and passwords."""

import sys
from datetime import timedelta

import click
import sqlalchemy as sa

from server import bootstrap
from server.environment import SettingRefused
from server.settings import Settings
from workflows import credentials, identities, people
from workflows.model import Role
from workflows.ports import Clock

MINISTRY = {
    "kk": "Қазақстан Республикасы Оқу-ағарту министрлігі",
    "ru": "Министерство просвещения Республики Казахстан",
    "en": "Ministry of Enlightenment of the Republic of Kazakhstan",
}
MINISTRY_CODE = "moe"


@click.group("user", short_help="People and programs.")
def command() -> None:
    """Add people and programs, give them roles and passwords."""


@command.command("add")
@click.argument("name")
@click.option("--role", required=True, type=click.Choice([str(role) for role in Role]))
@click.option("--office", metavar="CODE", help="By default the office above all.")
@click.option("--full-name", metavar="TEXT", help="As pages show it; else NAME.")
@click.option("--locale", type=click.Choice(["kk", "ru", "en"]), default="kk")
@click.option("--password", "wants_password", is_flag=True, help="Ask for one.")
@click.pass_obj
def add(
    settings: Settings,
    name: str,
    role: str,
    office: str | None,
    full_name: str | None,
    locale: str,
    wants_password: bool,
) -> None:
    """Add the user NAME with a role; a user who is there already gets one role more.

    Without a password one can have tokens (`rasim token create`), but not sign in.
    """
    password = ask_password() if wants_password else None
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        if office is None:
            people.ensure_root(tx, code=MINISTRY_CODE, names=MINISTRY)
        if people.by_login(tx, name) is None:
            people.add_user(
                tx,
                world.clock,
                login=name,
                name=full_name,
                password=password,
                locale=locale,
            )
        elif password is not None:
            credentials.set_password(tx, name, password)
        people.add_membership(tx, login=name, role=Role(role), office=office)
    click.echo(f"{name} is {role}.", err=True)


@command.command("password")
@click.argument("name")
@click.option("--first", is_flag=True, help="Make one that is good for one sign-in.")
@click.pass_obj
def change_password(settings: Settings, name: str, first: bool) -> None:
    """Give the user NAME a new password; every session of theirs ends.

    With --first it is random, told on standard output, changed at the first sign-in,
    and of no use after RASIM_FIRST_PASSWORD_HOURS.
    """
    if first:
        with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
            click.echo(_first_password(tx, world.clock, settings, name))
        return
    told = ask_password()
    with bootstrap.opened(settings) as (store, _), store.transaction() as tx:
        credentials.set_password(tx, name, told)
    click.echo(f"{name} has a new password.", err=True)


@command.command("link")
@click.argument("name")
@click.option("--subject", required=True, help="Who NAME is at the provider.")
@click.pass_obj
def link(settings: Settings, name: str, subject: str) -> None:
    """Let the user NAME also sign in at the provider of RASIM_OIDC_ISSUER."""
    if settings.openid is None:
        mend = "Name the provider first."
        raise SettingRefused(name="RASIM_OIDC_ISSUER", reason="missing", mend=mend)
    issuer = settings.openid.issuer
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        identities.link(tx, world.clock, login=name, issuer=issuer, subject=subject)
    click.echo(f"{name} is {subject} at {issuer}.", err=True)


def _first_password(
    tx: sa.Connection, clock: Clock, settings: Settings, name: str
) -> str:
    lasts = timedelta(hours=settings.first_password_hours)
    person = people.known(tx, name)
    return credentials.give_first_password(tx, clock, None, person, lasts)


def ask_password() -> str:
    """Typed twice at a terminal, else the first line of standard input."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    told: str = click.prompt(
        "Password", hide_input=True, confirmation_prompt=True, err=True
    )
    return told
