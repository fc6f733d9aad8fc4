"""Event-based gateways."""

from engine_kit import MESSAGE, OTHER_MESSAGE, SIGNAL, mapping, timer

from .case import Group, Refused, Runs
from .draw import boundary, catch, draw, node, receive, sub, throw

RACES = Group("Event-based gateways", "The first event decides which way it goes.")
XOR = node("exclusiveGateway")


def race(*ways, **arms):
    return draw("s->g->c->u1->e", "g->d->u2->e", *ways, **arms)


RACES.element(
    "Event-based gateway",
    "10.6.6, 13.4.4",
    Runs(
        "message before timer",
        "The message takes its way; the timer is no longer armed.",
        race(c=catch(MESSAGE), d=catch(timer())),
        """
        s g+ [c d]
        M1 r=1 : g- c u1+ [u1]
        u1 : u1- e
        """,
        left={"r": 1},
    ),
    Runs(
        "timer before message",
        "The timer takes its way; the message is no longer awaited.",
        race(c=catch(MESSAGE), d=catch(timer())),
        """
        s g+ [c d]
        +PT1H : g- d u2+ [u2]
        u2 : u2- e
        """,
    ),
    Runs(
        "two timers",
        "The earlier one wins.",
        race(c=catch(timer("PT2H")), d=catch(timer("PT1H"))),
        """
        s g+ [c d]
        +PT3H : g- d u2+ [u2]
        u2 : u2- e
        """,
    ),
    Runs(
        "signal",
        "A signal takes its way.",
        race(c=catch(SIGNAL), d=catch(MESSAGE)),
        """
        s g+ [c d]
        S1 : g- c u1+ [u1]
        u1 : u1- e
        """,
    ),
    Runs(
        "a signal thrown in the same case",
        "Is heard by the gateway as by any event.",
        draw(
            "s->p->g->c->e",
            "g->d->e",
            "p->u->i->e",
            c=catch(SIGNAL),
            d=catch(MESSAGE),
            i=throw(SIGNAL),
        ),
        """
        s p {g+ | u+} [c d u]
        u : u- i S1^ {g- c e | e}
        """,
    ),
    Runs(
        "receive tasks",
        "They are arms too.",
        race(c=receive(), d=receive("msg2")),
        """
        s g+ [c d]
        M2 r=2 : g- d u2+ [u2]
        u2 : u2- e
        """,
        left={"r": 2},
    ),
    Runs(
        "receive task and timer",
        "The timer takes the way of the receive task away.",
        race(c=receive(), d=catch(timer())),
        """
        s g+ [c d]
        +PT1H : g- d u2+ [u2]
        u2 : u2- e
        """,
    ),
    Runs(
        "output mapping of an arm",
        "Of what comes only what the mapping names leaves.",
        race(c=catch(MESSAGE, mapping("", "got<-r + 1")), d=catch(timer())),
        """
        s g+
        M1 r=1 : g- c u1+
        u1 : u1- e
        """,
        left={"got": 2},
    ),
    Runs(
        "in a loop",
        "Every time it waits anew for all of its events.",
        draw("s->m->g->c->m", "g->d->e", c=catch(MESSAGE), d=catch(timer()), m=XOR),
        """
        s m g+ [c d]
        M1 : g- c m g+ [c d]
        +PT30M : [c d]
        M1 : g- c m g+ [c d]
        +PT30M : [c d]
        +PT30M : g- d e
        """,
    ),
    Runs(
        "twice at once",
        "Each token waits for events of its own.",
        draw(
            "s->p->t1->m->g->c->e",
            "p->t2->m",
            "g->d->e",
            c=catch(OTHER_MESSAGE),
            d=catch(timer()),
            m=XOR,
        ),
        """
        s p {t1 m g+ | t2 m g+} [c c d d]
        M2 : g- c e [c d]
        +PT1H : g- d e
        """,
    ),
    Runs(
        "interrupted",
        "When the sub-process around it is interrupted, nothing is awaited any more.",
        draw(
            "s->a->e",
            "b->u->e2",
            b=boundary("a", timer("PT10M")),
            a=sub(draw("s1->g->c->e1", "g->d->e1", c=catch(MESSAGE), d=catch(timer()))),
        ),
        """
        s a+ s1 g+ [b c d]
        +PT10M : g! a! b u+ [u]
        u : u- e2
        """,
    ),
    Runs(
        "a key that cannot be evaluated",
        "The gateway is held with an incident; none of its events is awaited.",
        race(c=catch(MESSAGE), d=catch(timer())),
        """
        s g+ g? []
        g~ key=1 : [c d]
        M1 : g- c u1+
        u1 : u1- e
        """,
        {"key": None},
    ),
    Refused(
        "one event", "event-gateway-invalid", draw("s->g->c->e", c=catch(MESSAGE)), "g"
    ),
    Refused(
        "a task as an arm",
        "event-gateway-invalid",
        draw("s->g->c->e", "g->a->e", c=catch(MESSAGE), a=node("userTask")),
    ),
    Refused(
        "messages and receive tasks",
        "event-gateway-invalid",
        race(c=catch(MESSAGE), d=receive("msg2")),
        "g",
    ),
    Refused(
        "another flow into an arm",
        "event-gateway-invalid",
        draw("s->p->g->a->e", "g->d->e", "p->a", a=catch(MESSAGE), d=catch(timer())),
    ),
    Refused(
        "a boundary event at an arm",
        "event-gateway-invalid",
        draw(
            "s->g->a->e",
            "g->d->e",
            "b->e",
            a=receive(),
            d=catch(timer()),
            b=boundary("a", timer()),
        ),
    ),
    Runs(
        "mappings of an arm",
        "Its inputs are its own, and are read when the gateway begins to wait.",
        race(c=catch(MESSAGE, mapping("k<-n + 1", "got<-r + k")), d=catch(timer())),
        """
        s g+ [c d]
        M1 r=5 : g- c u1+
        u1 : u1- e
        """,
        {"n": 1},
        left={"n": 1, "got": 7},
    ),
    Refused(
        "all of its events",
        "attribute-not-run",
        draw(
            "s->a->c->e",
            "a->d->e",
            c=catch(MESSAGE),
            d=catch(timer()),
            a=node("eventBasedGateway", eventGatewayType="Parallel"),
        ),
    ),
    Refused(
        "starts the process",
        "attribute-not-run",
        draw(
            "a->c->e",
            "a->d->e",
            c=catch(MESSAGE),
            d=catch(timer()),
            a=node("eventBasedGateway", instantiate="true"),
        ),
    ),
    Refused(
        "a condition on its flow",
        "condition-misplaced",
        draw("s->g->c->e", "g->d ? =a", "d->e", c=catch(MESSAGE), d=catch(timer())),
        "g_d",
    ),
)
