"""What a decision said, in words: which rule of which table, and with what result."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from flask import url_for

from server import i18n, rendering
from server.i18n import gettext

LONGEST = 80  # letters of a result that a line tells; its page has the table


def note(detail: Mapping[str, Any]) -> str:
    """The rules that matched and the result; empty once the details are erased."""
    decisions = detail.get("decisions", [])
    said = [_rules(detail, one) for one in decisions if one.get("rule_numbers")]
    if decisions and "result" in decisions[-1]:
        result = _short(decisions[-1]["result"])
        if result:
            said.append(gettext("Result: %(result)s", result=result))
    return ". ".join(said)


def link(detail: Mapping[str, Any]) -> tuple[str, str] | None:
    """(address, name) of the decision's page, in the version that answered."""
    key = detail.get("decision")
    if key is None:
        return None
    address = url_for("designer.decision", key=key, version=detail.get("version"))
    return address, i18n.name_in(detail.get("names", {}), key)


def _rules(detail: Mapping[str, Any], one: Mapping[str, Any]) -> str:
    name = one["name"]
    if one["id"] == detail.get("decision"):
        name = i18n.name_in(detail.get("names", {}), name)
    numbers = one["rule_numbers"]
    listed = ", ".join(map(str, numbers))
    if len(numbers) == 1:
        return gettext("%(table)s: rule %(numbers)s", table=name, numbers=listed)
    return gettext("%(table)s: rules %(numbers)s", table=name, numbers=listed)


def _short(result: Any) -> str:
    """A result as people read it; nothing where it is long."""
    if isinstance(result, Mapping):
        pairs = [f"{key}: {_short(held)}" for key, held in result.items()]
        told = "; ".join(pairs)
    else:
        is_part = isinstance(result, float)
        told = rendering.value(Decimal(repr(result)) if is_part else result)
    return told if len(told) <= LONGEST else ""
