"""Analysis of random tables agrees with deciding every point of them."""

import itertools
import re
from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as some
from trying import ENVIRONMENT

from tests import decision_tables
from workflows import dmn, feel
from workflows.model import Finding

Row = tuple[str, ...]

CELLS = {
    "number": [
        "-", "< 1", "> 1", "[0..2]", "(0..2)", "1", "0, 2", "not(1)", "not([0..1])",
        ">= 2", "? > 0 and ? < 2", "!= 0",
    ],
    "string": ["-", '"a"', '"b"', '"a", "b"', 'not("a")', '> "a"'],
    "boolean": ["-", "true", "false", "not(true)"],
    "time": ["-", '< @"09:00:00"', '[@"09:00:00"..@"18:30:00")', '> @"18:30:00"'],
    "days and time duration": ["-", '< @"P1D"', '>= @"P1D"', '[@"PT1H"..@"P2D"]'],
    "years and months duration": ["-", '<= @"P1Y"', '> @"P1Y"', '@"P1Y", @"P1Y1M"'],
    "date": [
        "-", '< @"2026-06-01"', '>= @"2026-06-01"', '[@"2026-06-01"..@"2026-06-02"]',
    ],
}  # fmt: skip
# Values of every region of the cells above, and more.
POINTS = {
    "number": ["-1", "0", "0.5", "1", "1.5", "2", "3"],
    "string": ['""', '"a"', '"ab"', '"b"', '"c"', '"other"'],
    "boolean": ["true", "false"],
    "time": [f'@"{each}:00"' for each in ("08:00", "09:00", "10:00", "18:30", "19:00")],
    "days and time duration": [
        f'@"{each}"' for each in ("PT0S", "PT1H", "PT2H", "P1D", "P1DT1H", "P2D", "P3D")
    ],
    "years and months duration": [
        f'@"{each}"' for each in ("P0M", "P1Y", "P1Y1M", "P1Y2M", "P5Y")
    ],
    "date": [f'@"2026-05-{day}"' for day in (30, 31)]
    + [f'@"2026-06-0{day}"' for day in (1, 2, 3)],
}


@some.composite
def tables(draw: some.DrawFn) -> tuple[str, dict[str, str], list[Row]]:
    policy = draw(some.sampled_from(["UNIQUE", "ANY", "FIRST", "PRIORITY"]))
    types = draw(some.lists(some.sampled_from(sorted(CELLS)), min_size=1, max_size=3))
    cells = [some.sampled_from(CELLS[each]) for each in types]
    row = some.tuples(*cells, some.sampled_from(["1", "2"]))
    inputs = {f"x{place}": each for place, each in enumerate(types)}
    return policy, inputs, draw(some.lists(row, min_size=1, max_size=5))


@settings(max_examples=120, deadline=None)
@given(tables())
def test_analysis_agrees_with_deciding_every_point(shown, parser, given):
    policy, inputs, rows = given
    points = [
        dict(zip(inputs, values, strict=True))
        for values in itertools.product(
            *(
                [_value(parser, text) for text in POINTS[each]]
                for each in inputs.values()
            )
        )
    ]
    matching = _decided(parser, inputs, rows)
    matched = [matching(point) for point in points]

    found = dmn.read(_drawn(policy[0], inputs, rows), "x.dmn", parser).findings

    told: dict[str, list[Finding]] = {}
    for each in found:
        told.setdefault(each.rule, []).append(each)
    assert set(told) <= {"table-gap", "table-overlap", "rule-unreachable"}
    gaps, overlaps = told.get("table-gap", []), told.get("table-overlap", [])
    assert all(matching(shown(each)) == [] for each in gaps)
    assert bool(gaps) == any(numbers == [] for numbers in matched)
    for each in overlaps:
        pair = {int(number) for number in re.findall(r"\d+", each.message)[:2]}
        assert pair <= set(matching(shown(each)))
    assert bool(overlaps) == any(map(_collides(policy, rows), matched))
    expected = _unreachable(policy, rows, matched)
    unreachable = [each.element_id for each in told.get("rule-unreachable", [])]
    assert unreachable == [f"rule_{number}" for number in expected]


def _drawn(policy: str, inputs: dict[str, str], rows: list[Row]) -> bytes:
    columns = [decision_tables.Input(*each) for each in inputs.items()]
    output = decision_tables.Output("Free", "2, 1")
    return decision_tables.model(policy, columns, output, rows)


def _decided(
    parser: feel.Parser, inputs: dict[str, str], rows: list[Row]
) -> Callable[[dict[str, feel.Value]], list[int]]:
    """The numbers of the rules that match when the table collects them all."""
    source = _drawn("C", inputs, rows)
    definitions = dmn.load(source, dmn.read(source, "x.dmn", parser).trees)

    def decide(point: dict[str, feel.Value]) -> list[int]:
        outcome = definitions.evaluate("Free", point, ENVIRONMENT)
        return [int(each.removeprefix("rule_")) for each in outcome.matched_rules]

    return decide


def _collides(policy: str, rows: list[Row]) -> Callable[[list[int]], bool]:
    def check(numbers: list[int]) -> bool:
        outputs = {rows[number - 1][-1] for number in numbers}
        return (policy == "UNIQUE" and len(numbers) > 1) or (
            policy == "ANY" and len(outputs) > 1
        )

    return check


def _unreachable(policy: str, rows: list[Row], matched: list[list[int]]) -> list[int]:
    """The rules that are no answer of any point. Of the outputs, 2 goes before 1."""
    if policy == "PRIORITY":
        matched = [
            sorted(numbers, key=lambda number: (-int(rows[number - 1][-1]), number))
            for numbers in matched
        ]
    single = policy in ("FIRST", "PRIORITY")
    used = {
        number for numbers in matched for number in (numbers[:1] if single else numbers)
    }
    return [number for number in range(1, len(rows) + 1) if number not in used]


def _value(parser: feel.Parser, text: str) -> feel.Value:
    return feel.constant_value(parser.parse(text), text)
