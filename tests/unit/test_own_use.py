"""workflows.feel and workflows.dmn can be used on their own, as their READMEs show."""

import contextlib
import io
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# What nobody needs to evaluate a rule.
FOREIGN = ("flask", "sqlalchemy", "SpiffWorkflow", "psycopg", "pgqueuer", "jinja2")


@pytest.mark.parametrize("package", ["feel", "dmn"])
def test_the_example_of_the_readme_prints_what_it_says(package):
    text = (ROOT / "workflows" / package / "README.md").read_text(encoding="utf-8")
    (program,) = re.findall(r"^```python\n(.*?)^```$", text, re.M | re.S)
    (expected,) = re.findall(r"^```text\n(.*?)^```$", text, re.M | re.S)

    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(program, f"{package}/README.md", "exec"), {"__name__": "example"})  # noqa: S102 the program is ours, out of the README

    assert printed.getvalue() == expected


@pytest.mark.parametrize("package", ["workflows.feel", "workflows.dmn"])
def test_it_is_imported_without_web_database_and_engine(package):
    """In a process of its own: here everything has been imported already."""
    program = (
        f"import {package}, sys\n"
        "print(*sorted({name.split('.')[0] for name in sys.modules}))\n"
        "print(*sorted(name for name in sys.modules if name.startswith('workflows.')))"
    )

    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    roots, ours = (line.split() for line in answer.stdout.splitlines())
    assert "decimal" in roots
    assert set(roots).isdisjoint(FOREIGN)
    assert {name.split(".")[1] for name in ours} <= {
        "calendars",
        "dmn",
        "feel",
        "model",
        "ports",
        "safe_xml",
    }
