"""`rasim test`: the scenarios that procedures tell of themselves."""

import dataclasses
import json
from collections.abc import Iterable
from pathlib import Path

import click

from server import findings
from workflows import scenarios
from workflows.model import DeploymentRefused
from workflows.scenarios import Coverage, Outcome, Report


@click.command("test", short_help="Run the scenarios of procedures.")
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(exists=True, path_type=Path)
)
@click.option("--json", "as_json", is_flag=True, help="The report as JSON.")
@click.option(
    "--strict", is_flag=True, help="Fail if an element or flow is never visited."
)
@click.pass_context
def command(
    ctx: click.Context, paths: tuple[Path, ...], as_json: bool, strict: bool
) -> None:
    """Run the scenarios of the procedure.yaml files in PATHS, in memory.

    With a folder bpmn/NAME, its forms are taken from forms/NAME beside it. Exit 1 if a
    scenario fails, or if the files would not be released.
    """
    try:
        report = scenarios.run(findings.collect(with_forms(paths)))
    except DeploymentRefused as refused:
        findings.show(refused.findings, as_json=as_json)
        ctx.exit(1)
    if as_json:
        click.echo(json.dumps(_plain(report), ensure_ascii=False, indent=2))
    else:
        _show(report, strict=strict)
    if not report.passed or (strict and not report.covered):
        ctx.exit(1)


def with_forms(paths: Iterable[Path]) -> list[Path]:
    """The paths, and for each folder of drawings that of its forms, if there is one."""
    found: dict[Path, None] = {}
    for path in paths:
        folder = path.resolve()
        found[folder] = None
        parts = list(folder.parts)
        if "bpmn" in parts:
            place = len(parts) - 1 - parts[::-1].index("bpmn")
            parts[place] = "forms"
            forms = Path(*parts)
            if folder.is_dir() and forms.is_dir():
                found[forms] = None
    return list(found)


def _show(report: Report, *, strict: bool) -> None:
    stories = _stories(report.outcomes)
    width = max((len(name) for _, name in stories), default=0)
    for (_, name), outcomes in stories.items():
        state = "passed" if all(one.passed for one in outcomes) else "FAILED"
        spent = sum(one.seconds for one in outcomes) * 1000
        orders = f"  in {len(outcomes)} orders" if len(outcomes) > 1 else ""
        click.echo(f"{state}  {name:{width}}  {spent:6.0f} ms{orders}")
        for outcome in outcomes:
            _show_mismatches(outcome)
    for coverage in report.coverage:
        _show_coverage(coverage, strict=strict)
    failed = sum(
        not all(one.passed for one in outcomes) for outcomes in stories.values()
    )
    click.echo(
        f"{len(stories)} scenarios, " + (f"{failed} failed" if failed else "all passed")
    )


def _stories(outcomes: Iterable[Outcome]) -> dict[tuple[str, str], list[Outcome]]:
    """The outcomes of each scenario together: one told in every order has many."""
    found: dict[tuple[str, str], list[Outcome]] = {}
    for outcome in outcomes:
        found.setdefault((outcome.procedure, outcome.scenario), []).append(outcome)
    return found


def _show_mismatches(outcome: Outcome) -> None:
    order = f" (answers: {', '.join(outcome.order)})" if outcome.order else ""
    for one in outcome.mismatches:
        click.echo(f"        {one.place}, {one.what}{order}")
        click.echo(f"          expected: {one.expected}")
        click.echo(f"          came:     {one.actual}")


def _show_coverage(coverage: Coverage, *, strict: bool) -> None:
    for what, there, missed in (
        ("elements", coverage.elements, coverage.missed_elements),
        ("flows", coverage.flows, coverage.missed_flows),
    ):
        visited = len(there) - len(missed)
        click.echo(f"{coverage.procedure}: {visited} of {len(there)} {what} visited")
        severity = "error" if strict else "warning"
        for name in sorted(missed):
            click.echo(f"{severity:7} {name}: no scenario comes here")


def _plain(report: Report) -> dict[str, object]:
    return {
        "passed": report.passed,
        "scenarios": [
            dataclasses.asdict(outcome) | {"passed": outcome.passed}
            for outcome in report.outcomes
        ],
        "coverage": [
            {
                "procedure": one.procedure,
                "elements": len(one.elements),
                "flows": len(one.flows),
                "missed_elements": sorted(one.missed_elements),
                "missed_flows": sorted(one.missed_flows),
            }
            for one in report.coverage
        ],
    }
