"""`rasim restore`: a backup becomes a service again, as it was at a chosen minute."""

import re
import shlex
import time
from datetime import UTC, datetime
from pathlib import Path

import click

from server.backup import choice as backup_choice
from server.backup import restore as backup_restore
from server.backup.restore import Restored
from server.settings import Settings

URL = re.compile(r"postgres(ql)?(\+psycopg)?://")


@click.command("restore", short_help="Bring a backup back, as of a chosen minute.")
@click.option("--into", required=True, metavar="FOLDER|URL", help="A new place.")
@click.option("--to", metavar="MOMENT", help="2026-11-21T14:05; else the last known.")
@click.option("--from", "name", metavar="BACKUP", help="One by its name; else fitting.")
@click.pass_context
def command(ctx: click.Context, into: str, to: str | None, name: str | None) -> None:
    """Restore from RASIM_BACKUP into a new folder, or the URL of an empty database.

    A moment without an offset is Almaty's. What was restored is verified: schema,
    histories, documents, and what `rasim doctor` says of its cases. Exit 1 if anything
    is wrong with it, or if nothing could be restored; then nothing is left behind.
    """
    settings: Settings = ctx.obj
    started = time.monotonic()
    moment = backup_choice.moment(to) if to else None
    backup = backup_choice.choose(
        settings.backup.folder, moment, name, datetime.now(UTC)
    )
    if URL.match(into):
        into = into.replace("postgres://", "postgresql://", 1)
        done = backup_restore.into_database(settings, backup, into, moment)
    else:
        folder = Path(into).expanduser().resolve()
        into = str(folder)
        done = backup_restore.into_folder(settings, backup, folder, moment)
    as_of = moment or backup_choice.until(backup)
    click.echo(f"from {backup.name}, as of {backup_choice.said(as_of)} (Almaty)")
    _show(done)
    click.echo(f"{done.place}, in {time.monotonic() - started:.1f} s")
    _say_what_next(done, into)
    if not done.is_sound:
        ctx.exit(1)


def _show(done: Restored) -> None:
    width = max(len(check.what) for check in done.checks)
    for check in done.checks:
        state, colour = ("WRONG", "red") if check.wrong else ("good", "green")
        marked = click.style(f"{state:5}", fg=colour)
        click.echo(f"{marked}  {check.what:{width}}  {check.found}")
        for wrong in check.wrong:
            click.echo(f"         {wrong}")


def _say_what_next(done: Restored, into: str) -> None:
    if URL.match(into):
        click.echo(
            "Name this database in DATABASE_URL (where there are two accounts, in"
            " RASIM_DATABASE_OWNER_URL too), run rasim db upgrade, start the service."
        )
    elif done.is_served_elsewhere:
        click.echo(
            f"Start PostgreSQL {done.major} on this folder, with its own pg_hba.conf,"
            " name it in DATABASE_URL (and RASIM_DATABASE_OWNER_URL), and run rasim db"
            " upgrade."
        )
    else:
        click.echo(f"Start the service: RASIM_DATA={shlex.quote(into)} rasim up")
