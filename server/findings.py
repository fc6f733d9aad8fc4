"""Files of procedures on the command line, and what was found in them."""

import dataclasses
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from workflows.model import Finding

KINDS = ("*.bpmn", "*.form.json", "procedure.yaml")


def collect(paths: Iterable[Path]) -> dict[str, bytes]:
    """Name -> content of every file of a procedure below `paths`.

    Raises click.ClickException when there is none, or two of one name.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        found = [path] if path.is_file() else _below(path)
        for file in found:
            name = str(file.relative_to(path.parent))
            if name in files:
                raise click.ClickException(f"Two files are called {name}.")
            files[name] = file.read_bytes()
    if not files:
        raise click.ClickException(f"No {', '.join(KINDS)} file there.")
    return files


def show(findings: Sequence[Finding], *, as_json: bool = False) -> None:
    """A table of findings, or JSON."""
    if as_json:
        said = [dataclasses.asdict(one) for one in findings]
        click.echo(json.dumps(said, ensure_ascii=False, indent=2))
        return
    for one in findings:
        place = f"{one.file}: {one.element_id}" if one.element_id else one.file
        click.echo(f"{one.severity:7} {place}\n        {one.rule}: {one.message}")
    if not findings:
        click.echo("Nothing to mend.")


def _below(folder: Path) -> list[Path]:
    return sorted(file for kind in KINDS for file in folder.rglob(kind))
