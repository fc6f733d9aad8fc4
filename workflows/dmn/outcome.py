"""What an evaluation gives: the value, and how it came about."""

from dataclasses import dataclass
from typing import Any

from workflows.feel import Value


@dataclass(frozen=True)
class Outcome:
    """`matched_rules` are those of the decision asked for, in the order of the table.

    `explanation` is JSON-able, the decisions in the order in which they ended:
    `{"decisions": [{"id", "name", "inputs": {name: value}, "tables": [{"id", "inputs":
    {expression: value}, "matched_rules": [id]}], "matched_rules": [id], "result"}]}`,
    values as `feel.plain` writes them, a function as its name, what is long cut off.
    A rule without an id is `rule` and its number.
    """

    value: Value
    matched_rules: list[str]
    explanation: dict[str, Any]
