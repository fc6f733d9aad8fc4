"""Start events of processes."""

from engine_kit import (
    ESCALATION,
    MESSAGE,
    SIGNAL,
    error,
    timer,
)

from .case import Group, Refused, Runs
from .draw import draw, node, start, sub

STARTS = Group(
    "Start events",
    "A process has one start without a trigger at most, and any number with one.",
)

STARTS.element(
    "None start event",
    "10.5.2, 13.5.1",
    Runs(
        "begins the case",
        "With the variables that the case is given.",
        draw("s->e"),
        "s e",
        {"n": 1},
        left={"n": 1},
    ),
    Runs(
        "in a sub-process",
        "Begins when the sub-process does.",
        draw("s->a->e", a=sub(draw("s1->e1"))),
        "s a+ s1 e1 a- e",
    ),
    Refused("none at all", "start-missing", draw("u->e"), "main"),
    Refused("two", "start-several", draw("s->e", "s2->e"), "s2"),
    Refused(
        "two in a sub-process",
        "start-several",
        draw("s->a->e", a=sub(draw("s1->e1", "s2->e1"))),
        "s2",
    ),
    Refused(
        "an isInterrupting that means nothing",
        "attribute-not-run",
        draw("a->e", a=node("startEvent", isInterrupting="false")),
    ),
)
TRIGGERS = {
    "Message": MESSAGE,
    "Signal": SIGNAL,
    "Timer, date": timer("2026-09-01T09:00:00+05:00", "timeDate"),
    "Timer, duration": timer("PT1H"),
    "Timer, cycle": timer("R3/P1D", "timeCycle"),
}
for name, definition in TRIGGERS.items():
    STARTS.element(
        f"{name} start event" if "," not in name else f"Timer start event: {name[7:]}",
        "10.5.2, 13.5.1",
        Runs(
            "alone",
            "The event starts a case; what comes with it becomes its variables.",
            draw("s->u->e", s=start(definition)),
            """
            s u+ [u]
            u : u- e
            """,
            {"n": 1},
            left={"n": 1},
            start="s",
        ),
        Runs(
            "beside a start without trigger",
            "The case begins at the start that was triggered, and only there.",
            draw("s->u->e", "m->v->e", m=start(definition), v=node("userTask")),
            """
            m v+ [v]
            v : v- e
            """,
            start="m",
        ),
        Runs(
            "not triggered",
            "A case that is begun by hand begins at the plain start, and waits for "
            "nothing at the other.",
            draw("s->u->e", "m->v->e", m=start(definition), v=node("userTask")),
            """
            s u+ [u]
            u : u- e
            """,
        ),
        Refused(
            "in an embedded sub-process",
            "element-not-run",
            draw("s->b->e", b=sub(draw("a->e1", a=start(definition)))),
        ),
    )
STARTS.element(
    "Other start events of a process",
    "10.5.2",
    Refused(
        "conditional",
        "element-not-run",
        draw("a->e", a=start("<bpmn:conditionalEventDefinition/>")),
    ),
    Refused(
        "several triggers",
        "event-several-triggers",
        draw("a->e", a=start(MESSAGE + timer())),
    ),
    Refused(
        "all of several triggers",
        "attribute-not-run",
        draw("a->e", a=node("startEvent", MESSAGE, parallelMultiple="true")),
    ),
    Refused("error", "element-not-run", draw("a->e", a=start(error()))),
    Refused("escalation", "element-not-run", draw("a->e", a=start(ESCALATION))),
    Refused(
        "compensation",
        "element-misplaced",
        draw("a->e", a=start("<bpmn:compensateEventDefinition/>")),
    ),
)
