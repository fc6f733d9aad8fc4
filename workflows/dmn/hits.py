"""Hit policies: what a table gives of the rules that matched (DMN 8.2.10)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from workflows.dmn.elements import Place, Table
from workflows.dmn.evaluation import refuse
from workflows.feel import Run, Value
from workflows.feel.functions import BUILTINS
from workflows.feel.operators import same

RANKED = frozenset({"PRIORITY", "OUTPUT ORDER"})
COLLECTED = frozenset({"COLLECT", "RULE ORDER", "OUTPUT ORDER"})

_AGGREGATIONS = {"SUM": "sum", "MIN": "min", "MAX": "max", "COUNT": "count"}


@dataclass(frozen=True)
class Hit:
    """A rule that matched; `ranks` of its outputs, smaller before greater."""

    place: Place
    value: Value
    ranks: tuple[int, ...]


def choose(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    """The result by the table's policy; null where nothing matched and one is wanted.

    DecisionError, or lenient null, where the policy is hurt.
    """
    policy = _POLICIES.get(table.policy)
    if policy is None:
        return refuse(run, table.place, f"there is no hit policy {table.policy}.")
    return policy(table, hits, run)


def _unique(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    if len(hits) > 1:
        rules = _rules(hits)
        reason = f"UNIQUE lets one rule match, and {rules} do."
        return refuse(run, table.place, reason)
    return _first(table, hits, run)


def _any(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    for hit in hits[1:]:
        run.charge(hit.value)
        if not same(hits[0].value, hit.value):
            rules = _rules([hits[0], hit])
            reason = f"ANY wants one result, and {rules} give two."
            return refuse(run, table.place, reason)
    return _first(table, hits, run)


def _first(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    return hits[0].value if hits else None


def _priority(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    return _first(table, _ordered(table, hits, run), run)


def _output_order(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    return [hit.value for hit in _ordered(table, hits, run)]


def _rule_order(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    return [hit.value for hit in hits]


def _collect(table: Table, hits: Sequence[Hit], run: Run) -> Value:
    values = [hit.value for hit in hits]
    if table.aggregation is None:
        return values
    if len(table.outputs) > 1 and table.aggregation != "COUNT":
        reason = f"{table.aggregation} is of one output, and the table has several."
        return refuse(run, table.place, reason)
    if not values and table.aggregation != "COUNT":
        return None
    return BUILTINS[_AGGREGATIONS[table.aggregation]].call(run, [values])


def _ordered(table: Table, hits: Sequence[Hit], run: Run) -> Sequence[Hit]:
    """By the ranks of the outputs from left to right; equals as in the table."""
    if len(hits) > 1 and not any(hit.ranks for hit in hits):
        refuse(
            run,
            table.place,
            f"{table.policy} goes by output values, and the table has none.",
        )
    return sorted(hits, key=lambda hit: hit.ranks)


def _rules(hits: Sequence[Hit]) -> str:
    return " and ".join(hit.place.element_id for hit in hits)


_POLICIES: Mapping[str, Callable[[Table, Sequence[Hit], Run], Value]] = {
    "UNIQUE": _unique,
    "ANY": _any,
    "FIRST": _first,
    "PRIORITY": _priority,
    "RULE ORDER": _rule_order,
    "OUTPUT ORDER": _output_order,
    "COLLECT": _collect,
}
