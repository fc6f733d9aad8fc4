"""`make audit`: known weaknesses of the packages in the lock files, as registries tell.

It needs them to tell: what could not be asked is said loudly and is a failure too.
"""

import json
import subprocess
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

SECONDS = 600
PIP = ("-r", "requirements.lock", "--disable-pip", "--require-hashes", "-f", "json")
NPM = ("npm", "audit", "--json", "--audit=true")
FOUND, NOT_ASKED = 1, 2  # how the program ends


@dataclass
class Told:
    """What a registry told: weaknesses, and what it could not be asked."""

    weak: list[str] = field(default_factory=list)
    unasked: list[str] = field(default_factory=list)


def python_packages(written: str, complaint: str = "") -> Told:
    """What pip-audit wrote."""
    read = _json(written)
    if "dependencies" not in read:
        return Told(unasked=[f"Python packages: {_last(complaint or written)}"])
    told = Told()
    for one in read["dependencies"]:
        if "skip_reason" in one:
            told.unasked.append(f"{one['name']}: {one['skip_reason']}")
        told.weak += [
            f"{one['name']} {one['version']}: {each['id']}, mended in "
            f"{', '.join(each['fix_versions']) or 'no version yet'}"
            for each in one.get("vulns", ())
        ]
    return told


def node_packages(written: str, complaint: str = "") -> Told:
    """What `npm audit` wrote."""
    read = _json(written)
    if "vulnerabilities" not in read:
        reason = read.get("message") or complaint or written
        return Told(unasked=[f"Node packages: {_last(str(reason))}"])
    return Told(
        weak=[
            f"{name} {one.get('range', '')}: {one.get('severity', 'unknown')}"
            for name, one in read["vulnerabilities"].items()
        ]
    )


def report(told: Iterable[Told]) -> tuple[list[str], int]:
    """Lines for people, and how the program ends."""
    every = list(told)
    weak = [one for each in every for one in each.weak]
    unasked = [one for each in every for one in each.unasked]
    lines = [f"WEAK  {one}" for one in weak]
    if unasked:
        lines += ["", f"NOT AUDITED: {len(unasked)} could not be asked about."]
        lines += [f"  {one}" for one in unasked[:20]]
        if len(unasked) > 20:
            lines.append(f"  and {len(unasked) - 20} more")
    if not lines:
        lines = ["No known weakness in any package of the lock files."]
    return lines, FOUND if weak else NOT_ASKED if unasked else 0


def _json(written: str) -> dict[str, Any]:
    try:
        read = json.loads(written)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _last(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "no answer"


def _run(command: Sequence[str]) -> tuple[str, str]:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=SECONDS, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        return "", str(error)
    return done.stdout, done.stderr


def main(pip_audit: str) -> int:
    told = (
        python_packages(*_run((pip_audit, *PIP))),
        node_packages(*_run(NPM)),
    )
    lines, ends = report(told)
    sys.stdout.write("\n".join(lines) + "\n")
    return ends


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
