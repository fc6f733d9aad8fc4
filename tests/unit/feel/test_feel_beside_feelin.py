"""Our FEEL beside npm feelin in V8: equal where both follow the standard.

Where they are not, `DIFFERENCES` tells who is right and why; a line there that is no
longer true fails too.
"""

import json
import random
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests import feelin
from workflows.feel import FeelError, Parser, from_plain, plain

CASE: dict[str, Any] = {
    "x": 5,
    "name": "Әлия",
    "балалар саны": 3,
    "list": [1, 2, 3],
    "people": [{"age": 6, "class": "1A"}, {"age": 7, "class": "1B"}],
    "child": {"age": 6, "name": None},
}

SAME = """
x + 1
x - 1.5 * 2
2 ** 10
-x
x > 4 and x < 6
x < 4 or x = 5
not(x = 5)
x between 1 and 5
x in [1..5]
x in (5..7]
x in (1, 5)
x in (< 3, > 4)
"b" < "c"
null = null
x = null
x != null
true and null
false and null
true or null
null or false
if x > 4 then "over" else "under"
if null then 1 else 2
балалар саны * 2
list[1]
list[-1]
list[4]
list[item > 1]
list[item > 1][1]
people[age > 6]
people.age
people[age = 6].class
people[class = "1B"][1].age
child.age
child.name
{a: 1, b: a + 1}
{a: 1, b: a + 1}.b
{f: function(a, b) a + b, r: f(1, 2)}.r
{f: function(a, b) a + b, r: f(b: 1, a: 2)}.r
for i in 1..3 return i * 2
for i in 3..1 return i
for i in list, j in [10, 20] return i * j
for i in 0..4 return if i = 0 then 1 else i * partial[-1]
some i in list satisfies i > 2
every i in list satisfies i > 2
some i in list, j in [3] satisfies i = j
x instance of number
name instance of string
null instance of string
child instance of context<age: number>
string length(name)
upper case(name)
lower case(name)
substring(name, 2)
substring(name, -2, 1)
substring before("a-b", "-")
substring after("a-b", "-")
contains(name, "ли")
starts with(name, "Ә")
ends with(name, "я")
matches("foobar", "^fo*b")
replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")
split("a;b;c", ";")
string join(["a", "b"], ", ")
list contains(list, 2)
count(list)
min(list)
max(1, 2)
sum(list)
mean(list)
median([8, 2, 5, 3, 4])
mode([6, 3, 9, 6, 6])
product([2, 3])
stddev([2, 4, 7, 5])
all([true, true])
any([false, true])
sublist(list, 2)
sublist(list, -2, 1)
append(list, 4)
concatenate(list, [4])
insert before(list, 2, 9)
remove(list, 2)
reverse(list)
index of([1, 2, 3, 2], 2)
union([1, 2], [2, 3])
distinct values([1, 2, 2])
flatten([[1, [2]], 3])
sort(list, function(a, b) a > b)
list replace(list, 2, 9)
decimal(1/3, 2)
decimal(2.5, 0)
floor(-1.5)
ceiling(1.5)
round up(1.121, 2)
round down(1.126, 2)
round half up(5.5, 0)
round half down(5.5, 0)
abs(-10)
modulo(-12, 5)
sqrt(16)
log(10)
exp(1)
odd(5)
even(5)
number("1 000,5", " ", ",")
string(1.5)
string(true)
string(@"2021-01-01")
string(@"PT36H")
string(@"P14M")
string(date("2021-01-01") + duration("P1D"))
string(date("2021-03-31") + duration("P1M"))
string(date("2021-01-02") - date("2021-01-01"))
string(years and months duration(date("2011-12-22"), date("2013-12-22")))
date("2021-01-01") < date("2021-01-02")
date("2021-01-05").weekday
@"2021-01-01T10:00:00Z".hour
@"10:20:30".minute
@"P1Y2M".months
@"P1DT2H".hours
day of week(date("2019-09-17"))
day of year(date("2019-09-17"))
month of year(date("2019-09-17"))
week of year(date("2019-09-17"))
before(1, 10)
after([5..7], [1..4])
meets([1..5], [5..10])
overlaps([1..5], [3..8])
includes([5..10], 6)
get value({a: 1}, "a")
get entries({a: 1})
context put({a: 1}, "b", 2)
context merge([{a: 1}, {b: 2}])
context([{key: "a", value: 1}])
is(1, 1)
[1..3].start
[1..3] = [1..3]
"\\u0041"
/* remark */ 2
""".strip().splitlines()

# Who is right where the two give different values.
DIFFERENCES = {
    "0.1 + 0.2 = 0.3": "numbers are decimal128 here, binary there",
    "9007199254740993 + 0": "34 digits here, 53 bits there",
    "1e3": "feelin reads 1, and loses the exponent",
    '1 < "a"': "of two types null, says the standard; feelin says false",
    "string([1..3])": "the range as it is written; feelin: <range>",
    'get value({a: {b: 1}}, ["a", "b"])': "a list of keys goes inwards",
    'substring("foobar", 0)': "no character has the place 0; feelin gives the last",
    "remove([1, 2, 3], -1)": "-1 is the last item; feelin removes the one before",
    '@"P1D" * 2': "durations are multiplied; feelin cannot",
    '@"P1D" / @"PT12H"': "durations have a ratio; feelin cannot",
    "starts([1..5], [1..10])": "feelin does not know starts",
    "finishes([5..10], [1..10])": "feelin does not know finishes",
    "coincides([1..5], [1..5])": "feelin does not know coincides",
    "[1] instance of list<number>": "not read there beside a variable named list",
    "during(3, [1..5])": "a point during a range is in the standard",
    'max("a", "b")': "strings are ordered; feelin compares numbers alone",
    "[1..3] instance of range<number>": "feelin does not read the type range",
    'range("[1..3]").end': "feelin has no function range",
    'string(years and months duration(@"2011-12-22", @"2013-08-24"))': (
        "years and months; feelin adds days"
    ),
    "string(time(10, 0, 0.5))": "seconds have a fraction; feelin drops it",
    "+1": "the grammar has no sign plus; feelin takes it",
    "null in null": "equal to what stands there; feelin gives null",
    "{f: function(n) if n < 2 then 1 else n * f(n - 1), r: f(5)}.r": (
        "an entry sees those before it, not itself; feelin lets it"
    ),
    "insert before([1, 2], 3, 9)": "the list has no place 3; feelin appends",
}

Run = Callable[[str], Any]


@pytest.fixture(scope="module")
def theirs() -> Iterator[Run]:
    with feelin.opened() as racer:
        racer.eval(
            "function run(text, given) {"
            " const { value } = feelin.evaluate(text, given);"
            " return JSON.stringify(value === undefined ? null : value); }"
        )

        def run(text: str) -> Any:
            try:
                return json.loads(racer.call("run", text, CASE))
            except feelin.Refused:
                return "refused"

        yield run


@pytest.fixture(scope="module")
def ours(parser: Parser, lenient: Callable[..., Any]) -> Run:
    case = {name: from_plain(value) for name, value in CASE.items()}

    def run(text: str) -> Any:
        try:
            return plain(lenient(text, case))
        except FeelError:
            return "refused"

    return run


@pytest.mark.parametrize("text", SAME)
def test_both_give_the_same(ours, theirs, text):
    found = ours(text)

    assert _same(found, theirs(text)), (found, theirs(text))
    assert found != "refused"


@pytest.mark.parametrize("text", DIFFERENCES)
def test_the_differences_are_those_that_are_explained(ours, theirs, text):
    assert not _same(ours(text), theirs(text))


@pytest.mark.parametrize("seed", range(40))
def test_random_expressions_agree(ours, theirs, seed):
    rng = random.Random(seed)
    for _ in range(10):
        text = _random(rng, 3)
        assert _same(ours(text), theirs(text)), text


def _random(rng: random.Random, depth: int) -> str:
    """Numbers small and halves, so that binary fractions are exact."""
    if depth == 0:
        return rng.choice(
            ["x", "2", "0.5", "7", "балалар саны", "list[1]", "child.age"]
        )
    one, other = (_random(rng, depth - 1) for _ in range(2))
    return rng.choice(
        [
            f"({one} + {other})",
            f"({one} - {other})",
            f"({one} * {other})",
            f"(if {one} > {other} then {one} else {other})",
            f"floor({one})",
            f"abs(-{one})",
            f"max({one}, {other})",
            f"sum([{one}, {other}])",
            f"count(list[item <= {one}])",
            f"[{one}, {other}][2]",
            f"{{a: {one}, b: a + {other}}}.b",
            f"(for i in list return i + {one})[1]",
            f"(if {one} in [{other}..100] and {one} != {other} then 1 else 0)",
            f"(if some i in list satisfies i = {one} then 1 else {other})",
        ]
    )


def _same(one: Any, other: Any) -> bool:
    if isinstance(one, bool) or isinstance(other, bool) or one is None or other is None:
        return one is other
    if isinstance(one, int | float) and isinstance(other, int | float):
        return one == pytest.approx(other, rel=1e-12, abs=1e-12) and (
            one != int(one) or one == other
        )
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(
            _same(value, other[key]) for key, value in one.items()
        )
    return type(one) is type(other) and bool(one == other)
