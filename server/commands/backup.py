"""`rasim backup`: the database and the documents, now and at every minute after."""

import time
from datetime import UTC, datetime

import click

from server.backup import check as backup_check
from server.backup import follow as backup_follow
from server.backup import source as backup_source
from server.backup import taking
from server.settings import Settings


@click.command("backup", short_help="Back up the database and the documents.")
@click.option("--dump", is_flag=True, help="Of the service's own database alone.")
@click.option("--check", is_flag=True, help="Read the last backup, and say how old.")
@click.option("--follow", is_flag=True, help="Keep what comes after it, until SIGTERM.")
@click.pass_context
def command(ctx: click.Context, dump: bool, check: bool, follow: bool) -> None:
    """Make a backup in RASIM_BACKUP, by default beside RASIM_DATA: name another disk.

    From the first one on, `rasim up` keeps the log of changes there too, so that `rasim
    restore` can go back to any minute since; where web and workers are started one by
    one, `rasim backup --follow` does. RASIM_BACKUP_AT=02:00 makes one a day, and of
    RASIM_BACKUPS_KEPT (7) the oldest goes.
    """
    settings: Settings = ctx.obj
    if dump + check + follow > 1:
        raise click.UsageError("Choose one of --dump, --check and --follow.")
    if follow:
        backup_follow.run(settings)
    elif check:
        _check(ctx, settings)
    else:
        _make(settings, dump=dump)


def _make(settings: Settings, *, dump: bool) -> None:
    started = time.monotonic()
    with backup_source.opened(settings) as source:
        made = taking.take_one(settings, source, dump=dump)
        dropped = taking.prune(settings, source)
    seconds = time.monotonic() - started
    told = made.manifest
    click.echo(f"{made.folder}")
    click.echo(
        f"database {megabytes(told.size)}, {told.documents} documents"
        f" {megabytes(told.document_bytes)}, in {seconds:.1f} s"
    )
    if not told.documents_kept:
        click.echo("Documents are in the bucket: keep its versions.")
    for name in dropped:
        click.echo(f"dropped {name}")


def _check(ctx: click.Context, settings: Settings) -> None:
    report = backup_check.check(settings, datetime.now(UTC))
    for line in report.lines:
        click.echo(line)
    for wrong in report.wrong:
        click.echo(click.style(wrong, fg="red"), err=True)
    if report.wrong:
        ctx.exit(1)


def megabytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB"
