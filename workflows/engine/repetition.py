"""Activities that run several times: multi-instance, in parallel or not, and loops.

One token, the body, stands for the whole: boundary events watch it, and it leaves once.
Its items are its children, one for each time that the activity runs; they have
variables of their own, and report neither entry nor completion.
"""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lxml import etree
from SpiffWorkflow.util.task import TaskState

from workflows.engine.documents import BPMN
from workflows.engine.errors import Fault
from workflows.engine.extensions import read_extensions
from workflows.engine.tokens import BODY, INDEX, ITEM, Token

MOST_PARALLEL = 500

MULTI_INSTANCE = BPMN + "multiInstanceLoopCharacteristics"
STANDARD_LOOP = BPMN + "standardLoopCharacteristics"
COUNTER = "loopCounter"  # the variable of an item that counts them

# `=result` or `=result.part`: such a variable belongs to the item.
_PATH = re.compile(r"=\s*([^\W\d]\w*)(\s*\.\s*[^\W\d]\w*)*\s*")

State = dict[str, Any]


@dataclass(frozen=True)
class Outcome:
    """What follows when an item is done: the state of the body, and whether it goes."""

    state: State
    ended: bool


@dataclass(frozen=True)
class MultiInstance:
    """Once for each item of a list, or as often as a number says.

    The body keeps {"n": how many, "started", "done", "left": items to come, the next
    one last, "out": outputs in the order of the inputs}; the last two where needed.
    """

    sequential: bool
    collection: str | None
    cardinality: str | None
    element: str | None
    output_name: str | None
    output: str | None
    condition: str | None

    def begin(self, token: Token) -> State:
        items, count = self._items(token)
        if not self.sequential and count > MOST_PARALLEL:
            raise Fault(
                "expression",
                f"{token.task_spec.bpmn_id} would run {count} times at once, and "
                f"{MOST_PARALLEL} are allowed. Let it run one after the other.",
                count=count,
            )
        state: State = {"n": count, "started": 0, "done": 0}
        if items is not None:
            state["left"] = items[::-1]
        if self.output_name is not None:
            state["out"] = [None] * count
        return state

    def next_items(self, state: State) -> list[dict[str, Any]]:
        """The variables of the items that begin now."""
        count = int(state["n"]) - int(state["started"])
        if self.sequential:
            count = min(count, 1)
        return [self._variables(state) for _ in range(count)]

    def after(
        self, item: Token, written: dict[str, Any], seen: dict[str, Any]
    ) -> Outcome:
        """Evaluate the output and the completion condition; changes nothing.

        `seen` is what the item sees before its scopes.
        """
        evaluator = item.workflow.script_engine
        state = dict(item.parent.internal_data[BODY])
        count, done = int(state["n"]), int(state["done"]) + 1
        state["done"] = done
        if self.output_name is not None:
            state["out"] = out = list(state["out"])
            position = int(item.internal_data[INDEX]) - 1
            out[position] = evaluator.value(item, self.output or "", over=seen)
        ended = done == count
        if self.condition is not None:
            active = 0 if self.sequential else count - done
            counts = {
                "numberOfInstances": count,
                "numberOfActiveInstances": active,
                "numberOfCompletedInstances": done,
                "numberOfTerminatedInstances": 0,
            }
            over = {**_numbers(counts), **self.shown(state), **seen}
            ended = evaluator.truth(item, self.condition, over) or ended
        return Outcome(state, ended)

    def result(self, state: State) -> dict[str, Any]:
        """What the body leaves with."""
        return self.shown(state)

    def shown(self, state: State) -> dict[str, Any]:
        """What items see of the body: the outputs so far."""
        return {} if self.output_name is None else {self.output_name: state["out"]}

    def _items(self, token: Token) -> tuple[list[Any] | None, int]:
        evaluator = token.workflow.script_engine
        if self.collection is None:
            return None, evaluator.whole(token, "loopCardinality", self.cardinality, 0)
        items = evaluator.sequence(token, "inputCollection", self.collection)
        return (items if self.element is not None else None), len(items)

    def _variables(self, state: State) -> dict[str, Any]:
        variables: dict[str, Any] = {}
        path = _PATH.fullmatch(self.output or "")
        if path is not None and path.group(1) != COUNTER:
            variables[path.group(1)] = None
        if self.element is not None:
            variables[self.element] = state["left"].pop()
            if not state["left"]:
                del state["left"]
        return variables


@dataclass(frozen=True)
class StandardLoop:
    """Again and again while a condition holds, at most `maximum` times."""

    condition: str | None
    maximum: int | None
    test_before: bool
    output_name = None

    def begin(self, token: Token) -> State:
        goes = not self.test_before or self._goes_on(token, 0, {})
        return {"n": int(goes), "started": 0, "done": 0}

    def next_items(self, state: State) -> list[dict[str, Any]]:
        return [{}]

    def after(
        self, item: Token, written: dict[str, Any], seen: dict[str, Any]
    ) -> Outcome:
        """Evaluate whether it goes on, as if `written` were written already."""
        done = int(item.parent.internal_data[BODY]["done"]) + 1
        goes = self._goes_on(item.parent, done, written)
        return Outcome({"n": 1, "started": done, "done": done}, not goes)

    def result(self, state: State) -> dict[str, Any]:
        return {}

    def shown(self, state: State) -> dict[str, Any]:
        return {}

    def _goes_on(self, body: Token, done: int, written: dict[str, Any]) -> bool:
        if self.maximum is not None and done >= self.maximum:
            return False
        if self.condition is None:
            return True
        over = {**_numbers({COUNTER: done}), **written}
        truth: bool = body.workflow.script_engine.truth(body, self.condition, over)
        return truth


Repetition = MultiInstance | StandardLoop


def _numbers(counts: dict[str, int]) -> dict[str, Any]:
    return {name: Decimal(count) for name, count in counts.items()}


def begin_items(body: Token, repetition: Repetition) -> None:
    """Let the items run that are next."""
    state = body.internal_data[BODY]
    index = int(state["started"])
    for variables in repetition.next_items(state):
        index += 1
        item = body._add_child(body.task_spec, TaskState.FUTURE)
        item.internal_data[INDEX] = index
        item.internal_data[ITEM] = {COUNTER: Decimal(index), **variables}
        item._set_state(TaskState.READY)
    state["started"] = index


def read_repetition(node: etree._Element) -> Repetition | None:
    """The repetition that a drawn activity has; `repetition_rules` has checked it."""
    multi = node.find(MULTI_INSTANCE)
    if multi is not None:
        get = read_extensions(multi).get
        return MultiInstance(
            sequential=multi.get("isSequential") == "true",
            collection=get("loopCharacteristics", "inputCollection"),
            cardinality=text_of(multi, "loopCardinality"),
            element=get("loopCharacteristics", "inputElement"),
            output_name=get("loopCharacteristics", "outputCollection"),
            output=get("loopCharacteristics", "outputElement"),
            condition=text_of(multi, "completionCondition"),
        )
    loop = node.find(STANDARD_LOOP)
    if loop is None:
        return None
    maximum = loop.get("loopMaximum")
    return StandardLoop(
        condition=text_of(loop, "loopCondition"),
        maximum=None if maximum is None else int(maximum),
        test_before=loop.get("testBefore") == "true",
    )


def text_of(node: etree._Element, name: str) -> str | None:
    child = node.find(BPMN + name)
    return None if child is None else (child.text or "").strip()
