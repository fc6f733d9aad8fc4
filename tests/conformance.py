"""The public conformance suites, which lie beside the project and are not part of it.

`RASIM_CONFORMANCE` names their folder; where a suite is absent its tests are skipped,
and the end of the run says so.
"""

import os
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
ABSENT: set[str] = set()


def files(suite: str, pattern: str) -> list[Path]:
    """The files of a suite, in order; empty where it is absent, which is remembered."""
    given = os.environ.get("RASIM_CONFORMANCE")
    place = Path(given) if given else ROOT.parent / "shared" / "conformance"
    found = sorted((place / suite).rglob(pattern))
    if not found:
        ABSENT.add(f"{suite} ({place / suite / pattern})")
    return found


def each(name: str, found: list[Path]) -> pytest.MarkDecorator:
    """Parametrizes a test by files; one skipped test where there are none."""
    return pytest.mark.parametrize(name, found, ids=[path.name for path in found])
