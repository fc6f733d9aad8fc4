"""Escalations: who catches them, and who goes on."""

from engine_kit import (
    ANY_ESCALATION,
    ESCALATION,
    multi,
)

from .case import Group, Refused, Runs
from .cases_errors import LIST, X2, caught
from .draw import (
    boundary,
    call,
    draw,
    end,
    sub,
    throw,
    user,
)

ESCALATIONS = Group(
    "Escalations",
    "Like errors, but who throws one goes on unless it is interrupted.",
)


def escalating():
    """A sub-process that escalates and goes on to `u`."""
    return draw("s1->i->u->e1", i=throw(ESCALATION))


for name, host, opens, goes, called in (
    ("sub-process", sub(escalating()), "a+ s1 i", "u : u- e1 a- e", None),
    ("call activity", call(), "a+ s1 i", "u : u- e1 a- e", {"q": escalating()}),
):
    ESCALATIONS.element(
        f"Escalation boundary event at a {name}",
        "10.5.3, 13.5.3",
        Runs(
            "interrupting",
            "What escalated is taken away.",
            caught(host, by=ESCALATION),
            f"""
            s {opens} a! b w+ [w]
            w : w- e2
            """,
            called=called or {},
        ),
        Runs(
            "non-interrupting",
            "What escalated goes on.",
            draw(
                "s->a->e",
                "b->w->e2",
                a=host,
                w=user(),
                b=boundary("a", ESCALATION, False),
            ),
            f"""
            s {opens} {{u+ | b w+}} [u w]
            {goes}
            w : w- e2
            """,
            called=called or {},
        ),
        Runs(
            "any code",
            "An event without a code catches every escalation.",
            draw(
                "s->a->e",
                "b->w->e2",
                a=host,
                w=user(),
                b=boundary("a", ANY_ESCALATION, False),
            ),
            f"""
            s {opens} {{u+ | b w+}} [u w]
            {goes}
            w : w- e2
            """,
            called=called or {},
        ),
        Runs(
            "another code",
            "Is not caught there.",
            caught(host, by=X2),
            f"""
            s {opens} u+ [u]
            {goes}
            """,
            called=called or {},
        ),
    )
ESCALATIONS.element(
    "Escalation boundary event",
    "10.5.3, 13.5.3",
    Runs(
        "twice",
        "A non-interrupting event catches every time.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(draw("s1->i->u->k->e1", i=throw(ESCALATION), k=throw(ESCALATION))),
        ),
        """
        s a+ s1 i {u+ | b w+}
        u : u- k {e1 a- e | b w+} [w w]
        w : w- e2
        w : w- e2
        """,
    ),
    Runs(
        "the exact code before any",
        "Of two at the same activity the one with the code catches.",
        draw(
            "s->a->e",
            "b->w->e2",
            "c->v->e2",
            a=sub(escalating()),
            w=user(),
            v=user(),
            b=boundary("a", ANY_ESCALATION, False),
            c=boundary("a", ESCALATION, False),
        ),
        """
        s a+ s1 i {u+ | c v+} [u v]
        u : u- e1 a- e
        v : v- e2
        """,
    ),
    Runs(
        "further out",
        "It goes outward until something catches it, and no further.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(draw("s2->c->e4", "d->e5", c=sub(escalating()), d=boundary("c", X2))),
        ),
        """
        s a+ s2 c+ s1 i {u+ | b w+} [u w]
        w : w- e2
        u : u- e1 c- e4 a- e
        """,
    ),
    Runs(
        "caught near, not far",
        "What is caught near is not heard further out.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(
                draw(
                    "s2->c->e4",
                    "d->v->e5",
                    c=sub(escalating()),
                    v=user(),
                    d=boundary("c", ESCALATION, False),
                )
            ),
        ),
        """
        s a+ s2 c+ s1 i {u+ | d v+} [u v]
        u : u- e1 c- e4
        v : v- e5 a- e
        """,
    ),
    Runs(
        "parallel multi-instance",
        "Each item escalates by itself.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(escalating(), multi()),
        ),
        """
        s a+ {s1 i u+ | s1 i u+ | b w+ | b w+} [u u w w]
        u : u- e1 [u w w]
        u : u- e1 a- e
        w : w- e2
        w : w- e2
        """,
        LIST,
    ),
    Refused(
        "at a task",
        "boundary-never",
        draw("s->u->e", "a->e2", a=boundary("u", ESCALATION)),
    ),
)
ESCALATIONS.element(
    "Escalation end event",
    "10.5.4, 13.5.6",
    Runs(
        "caught without interrupting",
        "The token ends; the rest of the sub-process goes on.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(draw("s1->p1->u->ex", "p1->v->e1", ex=end(ESCALATION), v=user())),
        ),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- ex b w+ [v w]
        v : v- e1 a- e
        w : w- e2
        """,
    ),
    Runs(
        "as the last token",
        "The sub-process completes, and the event is caught too.",
        draw(
            "s->a->c->e",
            "b->w->e2",
            w=user(),
            c=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(draw("s1->u->ex", ex=end(ESCALATION))),
        ),
        """
        s a+ s1 u+
        u : u- ex {a- c+ | b w+} [c w]
        c : c- e
        w : w- e2
        """,
    ),
    Runs(
        "as the last token, interrupting",
        "The sub-process is interrupted, and does not complete as well.",
        caught(sub(draw("s1->u->ex", ex=end(ESCALATION))), by=ESCALATION),
        """
        s a+ s1 u+
        u : u- ex a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "interrupting",
        "The rest of the sub-process is taken away.",
        caught(
            sub(draw("s1->p1->u->ex", "p1->v->e1", ex=end(ESCALATION), v=user())),
            by=ESCALATION,
        ),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- ex v! a! b w+
        w : w- e2
        """,
    ),
    Runs(
        "caught nowhere",
        "Is an end like any other.",
        draw("s->p->u->ex", "p->v->e", ex=end(ESCALATION), v=user()),
        """
        s p {u+ | v+}
        u : u- ex [v]
        v : v- e
        """,
    ),
    Refused(
        "without a code", "escalation-unknown", draw("s->a", a=end(ANY_ESCALATION))
    ),
)
