"""Intermediate events that throw."""

from engine_kit import (
    ESCALATION,
    JOB,
    MESSAGE,
    OTHER_SIGNAL,
    SIGNAL,
    mapping,
)

from .case import Group, Refused, Runs
from .draw import (
    boundary,
    catch,
    draw,
    esp,
    ext,
    message_out,
    node,
    sub,
    throw,
)

THROWN = Group("Intermediate events that throw", "They happen, and the case goes on.")
AND = node("parallelGateway")

THROWN.element(
    "None throw event",
    "10.5.3",
    Runs(
        "passes", "A milestone: nothing happens.", draw("s->i->e", i=throw()), "s i e"
    ),
    Refused("with a job", "extension-misplaced", draw("s->a->e", a=throw(ext(JOB)))),
)
THROWN.element(
    "Message throw event",
    "10.5.5",
    Runs(
        "sends",
        "A job sends it; the case goes on when the job is done.",
        draw("s->i->e", i=message_out()),
        """
        s i+ [i]
        i r=1 : i- e
        """,
        left={"r": 1},
    ),
    Runs(
        "input mapping",
        "The job sees only what the inputs name.",
        draw("s->i->e", i=message_out(maps=mapping("k<-n + 1"))),
        """
        s i+ [i]
        i : i- e
        """,
        {"n": 1},
        left={"n": 1},
    ),
    Refused(
        "without a job type", "job-type-missing", draw("s->a->e", a=throw(MESSAGE))
    ),
)
THROWN.element(
    "Signal throw event",
    "10.5.5",
    Runs(
        "with nobody waiting",
        "Other cases and start events may hear it; this one goes on at once.",
        draw("s->i->e", i=throw(SIGNAL)),
        "s i S1^ e",
    ),
    Runs(
        "in the same case",
        "All that wait for it in the case hear it, with the inputs of the throw.",
        draw(
            "s->p->c->q->e",
            "p->u->i->q",
            c=catch(SIGNAL),
            q=AND,
            i=throw(SIGNAL, mapping("k<-n + 1")),
        ),
        """
        s p {c+ | u+} [c u]
        u : u- i S1^ c- q e
        """,
        {"n": 1},
        left={"n": 1, "k": 2},
    ),
    Runs(
        "another name",
        "Who waits for another signal hears nothing.",
        draw("s->p->c->q->e", "p->i->q", c=catch(OTHER_SIGNAL), q=AND, i=throw(SIGNAL)),
        """
        s p {c+ | i S1^} [c]
        S2 : c- q e
        """,
    ),
    Runs(
        "before somebody waits",
        "A signal is not kept: who waits later has missed it.",
        draw("s->i->c->e", i=throw(SIGNAL), c=catch(SIGNAL)),
        """
        s i S1^ c+ [c]
        S1 : c- e
        """,
    ),
    Runs(
        "to the sub-process around it",
        "An interrupting boundary event of the sub-process takes the thrower with it.",
        draw(
            "s->a->e",
            "b->u->e2",
            b=boundary("a", SIGNAL),
            a=sub(draw("s1->i->v->e1", i=throw(SIGNAL), v=node("userTask"))),
        ),
        """
        s a+ s1 i S1^ a! b u+ [u]
        u : u- e2
        """,
    ),
    Runs(
        "to a non-interrupting event sub-process",
        "It starts beside what goes on, every time.",
        draw(
            "s->i->u->k->e",
            i=throw(SIGNAL),
            k=throw(SIGNAL),
            a=esp(SIGNAL, interrupting=False),
        ),
        """
        s i S1^ {u+ | a+ es uh+} [es u uh]
        u : u- k S1^ {e | a+ es uh+} [es uh uh]
        uh : uh- eh a-
        uh : uh- eh a-
        """,
    ),
)
THROWN.element(
    "Escalation throw event",
    "10.5.1, 10.5.5",
    Runs(
        "caught nowhere",
        "Has no effect.",
        draw("s->i->e", i=throw(ESCALATION)),
        "s i e",
    ),
    Runs(
        "caught without interrupting",
        "The thrower goes on beside what catches it.",
        draw(
            "s->a->e",
            "b->u2->e2",
            b=boundary("a", ESCALATION, False),
            a=sub(draw("s1->i->u->e1", i=throw(ESCALATION))),
        ),
        """
        s a+ s1 i {u+ | b u2+} [u u2]
        u2 : u2- e2
        u : u- e1 a- e
        """,
    ),
    Runs(
        "caught by an interrupting event",
        "The thrower does not go on.",
        draw(
            "s->a->e",
            "b->u2->e2",
            b=boundary("a", ESCALATION),
            a=sub(draw("s1->i->u->e1", i=throw(ESCALATION))),
        ),
        """
        s a+ s1 i a! b u2+ [u2]
        u2 : u2- e2
        """,
    ),
    Refused(
        "without a code",
        "escalation-unknown",
        draw("s->a->e", a=throw("<bpmn:escalationEventDefinition/>")),
    ),
)
