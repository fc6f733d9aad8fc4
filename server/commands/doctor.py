"""`rasim doctor`: what is wrong with the service, where, since when, and the mend."""

import json
from collections.abc import Sequence

import click

from server.doctor import examination, words
from server.settings import Settings
from workflows.doctor import COUNTED_AT_MOST, Ill


@click.command("doctor", short_help="Find what is wrong, and say what to do.")
@click.option("--all", "all_", is_flag=True, help="Check every history, not some.")
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
@click.option("--mend", is_flag=True, help="Mend first what can be mended safely.")
@click.pass_context
def command(ctx: click.Context, all_: bool, as_json: bool, mend: bool) -> None:
    """Look for stuck cases, lost jobs, leftovers, broken histories, wrong settings,
    old backups. Speaks the language of RASIM_LANG (kk, ru, en), else of LANG.

    --mend closes what ended cases left open, puts lost jobs on their queue, tells of
    failed ones, and writes it into the history of each case. Exit 1 if anything is
    found.
    """
    settings: Settings = ctx.obj
    texts = words.translator(words.locale())
    if mend:
        for one in examination.mend(settings):
            told = texts.gettext(words.MENDED[one.code])
            click.echo(told % {"count": one.count}, err=as_json)
    found = examination.examine(settings, all_histories=all_)
    if as_json:
        click.echo(_as_json(found))
    else:
        _show(found)
    if found:
        ctx.exit(1)


def _show(found: Sequence[Ill]) -> None:
    texts = words.translator(words.locale())
    for ill in found:
        click.echo(f"{click.style(ill.code, bold=True)}  {words.what(ill, texts)}")
        if ill.ids:
            click.echo(f"    {', '.join(ill.ids)}")
        told = []
        if ill.count > len(ill.ids) and ill.count > 1:
            is_more = ill.count >= COUNTED_AT_MOST
            counted = texts.gettext(words.MORE if is_more else words.COUNT)
            told.append(counted % {"count": ill.count})
        if ill.since is not None:
            since = texts.gettext(words.SINCE)
            told.append(since % {"moment": words.moment(ill.since)})
        if told:
            click.echo(f"    {', '.join(told)}")
        do = texts.gettext(words.DO)
        click.echo(f"    {do} {words.mend(ill, texts)}")
    if not found:
        click.echo(texts.gettext(words.SOUND))


def _as_json(found: Sequence[Ill]) -> str:
    texts = words.translator(words.locale())
    told = [
        {
            "code": ill.code,
            "what": words.what(ill, texts),
            "count": ill.count,
            "ids": ill.ids,
            "since": ill.since.isoformat() if ill.since else None,
            "do": words.mend(ill, texts),
        }
        for ill in found
    ]
    return json.dumps({"findings": told}, ensure_ascii=False, indent=2)
