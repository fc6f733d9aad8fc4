"""Drawings of the sizes that the dialect promises, written by program."""

import itertools
from collections.abc import Iterable

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'targetNamespace="rasim" id="definitions">'
)
CLERK = (
    "<bpmn:extensionElements>"
    '<zeebe:assignmentDefinition candidateGroups="clerk"/>'
    "</bpmn:extensionElements>"
)

TIMER = (
    "<bpmn:timerEventDefinition><bpmn:timeDate>=due</bpmn:timeDate>"
    "</bpmn:timerEventDefinition>"
)
COUNT = (
    "<bpmn:extensionElements>"
    '<zeebe:script expression="=turns + 1" resultVariable="turns"/>'
    "</bpmn:extensionElements>"
)


def pairs(number: int) -> bytes:
    """So many parallel forks with their joins, one behind the other, then a task."""
    body = [_node("startEvent", "start"), _node("userTask", "look", CLERK)]
    flows: list[tuple[str, str]] = []
    last = "start"
    for at in range(number):
        fork, join = f"fork{at}", f"join{at}"
        body += [_node("parallelGateway", fork), _node("parallelGateway", join)]
        flows.append((last, fork))
        for arm in ("a", "b"):
            body.append(_node("userTask", f"{arm}{at}", CLERK))
            flows += [(fork, f"{arm}{at}"), (f"{arm}{at}", join)]
        last = join
    body.append(_node("endEvent", "end"))
    return _drawing("scale_pairs", body, [*flows, (last, "look"), ("look", "end")])


def chain(key: str, number: int, *, ends_with_task: bool) -> bytes:
    """So many elements in a row: a script task and an abstract one in turns."""
    inner = number - 2 - ends_with_task
    middle = [f"e{at}" for at in range(inner)]
    body = [
        _node("scriptTask", one, COUNT) if at % 2 else _node("task", one)
        for at, one in enumerate(middle)
    ]
    if ends_with_task:
        middle.append("look")
        body.append(_node("userTask", "look", CLERK))
    body += [_node("startEvent", "start"), _node("endEvent", "end")]
    return _drawing(key, body, itertools.pairwise(["start", *middle, "end"]))


def standard_loop(turns: int) -> bytes:
    inner = CLERK + (f'<bpmn:standardLoopCharacteristics loopMaximum="{turns}"/>')
    return _with_task("scale_standard_loop", inner)


def drawn_loop(turns: int) -> bytes:
    """A loop of gateways, with a counter: a user task and a script task each turn."""
    body = [
        _node("startEvent", "start"),
        _node("exclusiveGateway", "again"),
        _node("userTask", "look", CLERK),
        _node("scriptTask", "count", COUNT),
        _node("exclusiveGateway", "enough", default="enough_end"),
        _node("endEvent", "end"),
    ]
    flows = itertools.pairwise(["start", "again", "look", "count", "enough", "end"])
    back = _flow(
        "enough",
        "again",
        f"<bpmn:conditionExpression>=turns &lt; {turns}</bpmn:conditionExpression>",
    )
    return _drawing("scale_drawn_loop", [*body, back], flows)


def items(key: str, *, sequential: bool, with_results: bool = False) -> bytes:
    """A user task for each item of the variable `items`."""
    results = (
        ' outputCollection="results" outputElement="=item"' if with_results else ""
    )
    order = str(sequential).lower()
    inner = CLERK + (
        f'<bpmn:multiInstanceLoopCharacteristics isSequential="{order}">'
        "<bpmn:extensionElements><zeebe:loopCharacteristics"
        f' inputCollection="=items" inputElement="item"{results}/>'
        "</bpmn:extensionElements></bpmn:multiInstanceLoopCharacteristics>"
    )
    return _with_task(key, inner)


def timer_or_message() -> bytes:
    """Waits for a moment or for a message; what comes first opens a task."""
    message = (
        '<bpmn:message id="withdrawn" name="scale_withdrawn"><bpmn:extensionElements>'
        '<zeebe:subscription correlationKey="=number"/></bpmn:extensionElements>'
        "</bpmn:message>"
    )
    body = [
        _node("startEvent", "start"),
        _node("eventBasedGateway", "wait"),
        _node("intermediateCatchEvent", "until", TIMER),
        _node(
            "intermediateCatchEvent",
            "withdrawal",
            '<bpmn:messageEventDefinition messageRef="withdrawn"/>',
        ),
        _node("userTask", "look", CLERK),
        _node("endEvent", "end"),
        _node("endEvent", "gone"),
    ]
    flows = [
        *itertools.pairwise(["start", "wait", "until", "look", "end"]),
        *itertools.pairwise(["wait", "withdrawal", "gone"]),
    ]
    return _drawing("scale_timer", body, flows, message)


def timers(number: int) -> bytes:
    """So many timers beside each other, for the same moment; each opens a task."""
    body = [_node("startEvent", "start"), _node("parallelGateway", "fork")]
    flows = [("start", "fork")]
    for at in range(number):
        body += [
            _node("intermediateCatchEvent", f"until{at}", TIMER),
            _node("userTask", f"look{at}", CLERK),
            _node("endEvent", f"end{at}"),
        ]
        flows += itertools.pairwise(["fork", f"until{at}", f"look{at}", f"end{at}"])
    return _drawing("scale_timers", body, flows)


def _with_task(key: str, inner: str) -> bytes:
    body = [
        _node("startEvent", "start"),
        _node("userTask", "look", inner),
        _node("endEvent", "end"),
    ]
    return _drawing(key, body, itertools.pairwise(["start", "look", "end"]))


def _drawing(
    key: str,
    body: Iterable[str],
    flows: Iterable[tuple[str, str]],
    declared: str = "",
) -> bytes:
    drawn = "".join((*body, *(_flow(source, target) for source, target in flows)))
    return (
        f'{HEAD}{declared}<bpmn:process id="{key}" isExecutable="true">{drawn}'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def _node(tag: str, id_: str, inner: str = "", **attributes: str) -> str:
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    return f'<bpmn:{tag} id="{id_}"{written}>{inner}</bpmn:{tag}>'


def _flow(source: str, target: str, inner: str = "") -> str:
    return (
        f'<bpmn:sequenceFlow id="{source}_{target}" sourceRef="{source}"'
        f' targetRef="{target}">{inner}</bpmn:sequenceFlow>'
    )
