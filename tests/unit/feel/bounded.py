"""Evaluates what it is given on a line, under a limit of memory; run as a program.

Standard input: lines of JSON, `{"text", "tree", "lenient"}`. Standard output: one line
each, `{"outcome", "seconds"}`, seconds of the processor.
"""

import json
import resource
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

from workflows.feel import Environment, FeelError, compile_tree


class Clock:
    def now(self) -> datetime:
        return datetime(2026, 4, 1, 4, 0, tzinfo=UTC)


def main() -> None:
    pages = int(Path("/proc/self/statm").read_text().split()[0])
    limit = pages * resource.getpagesize() + int(sys.argv[1])
    resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
    for line in sys.stdin:
        asked = json.loads(line)
        environment = Environment(Clock(), lenient=asked["lenient"])
        begun = time.process_time()
        try:
            expression = compile_tree(
                asked["tree"], asked["text"], lenient=asked["lenient"]
            )
            outcome = type(expression.evaluate({}, environment)).__name__
        except FeelError as error:
            outcome = type(error).__name__
        seconds = time.process_time() - begun
        sys.stdout.write(json.dumps({"outcome": outcome, "seconds": seconds}) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
