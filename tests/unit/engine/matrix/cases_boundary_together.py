"""Several boundary events at one activity, ways back, repeating timers."""

from engine_kit import (
    OTHER_MESSAGE,
    SIGNAL,
    mapping,
    timer,
)

from .case import Refused, Runs
from .cases_boundary import BOUNDARY, CALLED, HOSTS, LIST, attached
from .draw import (
    boundary,
    draw,
    node,
    sub,
    user,
)

BOUNDARY.element(
    "Several boundary events",
    "13.5.3",
    *(
        Runs(
            f"{name} that is done in time",
            "When the activity is done, none of them waits any more.",
            draw(
                "s->a->e",
                "b->w->e2",
                "c->w",
                "d->w",
                a=host,
                w=user(),
                b=boundary("a", timer()),
                c=boundary("a", OTHER_MESSAGE, False),
                d=boundary("a", SIGNAL),
            ),
            "\n".join(
                [
                    f"s {opens} [{waits} b c d]",
                    *(one.replace("[]", "") for one in done[:-1]),
                    done[-1] + " []",
                ]
            ),
            LIST,
            called=CALLED,
        )
        for name, (host, opens, waits, _, done) in HOSTS.items()
    ),
    Runs(
        "the first one interrupts",
        "The others are not awaited any more.",
        draw(
            "s->a->e",
            "b->w->e2",
            "c->v->e2",
            a=user(),
            w=user(),
            v=user(),
            b=boundary("a", timer()),
            c=boundary("a", OTHER_MESSAGE),
        ),
        """
        s a+ [a b c]
        M2 : a! c v+ [v]
        v : v- e2
        """,
    ),
    Runs(
        "first beside, then interrupting",
        "A reminder does not keep the deadline from taking the work away.",
        draw(
            "s->a->e",
            "b->w->e2",
            "c->v->e2",
            a=user(),
            w=user(),
            v=user(),
            b=boundary("a", timer("PT1H"), False),
            c=boundary("a", timer("PT2H")),
        ),
        """
        s a+ [a b c]
        +PT1H : b w+ [a c w]
        +PT1H : a! c v+ [v w]
        w : w- e2
        v : v- e2
        """,
    ),
    Runs(
        "a way back to the same activity",
        "The activity opens anew, and so do its events.",
        draw(
            "s->m->a->e",
            "b->m",
            a=user(),
            m=node("exclusiveGateway"),
            b=boundary("a", timer()),
        ),
        """
        s m a+ [a b]
        +PT1H : a! b m a+ [a b]
        a : a- e
        """,
    ),
    Runs(
        "one token of two",
        "Only the work of its own token is interrupted.",
        draw(
            "s->p->t1->m->a->e",
            "p->t2->m",
            "b->w->e2",
            a=user(),
            w=user(),
            m=node("exclusiveGateway"),
            b=boundary("a", OTHER_MESSAGE),
        ),
        """
        s p {t1 m a+ | t2 m a+} [a a b b]
        M2 : a! b w+ [a b w]
        a : a- e
        w : w- e2
        """,
    ),
    Runs(
        "output mapping",
        "Of what comes only what the mapping names leaves.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=user(),
            w=user(),
            b=boundary("a", OTHER_MESSAGE, maps=mapping("", "got<-r + 1")),
        ),
        """
        s a+
        M2 r=1 q=2 : a! b w+
        w : w- e2
        """,
        left={"got": 2},
    ),
    Runs(
        "the variables of what was interrupted",
        "What was local to the activity is gone; what it had written before stays.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            a=sub(draw("s1->u1->u2->e1"), maps=mapping("k<-1")),
            b=boundary("a", timer()),
        ),
        """
        s a+ s1 u1+
        u1 r=2 k=3 : u1- u2+
        +PT1H : u2! a! b w+
        w : w- e2
        """,
        sees={"u2": {"k": 3, "r": 2}, "w": {"r": 2}},
        left={"r": 2},
    ),
    Refused(
        "at a gateway",
        "boundary-unattached",
        draw("s->x->e", "a->e2", a=boundary("x", timer())),
    ),
    Refused(
        "at an event sub-process",
        "boundary-unattached",
        draw(
            "s->e",
            "a->e2",
            a=boundary("v", timer()),
            v=node(
                "subProcess",
                draw("es->eh").replace('id="es">', f'id="es">{OTHER_MESSAGE}'),
                triggeredByEvent="true",
            ),
        ),
    ),
    Refused(
        "without a flow",
        "boundary-without-flow",
        draw("s->u->e", a=boundary("u", timer())),
    ),
    Refused(
        "a flow into it",
        "flow-into-start",
        draw("s->u->e", "u->a->e2", a=boundary("u", timer())),
    ),
    Refused(
        "without a trigger",
        "event-without-trigger",
        draw("s->u->e", "a->e2", a=boundary("u", "")),
    ),
    Refused(
        "conditional",
        "element-not-run",
        draw("s->u->e", "a->e2", a=boundary("u", "<bpmn:conditionalEventDefinition/>")),
    ),
    Refused(
        "cancel",
        "element-not-run",
        draw("s->u->e", "a->e2", a=boundary("u", "<bpmn:cancelEventDefinition/>")),
    ),
    Refused(
        "an interrupting cycle",
        "timer-cycle-misplaced",
        draw("s->u->e", "a->e2", a=boundary("u", timer("R3/PT1H", "timeCycle"))),
    ),
)
BOUNDARY.element(
    "Repeating timer boundary event",
    "10.5.5",
    Runs(
        "a number of times",
        "Fires so often, each counted from when the one before was due.",
        attached(user(), timer("R2/PT1H", "timeCycle"), False),
        """
        s a+ [a b]
        +PT1H : b w+ [a b w]
        +PT3H : b w+ [a w w]
        a : a- e
        w : w- e2
        w : w- e2
        """,
    ),
    Runs(
        "without end",
        "Fires until the activity is done.",
        attached(user(), timer("R/PT1H", "timeCycle"), False),
        """
        s a+ [a b]
        +PT3H : b w+ b w+ b w+ [a b w w w]
        a : a- e [w w w]
        w : w- e2
        w : w- e2
        w : w- e2
        """,
    ),
    Runs(
        "in FEEL",
        "A string that FEEL gives is read like a literal.",
        attached(user(), timer("=cycle", "timeCycle"), False),
        """
        s a+ [a b]
        +PT2H : b w+ [a w]
        a : a- e
        w : w- e2
        """,
        {"cycle": "R1/PT2H"},
    ),
    Refused(
        "no cycle",
        "timer-invalid",
        draw("s->u->e", "a->e2", a=boundary("u", timer("PT1H", "timeCycle"), False)),
    ),
    Refused(
        "cron",
        "timer-invalid",
        draw(
            "s->u->e",
            "a->e2",
            a=boundary("u", timer("0 0 9 * * MON", "timeCycle"), False),
        ),
    ),
)
