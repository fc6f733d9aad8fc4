"""BPMN from a few lines: one element, one property or one chain of flows a line.

start s                            user a / script b x = 1 / sub p { ... }
boundary t on a timer PT1H nonint  catch m message paid key = number
s -> a -[= x > 1]-> b -*-> e       `-*->` is the default flow of its source
"""

import re
from dataclasses import dataclass, field
from xml.sax.saxutils import escape, quoteattr

HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<bpmn:definitions'
    ' xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL"'
    ' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
    ' xmlns:zeebe="http://camunda.org/schema/zeebe/1.0"'
    ' xmlns:camunda="http://camunda.org/schema/1.0/bpmn"'
    ' xmlns:flowable="http://flowable.org/bpmn"'
    ' xmlns:activiti="http://activiti.org/bpmn"'
    ' xmlns:signavio="http://www.signavio.com"'
    ' xmlns:drools="http://www.jboss.org/drools"'
    ' targetNamespace="test">'
)
TAGS = {
    "start": "startEvent",
    "end": "endEvent",
    "catch": "intermediateCatchEvent",
    "throw": "intermediateThrowEvent",
    "boundary": "boundaryEvent",
    "user": "userTask",
    "manual": "manualTask",
    "task": "task",
    "script": "scriptTask",
    "service": "serviceTask",
    "receive": "receiveTask",
    "call": "callActivity",
    "xor": "exclusiveGateway",
    "and": "parallelGateway",
    "or": "inclusiveGateway",
    "event": "eventBasedGateway",
    "sub": "subProcess",
    "esub": "subProcess",
}
ROOTS = {"message": "message", "signal": "signal"}
CODED = {"error": "errorCode", "escalation": "escalationCode"}
ARROW = re.compile(r"\s+(->|-\*->|-\[.*?\]->)\s+")


@dataclass
class Node:
    tag: str
    id: str
    attributes: dict[str, str] = field(default_factory=dict)
    extensions: list[str] = field(default_factory=list)
    inputs: list[str] = field(default_factory=list)
    body: list[str] = field(default_factory=list)  # after incoming and outgoing
    inside: list["Node | str"] = field(default_factory=list)
    ways: list[str] = field(default_factory=list)  # incoming and outgoing


class Drawing:
    """Reads the lines; `xml()` is the drawing."""

    def __init__(self, key, text):
        self.key = key
        self.nodes = {}
        self.roots = {}  # id -> xml
        self.flows = 0
        self.process = Node("process", key, {"isExecutable": "true"})
        self.scopes = [self.process]
        for line in text.strip().splitlines():
            if line.strip():
                self._read(line.strip())

    def xml(self):
        roots = "".join(self.roots.values())
        return f"{HEAD}{roots}{written(self.process)}</bpmn:definitions>"

    def _read(self, line):
        if line == "}":
            self.scopes.pop()
        elif line.startswith("<"):
            self.scopes[-1].inside.append(line)
        elif ARROW.search(line):
            self._chain(line)
        elif (word := line.split()[0]) in TAGS:
            self._element(word, line)
        else:
            getattr(self, f"_more_{word}")(*line.split(maxsplit=2)[1:])

    def _chain(self, line):
        parts = ARROW.split(line)
        for source, arrow, target in zip(
            parts[::2], parts[1::2], parts[2::2], strict=False
        ):
            self.flows += 1
            id_ = f"f{self.flows}_{self.key}"
            condition = ""
            if arrow.startswith("-["):
                condition = (
                    '<bpmn:conditionExpression xsi:type="bpmn:tFormalExpression">'
                    f"{escape(arrow[2:-3])}</bpmn:conditionExpression>"
                )
            if arrow == "-*->":
                self.nodes[source].attributes["default"] = id_
            self.nodes[source].ways.append(f"<bpmn:outgoing>{id_}</bpmn:outgoing>")
            self.nodes[target].ways.append(f"<bpmn:incoming>{id_}</bpmn:incoming>")
            self.scopes[-1].inside.append(
                f'<bpmn:sequenceFlow id="{id_}" sourceRef="{source}"'
                f' targetRef="{target}">{condition}</bpmn:sequenceFlow>'
            )

    def _element(self, word, line):
        _, id_, *rest = line.split(maxsplit=2)
        rest = rest[0] if rest else ""
        node = Node(TAGS[word], id_)
        self.nodes[id_] = node
        self.scopes[-1].inside.append(node)
        if rest.endswith("{"):
            self.scopes.append(node)
            rest = rest[:-1].strip()
        if word == "esub":
            node.attributes["triggeredByEvent"] = "true"
        if word in ("start", "end", "catch", "throw", "boundary", "receive"):
            self._event(word, node, rest)
        elif word == "script":
            name, expression = rest.split(" ", 1)
            node.extensions.append(
                f"<zeebe:script expression={quoteattr(expression)}"
                f' resultVariable="{name}"/>'
            )
        elif word == "service":
            node.extensions.append(f'<zeebe:taskDefinition type="{rest}"/>')
        elif word == "call":
            process, *told = rest.split(maxsplit=1)
            told = told[0] if told else ""
            node.extensions.append(
                f'<zeebe:calledElement processId="{process}" {told}/>'
            )
        elif rest:
            for name, value in re.findall(r'([\w:]+)="([^"]*)"', rest):
                node.attributes[name] = value

    def _event(self, word, node, rest):
        words = rest.split()
        if words[:1] == ["on"]:
            node.attributes["attachedToRef"] = words[1]
            words = words[2:]
        if words[-1:] == ["nonint"]:
            words.pop()
            which = "cancelActivity" if word == "boundary" else "isInterrupting"
            node.attributes[which] = "false"
        if not words:
            return
        kind, *told = words
        if kind == "message" and "key" in told:
            at = told.index("key")
            key = " ".join(told[at + 1 :])
            told = told[:at]
            self._root("message", told[0], key)
        elif kind in ROOTS:
            self._root(kind, told[0])
        elif kind in CODED and told:
            self._coded(kind, told[0])
        if word == "receive":
            node.attributes["messageRef"] = f"message_{told[0]}"
        else:
            node.body.append(definition(kind, told))
        if word in ("throw", "end") and kind == "message":
            raise AssertionError("write it as XML")

    def _root(self, kind, name, key=""):
        id_ = f"{kind}_{name}"
        more = ""
        if key:
            more = (
                "<bpmn:extensionElements><zeebe:subscription"
                f" correlationKey={quoteattr(key)}/></bpmn:extensionElements>"
            )
        if key or id_ not in self.roots:
            self.roots[id_] = (
                f'<bpmn:{kind} id="{id_}" name="{name}_{self.key}">{more}</bpmn:{kind}>'
            )

    def _coded(self, kind, code):
        id_ = f"{kind}_{code}"
        self.roots[id_] = f'<bpmn:{kind} id="{id_}" {CODED[kind]}="{code}"/>'

    def _more_in(self, id_, rest):
        self._mapping("input", id_, rest)

    def _more_out(self, id_, rest):
        self._mapping("output", id_, rest)

    def _mapping(self, way, id_, rest):
        target, source = rest.split(" ", 1)
        self.nodes[id_].inputs.append(
            f'<zeebe:{way} source={quoteattr(source)} target="{target}"/>'
        )

    def _more_ext(self, id_, rest):
        self.nodes[id_].extensions.append(rest)

    def _more_body(self, id_, rest):
        self.nodes[id_].body.append(rest)

    def _more_attr(self, id_, rest):
        name, value = rest.split("=", 1)
        self.nodes[id_].attributes[name] = value

    def _more_handles(self, id_, boundary):
        """The activity `id_` compensates what `boundary` is attached to."""
        self.nodes[id_].attributes["isForCompensation"] = "true"
        self.scopes[-1].inside.append(
            f'<bpmn:association id="to_{id_}" associationDirection="One"'
            f' sourceRef="{boundary}" targetRef="{id_}"/>'
        )

    def _more_loop(self, id_, rest=""):
        """`loop a [before] [max n] [= condition]`."""
        found = re.fullmatch(r"(before )?(?:max (\S+) ?)?(=.*)?", rest)
        before, most, condition = found.groups()
        attributes = ' testBefore="true"' if before else ' testBefore="false"'
        attributes += f' loopMaximum="{most}"' if most else ""
        inner = (
            '<bpmn:loopCondition xsi:type="bpmn:tFormalExpression">'
            f"{escape(condition)}</bpmn:loopCondition>"
            if condition
            else ""
        )
        self.nodes[id_].body.append(
            f"<bpmn:standardLoopCharacteristics{attributes}>{inner}"
            "</bpmn:standardLoopCharacteristics>"
        )

    def _more_mi(self, id_, rest):
        """`mi a par|seq card N|each x of = xs [into ys = y] [until = c]`."""
        found = re.fullmatch(
            r"(par|seq) (?:card (.+?)|each (\w+) of (.+?))"
            r"(?: into (\w+) (=.+?))?(?: until (=.+))?",
            rest,
        )
        way, card, item, items, into, each, until = found.groups()
        inside = zeebe = ""
        if item:
            zeebe += f' inputCollection={quoteattr(items)} inputElement="{item}"'
        if into:
            zeebe += f' outputCollection="{into}" outputElement={quoteattr(each)}'
        if zeebe:
            inside += (
                f"<bpmn:extensionElements><zeebe:loopCharacteristics{zeebe}/>"
                "</bpmn:extensionElements>"
            )
        for tag, said in (("loopCardinality", card), ("completionCondition", until)):
            if said:
                inside += (
                    f'<bpmn:{tag} xsi:type="bpmn:tFormalExpression">'
                    f"{escape(said)}</bpmn:{tag}>"
                )
        sequential = ' isSequential="true"' if way == "seq" else ""
        self.nodes[id_].body.append(
            f"<bpmn:multiInstanceLoopCharacteristics{sequential}>{inside}"
            "</bpmn:multiInstanceLoopCharacteristics>"
        )


def definition(kind, told):
    if kind == "timer":
        if told[0] in ("at", "cycle"):
            which, value = told[0], " ".join(told[1:])
        else:
            which, value = "duration", " ".join(told)
        tag = {"at": "timeDate", "cycle": "timeCycle", "duration": "timeDuration"}
        return (
            f"<bpmn:timerEventDefinition><bpmn:{tag[which]}"
            f' xsi:type="bpmn:tFormalExpression">{escape(value)}'
            f"</bpmn:{tag[which]}></bpmn:timerEventDefinition>"
        )
    if kind == "link":
        return f'<bpmn:linkEventDefinition name="{told[0]}"/>'
    if kind == "compensation":
        ref = f' activityRef="{told[0]}"' if told else ""
        return f"<bpmn:compensateEventDefinition{ref}/>"
    if kind == "terminate":
        return "<bpmn:terminateEventDefinition/>"
    ref = f' {kind}Ref="{kind}_{told[0]}"' if told else ""
    return f"<bpmn:{kind}EventDefinition{ref}/>"


def written(node):
    if isinstance(node, str):
        return node
    attributes = "".join(f" {k}={quoteattr(v)}" for k, v in node.attributes.items())
    extensions = "".join(node.extensions)
    if node.inputs:
        extensions += f"<zeebe:ioMapping>{''.join(node.inputs)}</zeebe:ioMapping>"
    if extensions:
        extensions = f"<bpmn:extensionElements>{extensions}</bpmn:extensionElements>"
    inside = "".join(
        [*sorted(node.ways), *node.body, *(written(one) for one in node.inside)]
    )
    return (
        f'<bpmn:{node.tag} id="{node.id}"{attributes}>{extensions}{inside}'
        f"</bpmn:{node.tag}>\n"
    )
