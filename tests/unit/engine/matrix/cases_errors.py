"""Errors: who catches them."""

from engine_kit import (
    ANY_ERROR,
    ESCALATION,
    error,
    loop,
    multi,
)

from .case import Group, Refused, Runs
from .draw import (
    boundary,
    call,
    draw,
    end,
    esp,
    job,
    node,
    sub,
    user,
)

ERRORS = Group(
    "Errors",
    "An error travels outward from where it was thrown, and is caught by the nearest "
    "that names its code, else by the nearest that names none. It always interrupts.",
)
E2 = error("err2")
X2 = ESCALATION.replace("esc1", "esc2")
LIST = {"xs": [1, 2]}
AND = node("parallelGateway")


def caught(host, *, by=None, ways=(), **more):
    return draw(
        "s->a->e",
        "b->w->e2",
        *ways,
        a=host,
        w=user(),
        b=boundary("a", by or error()),
        **more,
    )


def failing(definition=None, beside=True):
    """A sub-process that throws an error after `u`, with `v` beside it."""
    chains = ("s1->p1->u->ex", "p1->v->e1") if beside else ("s1->u->ex",)
    besides = {"v": user()} if beside else {}
    return draw(*chains, ex=end(definition or error()), **besides)


for tag, name in (("serviceTask", "service task"), ("sendTask", "send task")):
    ERRORS.element(
        f"Error boundary event at a {name}",
        "10.5.3, 13.5.3",
        Runs(
            "its code",
            "The error of the job is caught, with the variables that came with it.",
            caught(job(tag=tag)),
            """
            s a+ [a]
            a!E1 r=1 : a! b w+ [w]
            w : w- e2
            """,
            left={"r": 1},
        ),
        Runs(
            "any code",
            "An event without a code catches every error.",
            caught(job(tag=tag), by=ANY_ERROR),
            """
            s a+
            a!E9 : a! b w+
            w : w- e2
            """,
        ),
        Runs(
            "another code",
            "Is not caught: the job stays as it is.",
            caught(job(tag=tag)),
            """
            s a+ [a]
            a!?E2 : [a]
            a : a- e
            """,
        ),
    )
ERRORS.element(
    "Error boundary event",
    "10.5.3, 13.5.3",
    Runs(
        "the exact code before any",
        "Of two at the same activity the one with the code catches.",
        draw(
            "s->a->e",
            "b->w->e2",
            "c->v->e2",
            a=job(),
            w=user(),
            v=user(),
            b=boundary("a", ANY_ERROR),
            c=boundary("a", error()),
        ),
        """
        s a+
        a!E1 : a! c v+
        v : v- e2
        """,
    ),
    Runs(
        "any code near before the exact code far",
        "The nearest that catches it catches it.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", error()),
            a=sub(draw("s1->j->e1", "c->v->e1", c=boundary("j", ANY_ERROR), v=user())),
        ),
        """
        s a+ s1 j+
        j!E1 : j! c v+
        v : v- e1 a- e
        """,
    ),
    Runs(
        "a job deep inside",
        "The error of a job goes outward to the sub-process around it.",
        caught(sub(draw("s1->p1->j->e1", "p1->v->e1", v=user()))),
        """
        s a+ s1 p1 {j+ | v+} [j v]
        j!E1 r=1 : j! v! a! b w+ [w]
        w : w- e2
        """,
        left={"r": 1},
    ),
    Runs(
        "two levels outward",
        "What does not name the code is passed by.",
        caught(
            sub(
                draw(
                    "s1->c->e1", "d->e3", d=boundary("c", E2), c=sub(draw("s2->j->e4"))
                )
            )
        ),
        """
        s a+ s1 c+ s2 j+
        j!E1 : j! c! a! b w+
        w : w- e2
        """,
    ),
    Runs(
        "a neighbour's event",
        "An event at a neighbour in the same scope catches nothing of this one.",
        draw(
            "s->p->a->e",
            "p->c->e",
            "b->w->e2",
            a=job(),
            c=job(),
            w=user(),
            b=boundary("a", error()),
        ),
        """
        s p {a+ | c+}
        c!?E1 : [a c]
        a!E1 : a! b w+ [c w]
        w : w- e2
        c : c- e
        """,
    ),
    Runs(
        "parallel multi-instance",
        "The error of one item takes them all away.",
        caught(job(multi())),
        """
        s a+ [a a]
        a!E1 : a! b w+ [w]
        w : w- e2
        """,
        LIST,
    ),
    Runs(
        "sequential multi-instance",
        "The error of the second item leaves none behind.",
        caught(job(multi("true"))),
        """
        s a+ [a]
        a : [a]
        a!E1 : a! b w+ [w]
        w : w- e2
        """,
        LIST,
    ),
    Runs(
        "loop",
        "The error of a round ends the loop.",
        caught(job(loop(loopMaximum="3"))),
        """
        s a+ [a]
        a : [a]
        a!E1 : a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "call activity",
        "The error of a called process goes out to the call.",
        caught(call()),
        """
        s a+ sq jq+ [jq]
        jq!E1 : jq! a! b w+ [w]
        w : w- e2
        """,
        called={"q": draw("sq->jq->eq", jq=job())},
    ),
    Refused(
        "at what throws none",
        "boundary-never",
        draw("s->u->e", "a->e2", a=boundary("u", error())),
    ),
    Refused(
        "non-interrupting",
        "error-not-interrupting",
        draw("s->j->e", "a->e2", a=boundary("j", error(), False)),
    ),
    Refused(
        "an error that is not there",
        "error-unknown",
        draw("s->j->e", "a->e2", a=boundary("j", error("nothing"))),
    ),
    Refused(
        "the same code twice",
        "event-doubled",
        draw(
            "s->j->e",
            "b->e2",
            "a->e2",
            b=boundary("j", error()),
            a=boundary("j", error()),
        ),
    ),
)
ERRORS.element(
    "Error end event",
    "10.5.4, 13.5.6",
    Runs(
        "caught at the sub-process",
        "All that still runs in the sub-process is taken away.",
        caught(sub(failing())),
        """
        s a+ s1 p1 {u+ | v+} [u v]
        u : u- ex v! a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "caught at a sub-process further out",
        "It goes outward through sub-processes that do not catch it.",
        caught(sub(draw("s2->c->e4", c=sub(failing())))),
        """
        s a+ s2 c+ s1 p1 {u+ | v+}
        u : u- ex v! c! a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "caught by an event sub-process",
        "The event sub-process beside it catches before the boundary event.",
        caught(sub(failing() + draw(h=esp(error())))),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- ex v! h+ es uh+ [uh]
        uh : uh- eh h- a- e
        """,
    ),
    Runs(
        "caught at the call",
        "A called process that ends with an error is caught at the call.",
        caught(call()),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- ex v! a! b w+ [w]
        w : w- e2
        """,
        called={"q": failing()},
    ),
    Runs(
        "caught in the caller's event sub-process",
        "Beyond the call the error goes on outward.",
        draw("s->a->e", a=call(), h=esp(ANY_ERROR)),
        """
        s a+ s1 u+
        u : u- ex a! h+ es uh+ [uh]
        uh : uh- eh h-
        """,
        called={"q": failing(beside=False)},
    ),
    Runs(
        "in an item of a multi-instance",
        "All items are taken away.",
        caught(sub(failing(beside=False), multi())),
        """
        s a+ {s1 u+ | s1 u+} [u u]
        u : u- ex u! a! b w+ [w]
        w : w- e2
        """,
        LIST,
    ),
    Runs(
        "caught nowhere",
        "The case ends with the code, and an incident tells a person.",
        draw("s->p->u->ex", "p->v->e", ex=end(error()), v=user()),
        """
        s p {u+ | v+}
        u : u- ex ex? v! []
        """,
        ends="error E1",
    ),
    Runs(
        "caught nowhere, from a sub-process",
        "Ends the whole case from any depth.",
        draw("s->p->a->e", "p->w->e", a=sub(failing()), w=user()),
        """
        s p {a+ s1 p1 {u+ | v+} | w+}
        u : u- ex ex? v! a! w! []
        """,
        ends="error E1",
    ),
    Runs(
        "caught nowhere, from a called process",
        "Ends the calling case.",
        draw("s->a->e", a=call()),
        """
        s a+ s1 u+
        u : u- ex ex? a! []
        """,
        called={"q": failing(beside=False)},
        ends="error E1",
    ),
    Runs(
        "another code at the sub-process",
        "Is not caught there.",
        caught(sub(failing(beside=False)), by=E2),
        """
        s a+ s1 u+
        u : u- ex ex? a! []
        """,
        ends="error E1",
    ),
    Runs(
        "in the handler that caught an error",
        "A handler never catches what it throws itself; it goes on outward.",
        caught(
            sub(
                draw(
                    "s1->u->ex",
                    ex=end(error()),
                    h=esp(error(), draw("es->uh->ey", ey=end(error()))),
                )
            ),
        ),
        """
        s a+ s1 u+
        u : u- ex h+ es uh+
        uh : uh- ey h! a! b w+
        w : w- e2
        """,
    ),
    Runs(
        "behind the event that caught one",
        "On the way behind a boundary event its own host is no longer around it.",
        draw(
            "s->a->e",
            "b->w->ey",
            a=sub(failing(beside=False)),
            w=user(),
            b=boundary("a", error()),
            ey=end(error()),
        ),
        """
        s a+ s1 u+
        u : u- ex a! b w+
        w : w- ey ey? []
        """,
        ends="error E1",
    ),
    Refused("without a code", "error-unknown", draw("s->a", a=end(ANY_ERROR))),
)
