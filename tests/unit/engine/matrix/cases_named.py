"""Names and codes of events in FEEL, calls and receive tasks that run several times."""

from engine_kit import ANY_ERROR, error, loop, mapping, multi, timer

from .case import Group, Refused, Runs
from .cases_calls import CALLS
from .cases_repetition import REPEATED, behind
from .cases_starts import STARTS
from .draw import (
    boundary,
    call,
    catch,
    draw,
    end,
    ext,
    job,
    node,
    receive,
    start,
    sub,
    throw,
    user,
)

NAMES = Group(
    "Names of events in FEEL",
    "A name or code that begins with = is computed when the event begins to wait, or "
    "is thrown. What starts a case, and what catches a code, must name it.",
)
DECLARED = (
    '<bpmn:message id="mf" name="=topic"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=it"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:message id="mt" name="=topic"/>'
    '<bpmn:message id="mi" name="M3"><bpmn:extensionElements>'
    '<zeebe:subscription correlationKey="=it"/></bpmn:extensionElements></bpmn:message>'
    '<bpmn:signal id="sf" name="=topic"/>'
    '<bpmn:error id="ef" name="E" errorCode="=code"/>'
    '<bpmn:escalation id="xf" name="X" escalationCode="=code"/>'
)
TOPIC = '<bpmn:messageEventDefinition messageRef="mt"/>'
SIGNAL = '<bpmn:signalEventDefinition signalRef="sf"/>'
ERROR = '<bpmn:errorEventDefinition errorRef="ef"/>'
ESCALATION = '<bpmn:escalationEventDefinition escalationRef="xf"/>'
X1 = '<bpmn:escalationEventDefinition escalationRef="esc1"/>'
LIST = {"xs": [1, 2]}
SEEN = {**LIST, "r": None}  # a result is the item's own, and null at first

NAMES.element(
    "Message name",
    "10.5.5",
    Runs(
        "of a catch event",
        "Computed when it begins to wait; a later change does not move it.",
        draw("s->p->c->e", "p->u->e", c=catch(TOPIC)),
        """
        s p {c+ | u+} [c u]
        u topic="M6" : u- e [c]
        M5 : c- e
        """,
        {"topic": "M5"},
        around=DECLARED,
    ),
    Runs(
        "that cannot be computed",
        "An incident; nothing is awaited.",
        draw("s->c->e", c=catch(TOPIC)),
        """
        s c+ c? []
        c~ topic="M5" : [c]
        M5 : c- e
        """,
        around=DECLARED,
    ),
    Runs(
        "of a boundary event",
        "Computed when its activity begins.",
        draw("s->u->e", "b->w->e2", b=boundary("u", TOPIC), w=user()),
        """
        s u+ [b u]
        M5 : u! b w+
        w : w- e2
        """,
        {"topic": "M5"},
        around=DECLARED,
    ),
    Refused(
        "of a start event",
        "message-unknown",
        draw("a->e", a=start(TOPIC)),
        around=DECLARED,
    ),
)
NAMES.element(
    "Signal name",
    "10.5.5",
    Runs(
        "thrown and caught",
        "Both sides compute it.",
        draw("s->p->c->e", "p->u->i->e", c=catch(SIGNAL), i=throw(SIGNAL)),
        """
        s p {c+ | u+} [c u]
        u : u- i S4^ {c- e | e}
        """,
        {"topic": "S4"},
        around=DECLARED,
    ),
    Refused(
        "of a start event",
        "signal-unknown",
        draw("a->e", a=start(SIGNAL)),
        around=DECLARED,
    ),
)
NAMES.element(
    "Error code",
    "10.5.5",
    Runs(
        "thrown",
        "What it gives is caught like a written code.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=sub(draw("s1->ex", ex=end(ERROR))),
            w=user(),
            b=boundary("a", error()),
        ),
        """
        s a+ s1 ex a! b w+
        w : w- e2
        """,
        {"code": "E1"},
        around=DECLARED,
    ),
    Runs(
        "thrown, another one",
        "Is not caught by who names a different code.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=sub(draw("s1->ex", ex=end(ERROR))),
            w=user(),
            b=boundary("a", error()),
        ),
        "s a+ s1 ex ex? a!",
        {"code": "E7"},
        around=DECLARED,
        ends="error E7",
    ),
    Refused(
        "caught",
        "error-unknown",
        draw("s->j->e", "a->e2", a=boundary("j", ERROR)),
        around=DECLARED,
    ),
)
NAMES.element(
    "Escalation code",
    "10.5.5",
    Runs(
        "thrown",
        "What it gives is caught like a written code.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=sub(draw("s1->i->u->e1", i=throw(ESCALATION))),
            w=user(),
            b=boundary("a", X1, False),
        ),
        """
        s a+ s1 i {u+ | b w+}
        u : u- e1 a- e
        w : w- e2
        """,
        {"code": "X1"},
        around=DECLARED,
    ),
    Refused(
        "caught",
        "escalation-unknown",
        draw("s->b->e", "a->e2", b=sub(draw("s1->e1")), a=boundary("b", ESCALATION)),
        around=DECLARED,
    ),
)

for sequential, name in (("false", "parallel"), ("true", "sequential")):
    parallel = sequential == "false"
    REPEATED.element(
        f"Call activity, {name} multi-instance",
        "10.3.6, 13.3.7",
        Runs(
            "over a list",
            "Each item is a called process of its own; results keep their order.",
            behind(
                call(inner=multi(sequential, outputCollection="rs", outputElement="=r"))
            ),
            f"""
            s a+ {"{sq uq+ | sq uq+}" if parallel else "sq uq+"}
            uq r=10 : uq- eq {"" if parallel else "sq uq+"}
            uq r=20 : uq- eq a- z+
            z : z- e
            """,
            LIST,
            called={"q": draw("sq->uq->eq")},
            sees={
                "uq": [
                    {**SEEN, "it": 1, "loopCounter": 1, "rs": [None, None]},
                    {
                        **SEEN,
                        "it": 2,
                        "loopCounter": 2,
                        "rs": [None if parallel else 10, None],
                    },
                ]
            },
            left={**LIST, "rs": [10, 20]},
        ),
        Runs(
            "interrupted",
            "All called processes are taken away.",
            draw(
                "s->a->e",
                "b->w->e2",
                a=call(inner=multi(sequential)),
                w=user(),
                b=boundary("a", timer()),
            ),
            f"""
            s a+ {"{sq uq+ | sq uq+}" if parallel else "sq uq+"}
            +PT1H : {"uq! uq!" if parallel else "uq!"} a! b w+ [w]
            w : w- e2
            """,
            LIST,
            called={"q": draw("sq->uq->eq")},
        ),
        Runs(
            "an error in one",
            "Takes all of them away.",
            draw(
                "s->a->e",
                "b->w->e2",
                a=call(inner=multi(sequential)),
                w=user(),
                b=boundary("a", ANY_ERROR),
            ),
            f"""
            s a+ {"{sq jq+ | sq jq+}" if parallel else "sq jq+"}
            jq!E1 : {"jq! jq!" if parallel else "jq!"} a! b w+ [w]
            w : w- e2
            """,
            LIST,
            called={"q": draw("sq->jq->eq", jq=job())},
        ),
    )
    REPEATED.element(
        f"Receive task, {name} multi-instance",
        "10.3.3, 13.3.7",
        Runs(
            "a key for each item",
            "Each item waits for a message with a key of its own.",
            behind(
                receive(
                    "mi", multi(sequential, outputCollection="rs", outputElement="=r")
                )
            ),
            f"""
            s a+ [{"a a" if parallel else "a"}]
            M3 r=10 : [a]
            M3 r=20 : a- z+
            z : z- e
            """,
            LIST,
            around=DECLARED,
            left={**LIST, "rs": [10, 20]},
        ),
    )
REPEATED.element(
    "Call activity and receive task in a standard loop",
    "13.3.6",
    Runs(
        "a call",
        "Each round calls anew.",
        behind(call(inner=loop("=again"))),
        """
        s a+ sq uq+
        uq again=true : uq- eq sq uq+
        uq again=false : uq- eq a- z+
        z : z- e
        """,
        {"again": True},
        called={"q": draw("sq->uq->eq")},
    ),
    Runs(
        "a receive task",
        "Each round waits for another message.",
        behind(receive("msg2", loop(loopMaximum="2"))),
        """
        s a+ [a]
        M2 : [a]
        M2 : a- z+
        z : z- e
        """,
    ),
    Refused(
        "a receive task as an arm",
        "event-gateway-invalid",
        draw("s->g->a->e", "g->c->e", a=receive("msg2", multi()), c=catch(timer())),
    ),
)
CALLS.element(
    "Call activity by the standard's attribute",
    "10.3.6",
    Runs(
        "calledElement",
        "Names the process as the standard writes it.",
        draw("s->a->w->e", a=node("callActivity", calledElement="q"), w=user()),
        """
        s a+ sq uq+
        uq r=1 : uq- eq a- w+
        w : w- e
        """,
        called={"q": draw("sq->uq->eq")},
        left={"r": 1},
    ),
    Refused(
        "an expression",
        "called-not-fixed",
        draw("s->a->e", a=node("callActivity", calledElement="=q")),
    ),
)
STARTS.element(
    "Mappings of a start event",
    "10.4, 10.5.2",
    Runs(
        "output mapping",
        "Of what came with the event only what it names becomes a variable.",
        draw(
            "s->u->e",
            s=start(
                ext(mapping("", "got<-r + 1"))
                + '<bpmn:messageEventDefinition messageRef="msg2"/>'
            ),
        ),
        """
        s u+
        u : u- e
        """,
        {"r": 1, "q": 2},
        start="s",
        left={"got": 2},
    ),
)
