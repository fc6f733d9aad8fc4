"""A small language for drawings: chains of ids, whose first letters say what they are.

`draw("s->u->e")` is a start event, a user task and an end event. What is no plain
element of its letter is given by its id: `draw("s->a->e", a=job(), b=boundary(...))`.
"""

import re
from html import escape

from engine_kit import JOB, el, flows, mapping, zeebe

KINDS = {
    "es": "startEvent",  # of an event sub-process
    "s": "startEvent",
    "e": "endEvent",
    "t": "task",
    "u": "userTask",
    "j": "serviceTask",
    "x": "exclusiveGateway",
    "p": "parallelGateway",
    "o": "inclusiveGateway",
    "g": "eventBasedGateway",
}
UNDO = "<bpmn:compensateEventDefinition/>"
ID = re.compile(r"[a-z][a-z0-9]*")


def draw(*chains, **nodes):
    """The body of a process or sub-process; `nodes` are made by what is below."""
    ids = [
        one for chain in chains for one in ID.findall(chain.partition(" ? ")[0].strip())
    ]
    written = []
    for node_id in dict.fromkeys([*ids, *nodes]):
        made = nodes.get(node_id) or node(_kind(node_id))
        written.append(made(node_id))
    return "".join(written) + flows(*(chain for chain in chains if "->" in chain))


def _kind(node_id):
    return KINDS.get(node_id[:2]) or KINDS.get(node_id[0], "task")


def node(tag, inner="", default=None, **attributes):
    """Any element; `default` is the id of the element that its default flow leads to.

    An expression in an attribute is escaped here.
    """

    def make(node_id):
        named = {name: escape(str(value)) for name, value in attributes.items()}
        if default:
            named["default"] = f"{node_id}_{default}"
        return el(tag, node_id, inner, **named)

    return make


def ext(*parts):
    return zeebe("".join(parts)) if any(parts) else ""


def task(inner="", maps="", **attributes):
    return node("task", ext(maps) + inner, **attributes)


def user(inner="", maps="", **attributes):
    return node("userTask", ext(maps) + inner, **attributes)


def job(inner="", maps="", tag="serviceTask", **attributes):
    return node(tag, ext(JOB, maps) + inner, **attributes)


def script(expression, result="r", inner="", maps="", **attributes):
    said = (
        f'<zeebe:script expression="{escape(expression)}" resultVariable="{result}"/>'
    )
    return node("scriptTask", ext(said, maps) + inner, **attributes)


def rule(decision="d", result="r", inner="", maps="", **attributes):
    named = "" if decision is None else f'decisionId="{escape(decision)}"'
    said = f'<zeebe:calledDecision {named} resultVariable="{result}"/>'
    return node("businessRuleTask", ext(said, maps) + inner, **attributes)


def receive(message="msg1", inner="", maps="", **attributes):
    return node("receiveTask", ext(maps) + inner, messageRef=message, **attributes)


def call(process="q", inner="", maps="", **attributes):
    named = {"processId": process, **attributes}
    written = "".join(f' {name}="{escape(text)}"' for name, text in named.items())
    return node("callActivity", ext(f"<zeebe:calledElement{written}/>", maps) + inner)


def sub(body, inner="", maps="", **attributes):
    return node("subProcess", ext(maps) + inner + body, **attributes)


def esp(definition, body=None, start="es", interrupting=True, maps=""):
    """An event sub-process; without a body its start leads to the user task `uh`."""

    def make(node_id):
        body_ = body or draw(f"{start}->uh->eh")
        plain = el("startEvent", start)
        is_ = "true" if interrupting else "false"
        begins = el("startEvent", start, ext(maps) + definition, isInterrupting=is_)
        assert plain in body_, "the start stands in the body"
        inside = body_.replace(plain, begins)
        return el("subProcess", node_id, inside, triggeredByEvent="true")

    return make


def start(definition):
    return node("startEvent", definition)


def catch(definition, maps=""):
    return node("intermediateCatchEvent", ext(maps) + definition)


def throw(definition="", maps=""):
    return node("intermediateThrowEvent", ext(maps) + definition)


def end(definition, maps=""):
    return node("endEvent", ext(maps) + definition)


def message_out(tag="intermediateThrowEvent", maps=""):
    """An event that throws a message: its job sends it."""
    return node(
        tag, ext(JOB, maps) + '<bpmn:messageEventDefinition messageRef="msg2"/>'
    )


def link(name="L", throws=False):
    definition = f'<bpmn:linkEventDefinition name="{name}"/>'
    return throw(definition) if throws else catch(definition)


def boundary(host, definition, interrupting=True, maps=""):
    given = {"attachedToRef": host}
    if not interrupting:
        given["cancelActivity"] = "false"
    return node("boundaryEvent", ext(maps) + definition, **given)


def undo(activity=None):
    if activity is None:
        return UNDO
    return f'<bpmn:compensateEventDefinition activityRef="{activity}"/>'


def undone(host, handler, made=None):
    """What undoes `host`: the event, the handler and what leads to it.

    Written into the process by the id of the event.
    """

    def make(node_id):
        event = el("boundaryEvent", node_id, UNDO, attachedToRef=host)
        handles = (made or user)(isForCompensation="true")(handler)
        leads = el("association", f"as_{node_id}", sourceRef=node_id, targetRef=handler)
        return event + handles + leads

    return make


def gateway(tag, default):
    return node(tag, default=default)


def xor(default):
    return gateway("exclusiveGateway", default)


def ior(default):
    return gateway("inclusiveGateway", default)


maps = mapping
