"""`rasim deploy`: the files of some folders become one release."""

from pathlib import Path

import click

from server import bootstrap, findings
from server.settings import Settings
from workflows import deployments
from workflows.model import DeploymentRefused


@click.command("deploy", short_help="Release procedures.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.pass_obj
def command(settings: Settings, paths: tuple[Path, ...]) -> None:
    """Release the .bpmn, .dmn, .form.json and procedure.yaml files of PATHS together.

    Nothing is stored if one of them is refused.
    """
    files = findings.collect(paths)
    with bootstrap.opened(settings) as (store, world):
        try:
            with store.transaction() as tx:
                release = deployments.release(tx, world, None, files)
        except DeploymentRefused as refused:
            findings.show(refused.findings)
            raise
    findings.show(release.findings)
    for part in release.definitions:
        click.echo(f"{part.kind} {part.key} version {part.version}")
