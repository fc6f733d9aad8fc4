"""Event sub-processes beside each other, and in other scopes."""

from engine_kit import (
    MESSAGE,
    OTHER_MESSAGE,
    OTHER_SIGNAL,
    SIGNAL,
    TERMINATE,
    mapping,
    timer,
)

from .case import Refused, Runs
from .cases_event_subs import SUBS
from .draw import boundary, call, draw, end, esp, node, sub, throw

SUBS.element(
    "Event sub-processes together",
    "13.5.4",
    Runs(
        "the first interrupts, the other stops listening",
        "What is interrupted hears nothing any more.",
        draw(
            "s->u->e",
            h=esp(OTHER_MESSAGE),
            k=esp(timer(), draw("es2->e2"), start="es2"),
        ),
        """
        s u+ [es es2 u]
        M2 : u! h+ es uh+ [uh]
        uh : uh- eh h-
        """,
    ),
    Runs(
        "an interrupting one takes a running other",
        "What runs beside the rest is taken away with it.",
        draw(
            "s->u->e",
            h=esp(OTHER_MESSAGE, interrupting=False),
            k=esp(SIGNAL, draw("es2->u2->e2"), start="es2"),
        ),
        """
        s u+
        M2 : h+ es uh+ [es es2 u uh]
        S1 : u! uh! h! k+ es2 u2+ [u2]
        u2 : u2- e2 k-
        """,
    ),
    Runs(
        "interrupted by a boundary event",
        "The sub-process goes with all that listens and runs in it.",
        draw(
            "s->a->e",
            "b->w->e3",
            w=node("userTask"),
            b=boundary("a", timer()),
            a=sub(draw("s1->u->e1", h=esp(OTHER_MESSAGE, interrupting=False))),
        ),
        """
        s a+ s1 u+
        M2 : h+ es uh+ [b es u uh]
        +PT1H : u! uh! h! a! b w+ [w]
        w : w- e3
        """,
    ),
    Runs(
        "terminated inside",
        "A terminate end ends the event sub-process alone.",
        draw(
            "s->u->e",
            h=esp(
                OTHER_MESSAGE,
                draw("es->p1->uh->eh", "p1->u2->ex", ex=end(TERMINATE)),
                interrupting=False,
            ),
        ),
        """
        s u+
        M2 : h+ es p1 {uh+ | u2+}
        u2 : u2- ex uh! h- [es u]
        u : u- e
        """,
    ),
    Runs(
        "terminated around",
        "A terminate end of the process ends what runs beside it too.",
        draw("s->u->ex", ex=end(TERMINATE), h=esp(OTHER_MESSAGE, interrupting=False)),
        """
        s u+
        M2 : h+ es uh+
        u : u- ex uh! h! []
        """,
        ends="terminate",
    ),
    Runs(
        "what comes with the event",
        "Its output mapping writes into the scope; the variables are seen inside.",
        draw("s->u->e", h=esp(OTHER_MESSAGE, maps=mapping("", "got<-r + 1"))),
        """
        s u+
        M2 r=1 q=2 : u! h+ es uh+
        uh : uh- eh h-
        """,
        sees={"uh": {"got": 2}},
        left={"got": 2},
    ),
    Runs(
        "in a called process",
        "It listens while the called process runs.",
        draw("s->a->e", a=call()),
        """
        s a+ sq uq+ [es uq]
        M2 : uq! h+ es uh+ [uh]
        uh : uh- eh h- a- e
        """,
        called={"q": draw("sq->uq->eq", h=esp(OTHER_MESSAGE))},
    ),
    Runs(
        "a signal from the scope that it interrupts",
        "The thrower is taken away as well.",
        draw(
            "s->p->u->i->e",
            "p->v->e",
            v=node("userTask"),
            i=throw(OTHER_SIGNAL),
            h=esp(OTHER_SIGNAL),
        ),
        """
        s p {u+ | v+} [es u v]
        u : u- i S2^ v! h+ es uh+ [uh]
        uh : uh- eh h-
        """,
    ),
    Refused(
        "without a trigger", "event-without-trigger", draw("s->e", h=esp("")), "es"
    ),
    Refused(
        "two starts",
        "start-several",
        draw("s->e", h=esp(MESSAGE, draw("es->eh", "s2->eh"))),
        "s2",
    ),
    Refused("a flow into it", "flow-into-start", draw("s->h->e", h=esp(MESSAGE)), "h"),
    Refused(
        "compensation",
        "element-misplaced",
        draw("s->e", h=esp("<bpmn:compensateEventDefinition/>")),
        "es",
    ),
)
