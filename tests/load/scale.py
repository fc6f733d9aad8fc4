"""`make bench`, second part: sizes of drawings, long cases, 100,000 timers and tasks.

Each figure is printed with its promise. It is an error if one falls short.
"""

import sys
import time

from tests.load import place, stock_turns, timers, turns, urgent
from tests.load.promises import Findings


def main() -> None:
    began = time.perf_counter()
    found = Findings()
    found.lines.append("scale: what was promised of large and long cases")
    with place.opened() as here:
        for name, measure in (("turns", turns.measure), ("timers", timers.measure)):
            sys.stderr.write(f"bench: {name} ...\n")
            measure(here, found)
            found.show()
    sys.stderr.write("bench: the same in stock SpiffWorkflow ...\n")
    stock_turns.measure(found)
    sys.stderr.write("bench: the most urgent tasks ...\n")
    urgent.measure(found)
    found.part(f"measured in {time.perf_counter() - began:.0f} s")
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


if __name__ == "__main__":
    main()
