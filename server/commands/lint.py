"""`rasim lint`: what a deployment would say, without deploying."""

from pathlib import Path

import click

from server import bootstrap, findings
from workflows import linting


@click.command("lint", short_help="Check procedures without releasing them.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="Findings as JSON.")
@click.pass_context
def command(ctx: click.Context, paths: tuple[Path, ...], as_json: bool) -> None:
    """Tell every finding in PATHS; exit 1 if a deployment would be refused.

    No database is asked: a form or process that is in no file may be stored.
    """
    found = linting.check_alone(findings.collect(paths), bootstrap.make_outside())
    deployable = linting.is_deployable(found)
    findings.show(found, as_json=as_json)
    if found and not as_json:
        verdict = "accept" if deployable else "refuse"
        click.echo(f"A deployment would {verdict} these files.")
    if not deployable:
        ctx.exit(1)
