"""Whatever is asked of FEEL: a value of it, or an error of it that tells a place."""

import random

import pytest

from workflows.feel import (
    Environment,
    FeelError,
    FeelSyntaxError,
    LimitReached,
    Parser,
    compile_tree,
    dumps,
    kind,
    loads,
)
from workflows.feel.functions import BUILTINS

ATOMS = """
null
true
0
-1
1.5
1e40
-9e6000
1e-6000
""
"a"
"Әлия"
"(a+"
"P1D"
"[1..3]"
[]
[1, 2, 3]
[null]
["b", "a"]
[[1], [2, [3]]]
[{key: "a", value: 1}]
{}
{a: 1, b: {c: null}}
@"2026-03-29"
@"9999-12-31"
@"0001-01-01"
@"2026-03-29T02:30:00@Europe/Berlin"
@"2026-03-29T02:30:00"
@"0001-01-01T00:00:00+14:00"
@"9999-12-31T23:59:59-14:00"
@"23:59:59Z"
@"00:00:00@Asia/Almaty"
@"10:00:00"
@"-999999999-01-01"
@"999999999-12-31T23:59:59.999999999@Europe/Berlin"
@"-0001-01-01T00:00:00Z"
@"10:00:00.123456789"
@"P1D"
@"-PT0.000001S"
@"P999999999D"
@"P1Y2M"
@"-P999999999Y"
[1..3]
(< 5)
["a".."b")
[@"2026-01-01"..@"2026-12-31"]
(function(a) a)
(function(a, b) a < b)
count
x
x.a
""".strip().splitlines()
TEMPORAL = [atom for atom in ATOMS if atom.startswith("@")]
PAIRS = "+ - * / ** = != < <= > >= and or in".split()
VARIABLES = {"x": {"a": "text"}}


def expression(rng: random.Random, depth: int) -> str:
    if depth == 0:
        return rng.choice(ATOMS)
    one, two, three = (expression(rng, rng.randrange(depth)) for _ in range(3))
    name = rng.choice(sorted(BUILTINS))
    return rng.choice(
        [
            f"({one} {rng.choice(PAIRS)} {two})",
            f"({one} {rng.choice(PAIRS)} {two})",
            f"({rng.choice(TEMPORAL)} {rng.choice('+-<=')} {rng.choice(TEMPORAL)})",
            f"({rng.choice(TEMPORAL)} {rng.choice('+-*/')} {rng.choice(ATOMS)})",
            f"-({one})",
            f"({one} between {two} and {three})",
            f"({one} in ({two}, {three}))",
            f"({one})[{two}]",
            f"({one})[item {rng.choice(PAIRS)} {two}]",
            f"({one}).{rng.choice(['a', 'year', 'days', 'start', 'time offset'])}",
            f"(if {one} then {two} else {three})",
            f"(for i in {one} return i)",
            f"(for i in {one}..{two} return i)",
            f"(some i in {one} satisfies i = {two})",
            f"[{one}..{two}]",
            f"[{one}, {two}]",
            f"{{a: {one}, b: {two}}}",
            f"({one} instance of {rng.choice(['number', 'list<date>', 'range<Any>'])})",
            f"({one})({two})",
            f"{name}()",
            f"{name}({one})",
            f"{name}({one})",
            f"{name}({one}, {two})",
            f"{name}({one}, {two})",
            f"{name}({one}, {two}, {three})",
            f"{name}({one}, {two}, {three}, {expression(rng, 0)})",
        ]
    )


@pytest.mark.parametrize("seed", range(40))
def test_a_value_or_an_error_of_feel(parser: Parser, environment, seed):
    rng = random.Random(seed)
    clock = environment.clock
    for _ in range(50):
        text = expression(rng, 2)
        tree = parser.parse(text)
        for lenient in (False, True):
            bounded = Environment(clock, lenient=lenient, max_steps=20_000)
            _evaluate(tree, text, bounded)


def _evaluate(tree, text, environment):
    refused = None
    try:
        expression = compile_tree(tree, text, lenient=environment.lenient)
        value = expression.evaluate(VARIABLES, environment)
    except FeelError as error:
        refused = error
    if refused is not None:
        _check_refusal(refused, text, lenient=environment.lenient)
        return
    assert "Python" not in kind(value), text
    try:
        written = dumps(value)
    except FeelError:
        return
    # A time that the clocks leave out is another one at the same moment: kept as that.
    kept = dumps(loads(written))
    assert dumps(loads(kept)) == kept, text


def _check_refusal(error, text, *, lenient):
    stopped = isinstance(error, LimitReached)
    assert stopped or not lenient, text
    assert stopped or error.position is not None, (text, error)
    assert error.expression == text
    assert stopped or isinstance(error, FeelSyntaxError) or error.part, text
