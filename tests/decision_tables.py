"""A DMN file of one decision table, from a few plain data: for tests and the bench."""

from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

NAMESPACE = "https://www.omg.org/spec/DMN/20191111/MODEL/"
POLICIES = {
    "U": "UNIQUE",
    "A": "ANY",
    "P": "PRIORITY",
    "F": "FIRST",
    "C": "COLLECT",
    "R": "RULE ORDER",
    "O": "OUTPUT ORDER",
}
AGGREGATIONS = {"+": "SUM", "<": "MIN", ">": "MAX", "#": "COUNT"}


@dataclass(frozen=True)
class Input:
    """The name of an input; `values` are unary tests that it passes."""

    name: str
    type_name: str | None = None
    values: str | None = None


@dataclass(frozen=True)
class Output:
    name: str
    values: str | None = None
    default: str | None = None


def model(
    policy: str,
    inputs: Sequence[Input],
    output: Output,
    rows: Sequence[Sequence[str]],
) -> bytes:
    """`policy` in DMN's letters (`C+`); each row is its tests and its output. The
    decision is called as the output is."""
    hit = POLICIES[policy[0]]
    aggregation = AGGREGATIONS.get(policy[1:])
    given = f' aggregation="{aggregation}"' if aggregation else ""
    columns = "".join(_column(place, each) for place, each in enumerate(inputs))
    rules = "".join(_rule(number, row) for number, row in enumerate(rows, 1))
    data = "".join(
        f'<inputData id="data_{place}" name={quoteattr(each.name)}>'
        f"<variable name={quoteattr(each.name)}{_type(each.type_name)}/></inputData>"
        for place, each in enumerate(inputs)
    )
    needs = "".join(
        f'<informationRequirement><requiredInput href="#data_{place}"/>'
        "</informationRequirement>"
        for place in range(len(inputs))
    )
    name = quoteattr(output.name)
    return (
        f'<definitions xmlns="{NAMESPACE}" id="model" name="Tables" '
        f'namespace="urn:rasim:tables">{data}<decision id="decision" name={name}>'
        f"<variable name={name}/>{needs}"
        f'<decisionTable id="table" hitPolicy="{hit}"{given}>{columns}'
        f'<output id="output">{_tests("outputValues", output.values)}'
        f"{_tests('defaultOutputEntry', output.default)}</output>"
        f"{rules}</decisionTable></decision></definitions>"
    ).encode()


def _column(place: int, given: Input) -> str:
    return (
        f'<input id="input_{place}">'
        f"<inputExpression{_type(given.type_name)}><text>{escape(given.name)}</text>"
        f"</inputExpression>{_tests('inputValues', given.values)}</input>"
    )


def _rule(number: int, row: Sequence[str]) -> str:
    *tests, output = row
    entries = "".join(_tests("inputEntry", text) for text in tests)
    return f'<rule id="rule_{number}">{entries}{_tests("outputEntry", output)}</rule>'


def _tests(name: str, text: str | None) -> str:
    return "" if text is None else f"<{name}><text>{escape(text)}</text></{name}>"


def _type(name: str | None) -> str:
    return f' typeRef="{name}"' if name else ""
