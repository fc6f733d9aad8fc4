"""Files of procedures on the command line, and what was found in them."""

import dataclasses
import json
import shutil
import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import click

from workflows import linting
from workflows.model import Finding

KINDS = ("*.bpmn", "*.dmn", "*.form.json", "procedure.yaml")
COLOURS = {"error": "red", "warning": "yellow"}
INDENT = " " * 4
WIDEST = 100


def collect(paths: Iterable[Path]) -> dict[str, bytes]:
    """Name -> content of every file of a procedure below `paths`.

    Raises click.UsageError when there is none, or two of one name, or one cannot be
    read.
    """
    files: dict[str, bytes] = {}
    for path in paths:
        found = [path] if path.is_file() else _below(path)
        for file in found:
            name = str(file.relative_to(path.parent))
            if name in files:
                raise click.UsageError(f"Two files are called {name}.")
            try:
                files[name] = file.read_bytes()
            except OSError as error:
                raise click.UsageError(f"{file}: {error.strerror}.") from error
    if not files:
        raise click.UsageError(f"No {', '.join(KINDS)} file there.")
    return files


def show(findings: Sequence[Finding], *, as_json: bool = False) -> None:
    """A table of findings, coloured on a terminal, and how many there are; or JSON."""
    if as_json:
        click.echo(_as_json(findings))
        return
    places = [_place(one) for one in findings]
    width = max(map(len, places), default=0)
    columns = min(shutil.get_terminal_size().columns, WIDEST)
    for one, place in zip(findings, places, strict=True):
        severity = click.style(f"{one.severity:7}", fg=COLOURS.get(one.severity))
        click.echo(f"{place:{width}}  {severity}  {one.rule}")
        click.echo(_wrapped(one.message, columns))
    if not findings:
        click.echo("Nothing to mend.")
        return
    errors = sum(one.severity == "error" for one in findings)
    warnings = len(findings) - errors
    click.echo(f"{_counted(errors, 'error')}, {_counted(warnings, 'warning')}.")


def _as_json(findings: Sequence[Finding]) -> str:
    """As the API tells it."""
    told = {
        "findings": [dataclasses.asdict(one) for one in findings],
        "deployable": linting.is_deployable(findings),
    }
    return json.dumps(told, ensure_ascii=False, indent=2)


def _place(finding: Finding) -> str:
    if finding.element_id is None:
        return finding.file or "-"
    return f"{finding.file}:{finding.element_id}"


def _wrapped(message: str, columns: int) -> str:
    return textwrap.fill(
        message,
        columns,
        initial_indent=INDENT,
        subsequent_indent=INDENT,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _counted(count: int, what: str) -> str:
    return f"{count} {what}" if count == 1 else f"{count} {what}s"


def _below(folder: Path) -> list[Path]:
    found = {file for kind in KINDS for file in folder.rglob(kind) if file.is_file()}
    return sorted(found)
