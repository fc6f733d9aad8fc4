"""`make bench`, third part: what a condition and a decision table cost, and in feelin.

feelin, the FEEL of the designers' editors, runs in V8 beside us. It keeps no compiled
expression and no decision tables: each of its evaluations parses, and its table is the
unary tests of the rows one after the other.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from tests import decision_tables, feelin
from tests.load.promises import Findings, at
from workflows import dmn, feel
from workflows.ports import SystemClock

CONDITION = "preschool.completed and preschool.bin = school.bin and application.stays"
CASE: Mapping[str, Any] = {
    "preschool": {"completed": True, "bin": "980140001234"},
    "school": {"bin": "980140001234", "name": "№ 12 мектеп"},
    "application": {"number": "2026-0417", "stays": True},
}
CONDITION_MOST = 30.0  # microseconds, median
TABLE_MOST = 300.0
SECONDS = 4.0  # of each measure, at most

INPUTS = (
    decision_tables.Input("region", "string"),
    decision_tables.Input("level", "number"),
    decision_tables.Input("filed on", "date"),
    decision_tables.Input("language", "string"),
    decision_tables.Input("completed", "boolean"),
)
SPRING = date(2026, 4, 1)
MICROSECONDS = 1e6


def main() -> None:
    began = time.perf_counter()
    found = Findings()
    found.lines.append("rules: what was promised of conditions and decision tables")
    with feel.Parser() as parser:
        found.part("a condition of the admission, median of one evaluation")
        found.most("ours", _condition(parser), CONDITION_MOST, " µs")
        found.part("a decision table of 100 rules and 5 inputs, the same")
        found.most("ours", _table(parser), TABLE_MOST, " µs")
    sys.stderr.write("bench: the same in feelin ...\n")
    with _feelin() as evaluate:
        found.part("feelin in V8, which parses each time")
        found.told(f"the condition {evaluate('condition'):.1f} µs")
        found.told(f"the rows of the table {evaluate('table'):.1f} µs")
    found.part(f"measured in {time.perf_counter() - began:.0f} s")
    found.show()
    if found.short:
        raise SystemExit(f"falls short: {'; '.join(found.short)}")


def _condition(parser: feel.Parser) -> float:
    expression = feel.compile_tree(parser.parse(CONDITION), CONDITION)
    environment = feel.Environment(SystemClock())
    case = feel.from_plain(CASE)
    assert expression.evaluate(case, environment) is True
    return _median(lambda _: expression.evaluate(case, environment))


def _table(parser: feel.Parser) -> float:
    source = decision_tables.model(
        "U", INPUTS, decision_tables.Output("plan"), list(rows())
    )
    model = dmn.read(source, "plan.dmn", parser)
    assert not model.errors, model.errors
    definitions = dmn.load(source, model.trees)
    environment = feel.Environment(SystemClock())
    asked = [
        {**one, "filed on": date.fromisoformat(one["filed on"])} for one in cases()
    ]
    values = [{name: _value(given) for name, given in one.items()} for one in asked]
    for number, one in enumerate(values):
        outcome = definitions.evaluate("plan", one, environment)
        assert outcome.value == Decimal(number), outcome
    return _median(
        lambda turn: definitions.evaluate(
            "plan", values[turn % len(values)], environment
        )
    )


def rows() -> Iterator[Sequence[str]]:
    """One of them matches, whatever is asked: ten regions, and in each ten rules."""
    for number in range(100):
        region, band = divmod(number, 10)
        level, half = divmod(band, 2)
        first = SPRING + timedelta(days=15 * half)
        yield (
            f'"region {region}"',
            f"[{level * 20}..{level * 20 + 20})",
            f'[date("{first}")..date("{first + timedelta(days=14)}")]',
            '"kk", "ru"' if level % 2 else '"kk"',
            "-" if half else "true",
            str(number),
        )


def cases() -> Iterator[dict[str, Any]]:
    """For every rule the values that it alone matches; dates as text."""
    for number in range(100):
        region, band = divmod(number, 10)
        level, half = divmod(band, 2)
        yield {
            "region": f"region {region}",
            "level": level * 20 + 7.5,
            "filed on": (SPRING + timedelta(days=15 * half + 3)).isoformat(),
            "language": "kk",
            "completed": True,
        }


def _value(given: Any) -> feel.Value:
    return given if isinstance(given, date) else feel.from_plain(given)


def _median(run: Callable[[int], object]) -> float:
    """Microseconds; the clock is read around every evaluation."""
    for turn in range(200):
        run(turn)
    spent, end, turn = [], time.perf_counter() + SECONDS, 0
    while time.perf_counter() < end and turn < 20_000:
        began = time.perf_counter()
        run(turn)
        spent.append(time.perf_counter() - began)
        turn += 1
    return at(spent, 0.5) * MICROSECONDS


@contextmanager
def _feelin() -> Iterator[Callable[[str], float]]:
    """Microseconds of one evaluation in V8, of what `MEASURES` names."""
    data = {
        "condition": CONDITION,
        "case": CASE,
        "rows": [list(row)[:-1] for row in rows()],
        "names": [each.name for each in INPUTS],
        "cases": list(cases()),
        "milliseconds": SECONDS * 1000,
    }
    with feelin.opened() as racer:
        racer.eval(MEASURES)
        racer.eval(f"const DATA = {json.dumps(data)};")
        yield lambda name: float(racer.eval(f"measure({name})"))


# V8 alone has no clock finer than a millisecond: many evaluations for one reading. The
# median is that of the readings. A row ends with its first test that fails.
MEASURES = """
function condition() {
  const { value } = feelin.evaluate(DATA.condition, DATA.case);
  if (value !== true) throw new Error(`the condition gives ${value}`);
}
let turn = 0;
function table() {
  const number = turn++ % DATA.cases.length;
  const asked = DATA.cases[number];
  const values = DATA.names.map((name) =>
    name === "filed on" ? feelin.parseDate(asked[name]) : asked[name]);
  const matched = [];
  DATA.rows.forEach((row, place) => {
    const holds = row.every((test, column) =>
      feelin.unaryTest(test, { "?": values[column] }).value === true);
    if (holds) matched.push(place);
  });
  if (matched.length !== 1 || matched[0] !== number)
    throw new Error(`rule ${number}: ${matched}`);
}
function measure(run) {
  const begun = Date.now();
  const spent = [];
  let batch = 1;
  for (;;) {
    const before = Date.now();
    for (let count = 0; count < batch; count++) run();
    const took = Date.now() - before;
    if (took < 20) { batch *= 2; continue; }
    spent.push(took / batch);
    if (Date.now() - begun > DATA.milliseconds && spent.length > 4) break;
  }
  spent.sort((a, b) => a - b);
  return 1000 * spent[Math.floor(spent.length / 2)];
}
"""


if __name__ == "__main__":
    main()
