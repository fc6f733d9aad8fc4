"""The part of docs/feel.md on the TCK: `python -m tests.unit.dmn.tck.document`."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

from tests import conformance, feel_document

from . import failing, suite

PART = "tck"


@dataclass(frozen=True)
class Count:
    cases: int
    failed: int


def counts(listed: Mapping[str, frozenset[str]]) -> Mapping[str, Count]:
    """By level, the results that the suite asks for, and those that fail."""
    keys = frozenset().union(*listed.values())
    cases: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for path in conformance.files("dmn-tck", "*-test-*.xml"):
        for case in suite.cases(path):
            cases[case.level] += 1
            failed[case.level] += case.key in keys
    return {level: Count(cases[level], failed[level]) for level in sorted(cases)}


def section() -> str:
    """In Kazakh and in Russian, as the document is."""
    listed = failing.expected()
    lines = ["| | барлығы · всего | өтті · пройдено | өтпеді · не пройдено |"]
    lines.append("|---|---|---|---|")
    for level, count in counts(listed).items():
        passed = count.cases - count.failed
        share = f"{passed} ({100 * passed / count.cases:.1f} %)"
        lines.append(f"| {level} | {count.cases} | {share} | {count.failed} |")
    for slug, reason in failing.REASONS.items():
        if listed[slug]:
            lines += ["", f"**{len(listed[slug])}** · {reason.kazakh}"]
            lines += ["", f"{reason.russian}", "", *_cases(listed[slug])]
    return "\n".join(lines)


def _cases(keys: frozenset[str]) -> list[str]:
    folders: dict[str, list[str]] = defaultdict(list)
    for key in sorted(keys):
        folder, case, _ = key.split(" ", 2)
        folders[folder].append(f"`{case}`")
    return [f"- {folder}: {', '.join(cases)}" for folder, cases in folders.items()]


def main() -> None:
    """Leaves the document as it is where the suite is absent."""
    if not conformance.files("dmn-tck", "*-test-*.xml"):
        return
    text = feel_document.DOCUMENT.read_text(encoding="utf-8")
    written = feel_document.put(text, PART, section())
    feel_document.DOCUMENT.write_text(written, encoding="utf-8")


if __name__ == "__main__":
    main()
