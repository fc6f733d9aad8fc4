"""Intermediate events that catch, and links."""

from engine_kit import (
    MESSAGE,
    OTHER_MESSAGE,
    SIGNAL,
    mapping,
    timer,
)

from .case import Group, Refused, Runs
from .draw import (
    catch,
    draw,
    link,
    node,
    sub,
)

CAUGHT = Group("Intermediate events that catch", "The case waits until they happen.")
AND = node("parallelGateway")


def waiting(definition, maps=""):
    return draw("s->c->u->e", c=catch(definition, maps))


CAUGHT.element(
    "Message catch event",
    "10.5.3, 10.5.5",
    Runs(
        "with a correlation key",
        "Waits for a message of its name and key; what comes with it is written.",
        waiting(MESSAGE),
        """
        s c+ [c]
        M1 r=1 : c- u+
        u : u- e
        """,
        left={"r": 1},
    ),
    Runs(
        "output mapping",
        "Of what comes only what the mapping names leaves.",
        waiting(OTHER_MESSAGE, mapping("", "got<-r * 2")),
        """
        s c+
        M2 r=2 q=1 : c- u+
        u : u- e
        """,
        left={"got": 4},
    ),
    Runs(
        "an output that cannot be evaluated",
        "The message is taken and kept; a retry maps it again.",
        waiting(OTHER_MESSAGE, mapping("", "got<-r * f")),
        """
        s c+ [c]
        M2 r=2 : c? []
        c~ f=3 : c- u+
        u : u- e
        """,
        left={"f": 3, "got": 6},
    ),
    Runs(
        "two messages in turn",
        "Each waits for its own name.",
        draw("s->c->d->e", c=catch(MESSAGE), d=catch(OTHER_MESSAGE)),
        """
        s c+
        M1 : c- d+
        M2 : d- e
        """,
    ),
    Refused(
        "without a message",
        "message-unknown",
        draw("s->a->e", a=catch("<bpmn:messageEventDefinition/>")),
    ),
)
CAUGHT.element(
    "Timer catch event",
    "10.5.5",
    Runs(
        "duration",
        "Counted from the moment at which the token arrived.",
        waiting(timer("PT1H")),
        """
        s c+ [c]
        +PT59M : [c]
        +PT1M : c- u+
        u : u- e
        """,
    ),
    Runs(
        "date",
        "Fires at its moment.",
        waiting(timer("2026-08-21T12:00:00+05:00", "timeDate")),
        """
        s c+ [c]
        +PT23H : [c]
        +PT1H : c- u+
        u : u- e
        """,
    ),
    Runs(
        "date in FEEL",
        "Computed when the token arrives.",
        waiting(
            timer(
                '=date and time("2026-08-20T12:00:00+05:00") + duration("PT2H")',
                "timeDate",
            )
        ),
        """
        s c+ [c]
        +PT1H59M : [c]
        +PT1M : c- u+
        u : u- e
        """,
    ),
    Runs(
        "duration in FEEL",
        "A later change of the variable does not move it.",
        draw("s->p->c->q->e", "p->u->q", c=catch(timer("=duration(d)")), q=AND),
        """
        s p {c+ | u+} [c u]
        u d="PT9H" : u- [c]
        +PT1H : c- q e
        """,
        {"d": "PT1H"},
    ),
    Runs(
        "a date that has passed",
        "Is due at once.",
        waiting(timer("2020-01-01T00:00:00Z", "timeDate")),
        """
        s c+ [c]
        +PT0S : c- u+
        u : u- e
        """,
    ),
    Runs(
        "working days",
        "By the calendar of the office.",
        waiting(timer("=add working days(now(), 1)", "timeDate")),
        """
        s c+ [c]
        +P1DT6H : [c]
        +PT1H : c- u+
        u : u- e
        """,
    ),
    Runs(
        "neither date nor duration",
        "An incident; no timer is armed.",
        waiting(timer("=d")),
        """
        s c+ c? []
        c~ d="PT1H" : [c]
        +PT1H : c- u+
        u : u- e
        """,
        {"d": "soon"},
    ),
    Refused("unreadable", "timer-invalid", draw("s->a->e", a=catch(timer("soon")))),
    Refused(
        "two times",
        "timer-invalid",
        draw(
            "s->a->e",
            a=catch(
                timer().replace(
                    "<bpmn:timeD",
                    "<bpmn:timeDate>2026-01-01T00:00:00Z</bpmn:timeDate><bpmn:timeD",
                )
            ),
        ),
    ),
    Refused(
        "no time",
        "timer-invalid",
        draw("s->a->e", a=catch("<bpmn:timerEventDefinition/>")),
    ),
    Refused(
        "cycle",
        "timer-cycle-misplaced",
        draw("s->a->e", a=catch(timer("R3/PT1H", "timeCycle"))),
    ),
)
CAUGHT.element(
    "Signal catch event",
    "10.5.5",
    Runs(
        "from another case",
        "Hears a signal of its name; what comes with it is written.",
        waiting(SIGNAL),
        """
        s c+ [c]
        S1 r=1 : c- u+
        u : u- e
        """,
        left={"r": 1},
    ),
    Runs(
        "by all that wait",
        "Every one that waits for it hears it.",
        draw("s->p->c->q->e", "p->d->q", c=catch(SIGNAL), d=catch(SIGNAL), q=AND),
        """
        s p {c+ | d+} [c d]
        S1 : {c- | d-} q e
        """,
    ),
    Refused(
        "without a signal",
        "signal-unknown",
        draw("s->a->e", a=catch("<bpmn:signalEventDefinition/>")),
    ),
)
CAUGHT.element(
    "Link event",
    "10.5.5",
    Runs(
        "throw and catch",
        "The token goes on at the link of the same name.",
        draw("s->u->i", "c->v->e", i=link(throws=True), c=link(), v=node("userTask")),
        """
        s u+
        u : u- i c v+
        v : v- e
        """,
    ),
    Runs(
        "several throws",
        "Several may lead to one catch; each token goes by itself.",
        draw(
            "s->x",
            "x->i ? =a",
            "x->k",
            "c->e",
            i=link(throws=True),
            k=link(throws=True),
            c=link(),
            x=node("exclusiveGateway", default="k"),
        ),
        "s x k c e",
        {"a": False},
    ),
    Runs(
        "in a sub-process",
        "A link leads within its own scope.",
        draw(
            "s->a->e", a=sub(draw("s1->u->i", "c->e1", i=link(throws=True), c=link()))
        ),
        """
        s a+ s1 u+
        u : u- i c e1 a- e
        """,
    ),
    Runs(
        "backwards",
        "A link may lead back; the loop ends where the drawing says.",
        draw(
            "s->m->u->x->e",
            "x->i ? =again",
            "c->m",
            i=link(throws=True),
            c=link(),
            x=node("exclusiveGateway", default="e"),
            m=node("exclusiveGateway"),
        ),
        """
        s m u+
        u again=true : u- x i c m u+
        u again=false : u- x e
        """,
    ),
    Refused(
        "caught nowhere", "link-invalid", draw("s->a", "s->e", a=link(throws=True))
    ),
    Refused(
        "caught twice",
        "link-invalid",
        draw("s->i", "b->e", "a->e", i=link(throws=True), b=link(), a=link()),
    ),
    Refused(
        "out of its scope",
        "link-invalid",
        draw("s->b->e", "c->e", b=sub(draw("s1->a", a=link(throws=True))), c=link()),
    ),
    Refused(
        "a flow behind the throw",
        "link-invalid",
        draw("s->a->e", "c->e", a=link(throws=True), c=link()),
    ),
    Refused(
        "a flow into the catch",
        "link-invalid",
        draw("s->i", "s->a->e", i=link(throws=True), a=link()),
    ),
)
CAUGHT.element(
    "Other catch events",
    "10.5.3",
    Refused("without a trigger", "event-without-trigger", draw("s->a->e", a=catch(""))),
    Refused(
        "several triggers",
        "event-several-triggers",
        draw("s->a->e", a=catch(MESSAGE + timer())),
    ),
    Refused(
        "all of several triggers",
        "attribute-not-run",
        draw(
            "s->a->e",
            a=node("intermediateCatchEvent", MESSAGE, parallelMultiple="true"),
        ),
    ),
    Refused(
        "conditional",
        "element-not-run",
        draw("s->a->e", a=catch("<bpmn:conditionalEventDefinition/>")),
    ),
    Refused(
        "an event definition that is shared",
        "element-not-run",
        draw(
            "s->a->e", a=catch("<bpmn:eventDefinitionRef>x</bpmn:eventDefinitionRef>")
        ),
    ),
)
