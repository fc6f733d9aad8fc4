"""Drawings in a few words, and a case that is followed by its effects alone."""

import itertools
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from saved_keys import assert_frozen

from workflows import engine, feel

HEAD = (
    '<bpmn:definitions xmlns:bpmn="http://www.omg.org/spec/BPMN/20100524/MODEL" '
    'xmlns:zeebe="http://camunda.org/schema/zeebe/1.0" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
    'xmlns:modeler="http://camunda.org/schema/modeler/1.0" '
    'xmlns:bpmndi="http://www.omg.org/spec/BPMN/20100524/DI" '
    'targetNamespace="t" id="defs">'
)
# Declared in every drawing of these tests.
DECLARED = (
    '<bpmn:message id="msg1" name="M1"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=key"/></bpmn:extensionElements>'
    '</bpmn:message><bpmn:message id="msg2" name="M2"/>'
    '<bpmn:error id="err1" name="E1" errorCode="E1"/>'
    '<bpmn:error id="err2" name="E2" errorCode="E2"/>'
    '<bpmn:signal id="sig1" name="S1"/><bpmn:signal id="sig2" name="S2"/>'
    '<bpmn:escalation id="esc1" name="X1" escalationCode="X1"/>'
    '<bpmn:escalation id="esc2" name="X2" escalationCode="X2"/>'
)
MESSAGE = '<bpmn:messageEventDefinition messageRef="msg1"/>'
OTHER_MESSAGE = '<bpmn:messageEventDefinition messageRef="msg2"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sig1"/>'
OTHER_SIGNAL = '<bpmn:signalEventDefinition signalRef="sig2"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="esc1"/>'
ANY_ESCALATION = "<bpmn:escalationEventDefinition/>"
TERMINATE = "<bpmn:terminateEventDefinition/>"
ANY_ERROR = "<bpmn:errorEventDefinition/>"
JOB = '<zeebe:taskDefinition type="work"/>'

NOON = datetime(2026, 8, 20, 7, 0, tzinfo=UTC)


def error(ref="err1"):
    return f'<bpmn:errorEventDefinition errorRef="{ref}"/>'


def timer(text="PT1H", kind="timeDuration"):
    return (
        f"<bpmn:timerEventDefinition><bpmn:{kind}>{text}</bpmn:{kind}>"
        "</bpmn:timerEventDefinition>"
    )


def zeebe(inner):
    return f"<bpmn:extensionElements>{inner}</bpmn:extensionElements>"


def mapping(inputs="", outputs=""):
    """`target=source` pairs, a source being FEEL without its sign."""

    def pairs(text, tag):
        parts = [one.split("<-") for one in text.split(";") if one]
        return "".join(
            f'<zeebe:{tag} source="={source}" target="{target}"/>'
            for target, source in parts
        )

    return (
        "<zeebe:ioMapping>"
        f"{pairs(inputs, 'input')}{pairs(outputs, 'output')}</zeebe:ioMapping>"
    )


def el(tag, node_id, inner="", **attributes):
    written = "".join(f' {name}="{value}"' for name, value in attributes.items())
    if tag in ("serviceTask", "sendTask") and "taskDefinition" not in inner:
        inner = zeebe(JOB) + inner
    return f'<bpmn:{tag} id="{node_id}"{written}>{inner}</bpmn:{tag}>'


def els(text):
    """`startEvent:s userTask:a,b`."""
    pairs = [one.split(":") for one in text.split()]
    return "".join(el(tag, one) for tag, ids in pairs for one in ids.split(","))


def flows(*chains):
    """`a->b->c`, or `a->b ? =x > 1` for one flow with a condition; ids `a_b`."""
    written = []
    for chain in chains:
        path, _, condition = chain.partition(" ? ")
        ids = path.split("->")
        inner = ""
        if condition:
            text = condition.replace("<", "&lt;")
            inner = f"<bpmn:conditionExpression>{text}</bpmn:conditionExpression>"
        for source, target in itertools.pairwise(ids):
            written.append(
                el(
                    "sequenceFlow",
                    f"{source}_{target}",
                    inner,
                    sourceRef=source,
                    targetRef=target,
                )
            )
    return "".join(written)


def drawing(body, key="p", declared=DECLARED, attributes='isExecutable="true"'):
    return (
        f'{HEAD}{declared}<bpmn:process id="{key}" {attributes}>{body}'
        "</bpmn:process></bpmn:definitions>"
    ).encode()


def event_sub(definition, interrupting, body=None, node_id="esp", start="es"):
    body = body or els("userTask:h endEvent:ee") + flows(f"{start}->h->ee")
    begins = el("startEvent", start, definition, isInterrupting=interrupting)
    return el("subProcess", node_id, begins + body, triggeredByEvent="true")


def late_body(cancel):
    return (
        els("startEvent:s userTask:a,b,z endEvent:e,e2")
        + el("boundaryEvent", "t", timer(), attachedToRef="a", cancelActivity=cancel)
        + flows("s->a->z->e", "t->b->e2")
    )


def withdrawal(start="es"):
    return el(
        "subProcess",
        "held",
        els("startEvent:hs endEvent:he")
        + el("intermediateCatchEvent", "until", timer("P5D"))
        + flows("hs->until->he")
        + event_sub(
            MESSAGE,
            "true",
            els("serviceTask:free endEvent:we") + flows(f"{start}->free->we"),
            node_id=f"{start}p",
            start=start,
        ),
    )


def multi(sequential="false", condition="", cardinality="", **zeebe_attributes):
    """A multi-instance; over `xs` as `it` unless a cardinality is given."""
    named = zeebe_attributes
    if not cardinality:
        named = {"inputCollection": "=xs", "inputElement": "it", **zeebe_attributes}
    written = "".join(f' {name}="{value}"' for name, value in named.items())
    inner = zeebe(f"<zeebe:loopCharacteristics{written}/>") if named else ""
    if cardinality:
        inner += f"<bpmn:loopCardinality>{cardinality}</bpmn:loopCardinality>"
    if condition:
        inner += f"<bpmn:completionCondition>{condition}</bpmn:completionCondition>"
    name = "multiInstanceLoopCharacteristics"
    return f'<bpmn:{name} isSequential="{sequential}">{inner}</bpmn:{name}>'


def decisions(parser, **texts):
    """Decisions of one FEEL expression each, as the engine is given them."""

    def decision(text):
        expression = feel.compile_tree(parser.parse(text), text)

        def decide(variables, environment):
            try:
                value = expression.evaluate(variables, environment)
            except feel.FeelError as error:
                detail = {"element": "it", "reason": error.reason}
                raise engine.DecisionFailed(reason=str(error), detail=detail) from error
            return engine.Decided(value, {"of": text})

        return decide

    return {key: decision(text) for key, text in texts.items()}


RESULTS = {"outputCollection": "rs", "outputElement": "=r"}


def loop(condition="", **attributes):
    inner = ""
    if condition:
        inner = f"<bpmn:loopCondition>{condition}</bpmn:loopCondition>"
    return el("standardLoopCharacteristics", "lc", inner, **attributes)


BASE = els("startEvent:s endEvent:e")


def with_task(task, node_id="a"):
    return BASE + task + flows(f"s->{node_id}->e")


def with_event(tag, definition, **attributes):
    return with_task(el(tag, "a", definition, **attributes))


class TestClock:
    __test__ = False

    def __init__(self, moment=NOON):
        self.moment = moment

    def now(self):
        return self.moment

    def pass_by(self, **duration):
        self.moment += timedelta(**duration)


class Run:
    """A case, saved and restored after every step unless `keep` is set."""

    def __init__(self, definition, variables=None, keep=False, start_event=None):
        self.definition = definition
        self.keep = keep
        self.clock = TestClock()
        self.environment = feel.Environment(clock=self.clock)
        self.waiting = {}  # token -> (kind, element id), as the effects tell
        self.log = []
        self.incidents = {}
        values = {"key": "K", **(variables or {})}
        self.case = engine.Case.start(definition, values, self.environment, start_event)
        self.after()

    def after(self):
        for effect in self.case.take_effects():
            self.log.append(effect)
            self.follow(effect)
        if self.case.completed:
            assert self.waiting == {}, "left behind"
            assert len(self.case._process.tasks) == 1
            assert self.case._process.subprocesses == {}
        for scope in (self.case._process, *self.case._process.subprocesses.values()):
            assert all(task.data == {} for task in scope.tasks.values())
        if not self.keep:
            saved = self.case.save()
            assert_frozen(saved)
            self.case = engine.Case.restore(self.definition, saved, self.environment)
        return self

    def follow(self, effect):
        match effect:
            case engine.TaskOpened():
                self.waiting[effect.token] = ("task", effect.element_id)
            case engine.JobOpened():
                self.waiting[effect.token] = ("job", effect.element_id)
            case engine.TimerArmed():
                self.waiting[effect.token] = ("timer", effect.element_id)
            case engine.SignalAwaited():
                self.waiting[effect.token] = ("signal", effect.element_id)
            case engine.MessageAwaited():
                self.waiting[effect.token] = ("message", effect.element_id)
            case (
                engine.TaskClosed()
                | engine.JobClosed()
                | engine.TimerDisarmed()
                | engine.MessageForgotten()
                | engine.SignalForgotten()
            ):
                del self.waiting[effect.token]  # KeyError: closed without being open
            case engine.IncidentRaised():
                self.incidents[effect.token] = effect
            case engine.ElementCanceled():
                self.incidents.pop(effect.token, None)

    def tokens(self, element_id):
        return [one for one, (_, e) in self.waiting.items() if e == element_id]

    def token(self, element_id, index=0):
        return self.tokens(element_id)[index]

    def open(self):
        return sorted(element_id for _, element_id in self.waiting.values())

    def do(self, element_id, index=0, **result):
        values = {
            name: Decimal(value) if type(value) is int else value
            for name, value in result.items()
        }
        self.case.finish(self.token(element_id, index), values)
        return self.after()

    def fire(self, element_id):
        token = self.token(element_id)
        del self.waiting[token]
        self.case.fire(token)
        return self.after()

    def message(self, element_id, **variables):
        token = self.token(element_id)
        del self.waiting[token]
        self.case.deliver(token, variables)
        return self.after()

    def throw(self, element_id, code, **variables):
        caught = self.case.throw_error(self.token(element_id), code, variables)
        self.after()
        return caught

    def retry(self, element_id, **variables):
        token = next(
            token
            for token, raised in self.incidents.items()
            if raised.element_id == element_id
        )
        del self.incidents[token]
        self.case.retry(token, variables)
        return self.after()

    def held(self):
        return sorted(raised.element_id for raised in self.incidents.values())

    def effects(self, kind):
        return [effect for effect in self.log if isinstance(effect, kind)]

    def entered(self):
        return [effect.element_id for effect in self.effects(engine.ElementEntered)]

    def completed(self):
        return [effect.element_id for effect in self.effects(engine.ElementCompleted)]

    def canceled(self):
        return [effect.element_id for effect in self.effects(engine.ElementCanceled)]

    @property
    def variables(self):
        return {k: v for k, v in self.case.variables.items() if k != "key"}
