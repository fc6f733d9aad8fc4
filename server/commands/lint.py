"""`rasim lint`: what a deployment would say, without deploying."""

from pathlib import Path

import click

from server import findings
from workflows import calls, release_files


@click.command("lint", short_help="Check procedures without releasing them.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Tell every finding in PATHS; exit 1 if a deployment would be refused."""
    parts, found = release_files.check(findings.collect(paths))
    found += calls.among_files(parts)
    findings.show(found, as_json=as_json)
    if any(one.severity == "error" for one in found):
        ctx.exit(1)
