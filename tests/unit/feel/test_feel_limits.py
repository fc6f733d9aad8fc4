"""What would run for minutes or fill the memory ends within its limit."""

import json
import subprocess
import sys
from itertools import pairwise
from pathlib import Path

import pytest

from workflows.feel import Environment, LimitReached, Parser, compile_tree

ROOT = Path(__file__).parents[3]

# The whole child, and every expression in it: a second of FEEL, and what one look at
# the time can be late by. A loaded machine is slow, so the processor's time counts.
HARD_TIMEOUT = 300
SECONDS = 2.5
MEMORY = 800_000_000

_AS = 'string join(for i in 1..50000 return "a")'
_GROWING = "a: [1,1,1,1,1,1,1,1,1,1], " + ", ".join(
    f"{after}: [{', '.join([before] * 10)}]" for before, after in pairwise("abcdefg")
)
_DOUBLING = "a: [1,1,1,1,1,1,1,1,1,1], " + ", ".join(
    f"{after}: concatenate({', '.join([before] * 10)})"
    for before, after in pairwise("abcdef")
)
_SHARED = "{l: for i in 1..300 return i, m: for i in 1..300 return l,"
_WIDE = "{l: for i in 1..30000 return {key: string(i), value: i}, c: context(l),"

STOPPED = [
    "for i in 1..1000000, j in 1..1000000 return i * j",
    "count(for i in 1..1000000, j in 1..1000000 return 1)",
    "for i in 1..100 return for j in 1..1000000 return j",
    "some x in 1..1000000, y in 1..1000000 satisfies x = 0",
    "every x in 1..1000000, y in 1..1000000 satisfies x > 0",
    'for d in @"0001-01-01"..@"9999-12-31" return d',
    "for i in 1..50000 return partial",
    'for i in 0..100 return if i = 0 then "a" else partial[-1] + partial[-1]',
    f"string join(for i in 1..1000 return {_AS})",
    f'{{s: {_AS}, r: replace(s, "a", s)}}.r',
    f'{{s: {_AS}, r: for i in 1..1000 return split(s, "a")}}.r',
    f'{{s: {_AS}, r: matches(s + "!", "(a|aa)+$")}}.r',
    f'{{s: {_AS}, r: replace(s + "!", "(a+)+$", "b")}}.r',
    f'{{s: {_AS}, r: split(s + "!", "(a+)+b")}}.r',
    f'{{s: {_AS}, r: for i in 1..1000 return matches(s + "!", "(a|aa)+$")}}.r',
    f"{{{_GROWING}, h: g}}.h",
    f"{{{_GROWING}, h: string(g)}}.h",
    f"{{{_GROWING}, h: flatten(g)}}.h",
    f"{{{_DOUBLING}}}",
    "{f: function(g, n) g(g, n + 1), r: f(f, 1)}.r",
    "{f: function(g, n) g(g, n + 1) + g(g, n + 1), r: f(f, 1)}.r",
    "{f: function(g, n) if n = 0 then 1 else g(g, n - 1) + g(g, n - 1), r: f(f, 40)}.r",
    "sort(for i in 1..60000 return i, function(a, b) a > b and count([a]) > 0)",
    "distinct values(for i in 1..90000 return {k: i})",
    f"{_SHARED} r: for i in m return list contains(m, [1])}}.r",
    f"{_WIDE} r: for i in 1..10000 return get entries(c)}}.r",
    f'{_WIDE} r: for i in 1..10000 return c = context put(c, "a", 1)}}.r',
    "context merge(for i in 1..90000 return {a: i})",
    "add working days(now(), 10000000)",
    'working days between(@"0001-01-01", @"9999-12-31")',
]
# These have a value, or none within bounds: told at once, not digit by digit.
AT_ONCE = [
    "9 ** 9 ** 9 ** 9",
    "1.0000001 ** 1000000000000",
    "exp(1e6)",
    "decimal(1/3, 6000)",
    "decimal(1/3, 1e10)",
    "floor(1e6000, 6000)",
    "string(9e6000)",
    "for i in 1e40..1e40 + 1 return i",
    "[1, 2][1e6000]",
    "modulo(9e6000, 1e-6000)",
    '@"P1D" * 1e6000',
    '@"P1M" * 1e6000',
    '@"2020-01-01" + @"P1M" * 99999999',
    'matches("aaaa", "((a{1000}){1000}){1000}")',
    'matches("aaaa", "(a|a)*(a|a)*(a|a)*(a|a)*(a|a)*(a|a)*b")',
]


@pytest.fixture(scope="module")
def outcomes(parser: Parser) -> dict[tuple[str, bool], dict[str, object]]:
    """Everything once, in a process that can be killed and has little memory."""
    asked = [
        {"text": text, "tree": parser.parse(text), "lenient": lenient}
        for text in STOPPED + AT_ONCE
        for lenient in (False, True)
    ]
    ended = subprocess.run(
        [sys.executable, "-m", "tests.unit.feel.bounded", str(MEMORY)],
        input="".join(json.dumps(one) + "\n" for one in asked),
        capture_output=True,
        text=True,
        timeout=HARD_TIMEOUT,
        cwd=ROOT,
        check=False,
    )
    told = [json.loads(line) for line in ended.stdout.splitlines()]
    assert len(told) == len(asked), ended.stderr[-2000:]
    return {
        (one["text"], one["lenient"]): found
        for one, found in zip(asked, told, strict=True)
    }


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("text", STOPPED)
def test_what_would_never_end_is_stopped(outcomes, text, lenient):
    found = outcomes[text, lenient]

    assert found["outcome"] == "LimitReached"
    assert found["seconds"] < SECONDS


@pytest.mark.parametrize("lenient", [False, True])
@pytest.mark.parametrize("text", AT_ONCE)
def test_a_huge_number_costs_nothing(outcomes, text, lenient):
    found = outcomes[text, lenient]

    assert found["outcome"] != "LimitReached"
    assert found["seconds"] < 0.5


def test_the_time_of_the_processor_is_bounded(parser, environment):
    text = "for i in 1..1000000000 return i"
    hurried = Environment(
        environment.clock, max_steps=10**9, max_size=10**10, max_seconds=0.1
    )

    with pytest.raises(LimitReached) as refusal:
        compile_tree(parser.parse(text), text).evaluate({}, hurried)

    assert (refusal.value.limit, refusal.value.unit) == (100, "milliseconds")


def test_no_step_is_left_uncounted(parser, environment):
    text = "for i in 1..10 return i"
    expression = compile_tree(parser.parse(text), text)
    clock = environment.clock

    assert len(expression.evaluate({}, Environment(clock, max_steps=10))) == 10
    with pytest.raises(LimitReached, match="9 steps"):
        expression.evaluate({}, Environment(clock, max_steps=9))
