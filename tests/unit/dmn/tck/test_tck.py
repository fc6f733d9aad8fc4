"""The DMN TCK: exactly the cases listed with a reason fail."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests import conformance, feel_document
from workflows import feel

from . import document, failing, suite

FILES = conformance.files("dmn-tck", "*-test-*.xml")


@pytest.fixture(scope="module")
def models() -> Iterator[suite.Models]:
    with feel.Parser() as parser:
        yield suite.Models(parser)


@conformance.each("path", FILES)
def test_the_cases_pass_but_for_those_with_a_reason(
    path: Path, models: suite.Models
) -> None:
    cases = list(suite.cases(path))
    listed = frozenset().union(*failing.expected().values())

    verdicts = [suite.run(case, models) for case in cases]

    assert verdicts
    failed = {one.case.key: one for one in verdicts if not one.passed}
    surprising = {key: one for key, one in failed.items() if key not in listed}
    assert not surprising
    mended = listed & {case.key for case in cases} - failed.keys()
    assert not mended, "These pass now: take them out of failing.txt."


@pytest.mark.skipif(not FILES, reason="the suite is absent")
def test_level_two_passes_whole_and_level_three_nearly() -> None:
    listed = failing.expected()
    counts = document.counts(listed)

    assert counts["compliance-level-2"].failed == 0
    three = counts["compliance-level-3"]
    assert three.failed <= three.cases * 0.05
    assert sum(one.failed for one in counts.values()) == sum(map(len, listed.values()))


@pytest.mark.skipif(not FILES, reason="the suite is absent")
def test_the_document_lists_what_fails() -> None:
    text = feel_document.DOCUMENT.read_text(encoding="utf-8")

    assert feel_document.put(text, document.PART, document.section()) == text, (
        "Run `make docs`, and commit what it writes."
    )
