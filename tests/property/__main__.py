"""`python -m tests.property`: ten thousand random processes against the oracle."""

import argparse
import multiprocessing
import sys
import time
from dataclasses import fields

from tests.property.runs import check_all
from tests.property.world import Tally

CHUNK = 50


def added(tallies: list[Tally]) -> Tally:
    total = Tally()
    for one in tallies:
        for each in fields(Tally):
            value = getattr(total, each.name) + getattr(one, each.name)
            setattr(total, each.name, value)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.property")
    parser.add_argument("--drawings", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--processes", type=int, default=1)
    asked = parser.parse_args()
    began = time.monotonic()
    end = asked.first + asked.drawings
    chunks = [
        (first, min(CHUNK, end - first)) for first in range(asked.first, end, CHUNK)
    ]
    with multiprocessing.get_context("spawn").Pool(asked.processes) as pool:
        done = pool.starmap(check_all, chunks, chunksize=1)
    failed = [one for _, some in done for one in some]
    sys.stdout.write("".join(f"{one}\n\n" for one in failed))
    total = added([tally for tally, _ in done])
    seconds = time.monotonic() - began
    sys.stdout.write(
        f"{total.drawings} drawings, {total.steps} steps, {total.kills} kills, "
        f"{total.redone} steps done twice, {total.ended} cases ended, "
        f"{len(failed)} deviations, {seconds:.0f} s\n"
        f"{total.reordered} steps where the order of tokens shows; "
        f"{total.endless} circles without end; refused: {dict(total.refused)}\n"
        f"run: {dict(total.passed)}\n"
    )
    return 1 if failed else 0


if __name__ == "__main__":
    raise SystemExit(main())
