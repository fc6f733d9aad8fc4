"""Boundary events: every trigger at every host, interrupting and not."""

from engine_kit import (
    OTHER_MESSAGE,
    SIGNAL,
    loop,
    mapping,
    multi,
    timer,
)

from .case import Group, Refused, Runs
from .draw import (
    boundary,
    call,
    draw,
    job,
    node,
    receive,
    sub,
    user,
)

BOUNDARY = Group(
    "Boundary events",
    "They wait as long as their activity runs. An interrupting one takes the work "
    "away; the others start a second way beside it.",
)
CALLED = {"q": draw("sq->uq->eq")}
LIST = {"xs": [1, 2]}

# host -> how it is made, what opens, what waits, what is canceled, how it is done
HOSTS = {
    "user task": (user(), "a+", "a", "a!", ["a : a- e"]),
    "manual task": (node("manualTask"), "a+", "a", "a!", ["a : a- e"]),
    "service task": (job(), "a+", "a", "a!", ["a : a- e"]),
    "send task": (job(tag="sendTask"), "a+", "a", "a!", ["a : a- e"]),
    "receive task": (receive(), "a+", "a", "a!", ["M1 : a- e"]),
    "sub-process": (
        sub(draw("s1->u1->e1")),
        "a+ s1 u1+",
        "u1",
        "u1! a!",
        ["u1 : u1- e1 a- e"],
    ),
    "call activity": (
        call(),
        "a+ sq uq+",
        "uq",
        "uq! a!",
        ["uq : uq- eq a- e"],
    ),
    "parallel multi-instance": (
        user(multi()),
        "a+",
        "a a",
        "a!",
        ["a : []", "a : a- e"],
    ),
    "sequential multi-instance": (
        user(multi("true")),
        "a+",
        "a",
        "a!",
        ["a : []", "a : a- e"],
    ),
    "loop": (
        user(loop(loopMaximum="2")),
        "a+",
        "a",
        "a!",
        ["a : []", "a : a- e"],
    ),
}
TRIGGERS = {
    "Timer": (timer(), "+PT1H"),
    "Message": (OTHER_MESSAGE, "M2"),
    "Signal": (SIGNAL, "S1"),
}


def attached(host, definition, interrupting=True, *ways, **more):
    return draw(
        "s->a->e",
        "b->w->e2",
        *ways,
        a=host,
        w=user(),
        b=boundary("a", definition, interrupting),
        **more,
    )


def interrupting(name, kind):
    host, opens, waits, canceled, _ = HOSTS[name]
    definition, action = TRIGGERS[kind]
    return Runs(
        f"{name}, interrupting",
        "The work is taken away, and the case goes on behind the event.",
        attached(host, definition),
        f"""
        s {opens} [{waits} b]
        {action} : {canceled} b w+ [w]
        w : w- e2
        """,
        LIST,
        called=CALLED,
    )


def beside(name, kind):
    host, opens, waits, _, done = HOSTS[name]
    definition, action = TRIGGERS[kind]
    once = kind == "Timer"
    again = "" if once else f"{action} : b w+ [{waits} b w w]"
    rest = [one.replace("[]", "") for one in done]
    return Runs(
        f"{name}, non-interrupting",
        "The work goes on beside the way of the event; "
        + ("the timer fires once." if once else "the event is heard every time."),
        attached(host, definition, False),
        "\n".join(
            [
                f"s {opens} [{waits} b]",
                f"{action} : b w+ [{waits} w]"
                if once
                else f"{action} : b w+ [{waits} b w]",
                again,
                *rest,
                "w : w- e2" if once else "w : w- e2 [w]",
                "" if once else "w : w- e2",
            ]
        ),
        LIST,
        called=CALLED,
    )


for kind in TRIGGERS:
    BOUNDARY.element(
        f"{kind} boundary event",
        "10.5.3, 13.5.3",
        *(make(name, kind) for name in HOSTS for make in (interrupting, beside)),
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
