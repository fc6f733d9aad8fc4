"""Runs the TCK and prints what fails: `python -m tests.unit.dmn.tck.run [folder]`."""

import sys
import time
from collections import Counter

from tests import conformance
from workflows import feel

from . import suite


def main(wanted: str) -> None:
    counts: Counter[tuple[str, bool]] = Counter()
    started = time.monotonic()
    with feel.Parser() as parser:
        models = suite.Models(parser)
        for path in conformance.files("dmn-tck", "*-test-*.xml"):
            if wanted not in path.parent.name:
                continue
            for case in suite.cases(path):
                verdict = suite.run(case, models)
                counts[case.level, verdict.passed] += 1
                if not verdict.passed:
                    line = f"{case.key}: {verdict.got!r}, not {case.expected!r}"
                    sys.stdout.write(f"{line[:400]}\n")
    for (level, passed), count in sorted(counts.items()):
        word = "passed" if passed else "failed"
        sys.stdout.write(f"{level} {word} {count}\n")
    sys.stdout.write(f"{time.monotonic() - started:.1f} s\n")


if __name__ == "__main__":
    main(sys.argv[1] if len(sys.argv) > 1 else "")
