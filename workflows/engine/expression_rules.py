"""The rules on what expressions give, as far as it can be known before a case runs."""

import itertools
from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lxml import etree

from workflows import feel
from workflows.engine.closed_world import drawn_id
from workflows.engine.documents import BPMN
from workflows.engine.evaluation import (
    body,
    is_expression,
    literal_cycle,
    literal_duration,
    literal_moment,
    told,
)
from workflows.engine.parser import TIMES
from workflows.engine.rules import Findings, ScopeDrawing, scopes_of

Trees = Mapping[str, Any]

CONDITION = BPMN + "conditionExpression"
TRUTHS = (BPMN + "completionCondition", BPMN + "loopCondition")


@dataclass(frozen=True)
class Ways:
    """What conditions say of flows: those never taken, and pairs never taken both."""

    dead: Set[str] = frozenset()
    exclusive: Set[frozenset[str]] = frozenset()


class Expressions:
    """Collects what is wrong with them, and what is known of the flows behind them."""

    def __init__(self, trees: Trees, findings: Findings) -> None:
        self.trees, self.findings = trees, findings
        self.dead: set[str] = set()
        self.exclusive: set[frozenset[str]] = set()

    def check(self, process: etree._Element) -> None:
        for scope in scopes_of(process):
            for flow in scope.flows:
                condition = flow.find(CONDITION)
                if condition is not None:
                    self._truth(flow.get("id"), condition.text or "")
            for node_id, node in scope.of("exclusiveGateway"):
                self._alternatives(scope, node_id, node)
            for flow in scope.flows:
                if self._holds(flow) is False:
                    self._never_holds(flow)
            for flows in scope.outgoing.values():
                self._note_exclusive(flows)
        for node in process.iter(*TRUTHS):
            self._truth(drawn_id(node), node.text or "")
        for node in process.iter(*TIMES):
            self._time(node)

    def _value(self, text: str) -> Any:
        """The value of a constant expression; `...` where it is none."""
        tree = self.trees.get(body(text)) if is_expression(text) else None
        if tree is None or not feel.is_constant(tree):
            return ...
        try:
            return feel.constant_value(tree, body(text))
        except feel.FeelError:
            return None

    def _truth(self, element_id: str | None, text: str) -> None:
        """A condition must be true or false."""
        value = self._value(text)
        if value is True or value is False:
            return
        tree = self.trees.get(body(text)) if is_expression(text) else None
        if tree is not None and (value is not ... or feel.is_never_boolean(tree)):
            gives = told(value) if value is not ... else "a value that is"
            self.findings.error(
                element_id,
                "condition-not-boolean",
                f'The condition "{text.strip()}" of {element_id} gives {gives}, '
                "neither true nor false: every case that comes to it would stop. "
                "Compare it with something.",
            )

    def _holds(self, flow: etree._Element) -> bool | None:
        """Whether its condition always holds, or never; None if it depends."""
        condition = flow.find(CONDITION)
        if condition is None:
            return None
        value = self._value(condition.text or "")
        return value if isinstance(value, bool) else None

    def _note_exclusive(self, flows: list[etree._Element]) -> None:
        drawn = [(flow, flow.find(CONDITION)) for flow in flows]
        texts = {
            flow.get("id") or "": body(condition.text or "")
            for flow, condition in drawn
            if condition is not None
        }
        known = [
            (one, self.trees[text])
            for one, text in texts.items()
            if self.trees.get(text)
        ]
        for (one, tree), (other, facing) in itertools.combinations(known, 2):
            if feel.exclude_each_other(tree, facing):
                self.exclusive.add(frozenset((one, other)))

    def _never_holds(self, flow: etree._Element) -> None:
        flow_id = flow.get("id") or ""
        self.dead.add(flow_id)
        self.findings.warning(
            flow_id,
            "condition-never",
            f"The condition of flow {flow_id} never holds, so nothing goes that way. "
            "Write when it is to be taken, or remove the flow.",
        )

    def _alternatives(
        self, scope: ScopeDrawing, node_id: str, node: etree._Element
    ) -> None:
        """Of the flows of an exclusive gateway the first that holds is taken."""
        flows = scope.outgoing.get(node_id, [])
        default = node.get("default")
        flows = sorted(flows, key=lambda flow: flow.get("id") == default)
        seen: dict[str, str] = {}
        always: str | None = None
        for flow in flows:
            flow_id = flow.get("id") or ""
            condition = flow.find(CONDITION)
            text = "" if condition is None else body(condition.text or "")
            text = " ".join(text.split())
            if always is not None:
                why = f"the condition of {always}, which is looked at before, always is"
                self._shadowed(flow_id, node_id, f"{why} true")
            elif text and text in seen:
                why = f"{seen[text]}, which is looked at before, has the same condition"
                self._shadowed(flow_id, node_id, why)
            seen.setdefault(text, flow_id)
            if always is None and self._holds(flow) is True:
                always = flow_id

    def _shadowed(self, flow_id: str, node_id: str, why: str) -> None:
        self.dead.add(flow_id)
        self.findings.warning(
            flow_id,
            "condition-shadowed",
            f"Flow {flow_id} of the gateway {node_id} is never taken: {why}. Correct "
            "one of the conditions, or remove the flow.",
        )

    def _time(self, node: etree._Element) -> None:
        """What a timer's expression gives, where it is a constant."""
        value = self._value(node.text or "")
        if value is ...:
            return
        name = str(etree.QName(node).localname)
        if name == "timeDuration":
            fits = isinstance(value, timedelta | feel.YearsMonths)
            fits = fits or (
                isinstance(value, str) and literal_duration(value) is not None
            )
            wanted = 'a duration, like = duration("P5D")'
        elif name == "timeDate":
            fits = isinstance(value, datetime)
            fits = fits or (
                isinstance(value, str) and literal_moment(value) is not None
            )
            wanted = "a date and time"
        else:
            fits = isinstance(value, str) and literal_cycle(value) is not None
            wanted = "a repeating interval like R3/PT10M"
        if not fits:
            self.findings.error(
                drawn_id(node),
                "timer-invalid",
                f'"{(node.text or "").strip()}" of timer {drawn_id(node)} gives '
                f"{told(value)}. Write {wanted}.",
            )


def check_expressions(
    drawn: Mapping[etree._Element, Trees], findings: Findings
) -> Ways:
    """All rules of this module; what the conditions say of the flows."""
    dead: set[str] = set()
    exclusive: set[frozenset[str]] = set()
    for process, trees in drawn.items():
        check = Expressions(trees, findings)
        check.check(process)
        dead |= check.dead
        exclusive |= check.exclusive
    return Ways(dead, exclusive)
