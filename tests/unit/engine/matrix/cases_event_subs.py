"""Event sub-processes with every trigger."""

from engine_kit import (
    ANY_ERROR,
    ANY_ESCALATION,
    ESCALATION,
    MESSAGE,
    OTHER_MESSAGE,
    SIGNAL,
    error,
    timer,
)

from .case import Group, Refused, Runs
from .draw import draw, end, esp, node, sub, throw

SUBS = Group(
    "Event sub-processes",
    "They listen as long as the scope around them runs. An interrupting one takes "
    "away all else in it; the others run beside it, once for each event.",
)
WORLD = {
    "message": (OTHER_MESSAGE, "M2"),
    "timer": (timer(), "+PT1H"),
    "signal": (SIGNAL, "S1"),
}


def around(inner):
    """The same inside an embedded sub-process."""
    return draw("s->a->e", a=sub(inner))


for kind, (definition, action) in WORLD.items():
    once = kind == "timer"
    SUBS.element(
        f"{kind.capitalize()} start of an event sub-process",
        "10.5.2, 13.5.4",
        Runs(
            "interrupting",
            "All else in the process is taken away; the case ends when it is done.",
            draw("s->p->u->e", "p->v->e", v=node("userTask"), h=esp(definition)),
            f"""
            s p {{u+ | v+}} [es u v]
            {action} : u! v! h+ es uh+ [uh]
            uh : uh- eh h-
            """,
        ),
        Runs(
            "interrupting, in a sub-process",
            "Only the sub-process is interrupted, and goes on behind it.",
            around(draw("s1->u->e1", h=esp(definition))),
            f"""
            s a+ s1 u+ [es u]
            {action} : u! h+ es uh+ [uh]
            uh : uh- eh h- a- e
            """,
        ),
        Runs(
            "non-interrupting",
            "Runs beside the rest; the case ends when both are done.",
            draw("s->u->e", h=esp(definition, interrupting=False)),
            f"""
            s u+ [es u]
            {action} : h+ es uh+ [{"" if once else "es "}u uh]
            u : u- e [{"" if once else "es "}uh]
            uh : uh- eh h-
            """,
        ),
        *(
            ()
            if once
            else (
                Runs(
                    "non-interrupting, several times",
                    "Every event starts one more, with a scope of its own.",
                    draw("s->u->e", h=esp(definition, interrupting=False)),
                    f"""
                    s u+
                    {action} : h+ es uh+ [es u uh]
                    {action} : h+ es uh+ [es u uh uh]
                    uh : uh- eh h- [es u uh]
                    u : u- e [es uh]
                    uh : uh- eh h-
                    """,
                ),
            )
        ),
        Runs(
            "non-interrupting, in a sub-process",
            "The sub-process is done when what runs beside it is done too.",
            around(draw("s1->u->e1", h=esp(definition, interrupting=False))),
            f"""
            s a+ s1 u+ [es u]
            {action} : h+ es uh+ [{"" if once else "es "}u uh]
            u : u- e1 [{"" if once else "es "}uh]
            uh : uh- eh h- a- e
            """,
        ),
        Runs(
            "that never comes",
            "Does not hold the case, and nothing of it is left.",
            draw("s->u->e", h=esp(definition, interrupting=False)),
            """
            s u+ [es u]
            u : u- e []
            """,
        ),
        Runs(
            "nested",
            "One inside another listens while the outer one runs.",
            draw(
                "s->u->e",
                h=esp(
                    MESSAGE,
                    draw(
                        "es->u2->e2",
                        k=esp(definition, draw("es2->u3->e3"), start="es2"),
                    ),
                ),
            ),
            f"""
            s u+ [es u]
            M1 : u! h+ es u2+ [es2 u2]
            {action} : u2! k+ es2 u3+ [u3]
            u3 : u3- e3 k- h-
            """,
        ),
    )
SUBS.element(
    "Repeating timer start of an event sub-process",
    "10.5.5",
    Runs(
        "non-interrupting",
        "Starts one each time, as often as the cycle says.",
        draw("s->u->e", h=esp(timer("R2/PT1H", "timeCycle"), interrupting=False)),
        """
        s u+ [es u]
        +PT3H : h+ es uh+ h+ es uh+ [u uh uh]
        u : u- e
        uh : uh- eh h-
        uh : uh- eh h-
        """,
    ),
    Refused(
        "interrupting",
        "timer-cycle-misplaced",
        draw("s->u->e", h=esp(timer("R2/PT1H", "timeCycle"))),
        "es",
    ),
)
THROWS = draw("s1->p1->u->ex", "p1->v->e1", ex=end(error()), v=node("userTask"))
SUBS.element(
    "Error start of an event sub-process",
    "10.5.2, 13.5.4",
    Runs(
        "from an end event of the scope",
        "Takes away all else in the scope, which goes on behind it.",
        around(THROWS + draw(h=esp(error()))),
        """
        s a+ s1 p1 {u+ | v+} [u v]
        u : u- ex v! h+ es uh+ [uh]
        uh : uh- eh h- a- e
        """,
    ),
    Runs(
        "from a job",
        "Takes what came with the error into the case.",
        draw("s->j->e", h=esp(ANY_ERROR)),
        """
        s j+
        j!E1 r=1 : j! h+ es uh+ [uh]
        uh : uh- eh h-
        """,
        left={"r": 1},
    ),
    Runs(
        "from deeper inside",
        "What nothing nearer catches comes to it.",
        draw("s->a->e", a=sub(THROWS), h=esp(error())),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- ex v! a! h+ es uh+
        uh : uh- eh h-
        """,
    ),
    Runs(
        "the exact code before any",
        "Of two in the same scope the one with the code catches.",
        draw(
            "s->u->ex",
            ex=end(error()),
            h=esp(ANY_ERROR),
            k=esp(error(), draw("es2->u2->e2"), start="es2"),
        ),
        """
        s u+
        u : u- ex k+ es2 u2+
        u2 : u2- e2 k-
        """,
    ),
    Runs(
        "from the handler itself",
        "It never catches what it throws itself.",
        draw(
            "s->u->ex",
            ex=end(error()),
            h=esp(ANY_ERROR, draw("es->uh->ey", ey=end(error()))),
        ),
        """
        s u+
        u : u- ex h+ es uh+
        uh : uh- ey ey? h!
        """,
        ends="error E1",
    ),
    Refused(
        "non-interrupting",
        "error-not-interrupting",
        draw("s->u->e", h=esp(error(), interrupting=False)),
        "es",
    ),
    Refused(
        "the same code twice",
        "event-doubled",
        draw("s->u->e", h=esp(error()), k=esp(error(), draw("es2->e2"), start="es2")),
        "es2",
    ),
)
SUBS.element(
    "Escalation start of an event sub-process",
    "10.5.2, 13.5.4",
    Runs(
        "interrupting",
        "What escalated is taken away.",
        draw("s->i->u->e", i=throw(ESCALATION), h=esp(ESCALATION)),
        """
        s i h+ es uh+ [uh]
        uh : uh- eh h-
        """,
    ),
    Runs(
        "non-interrupting",
        "What escalated goes on.",
        draw(
            "s->i->u->e", i=throw(ESCALATION), h=esp(ANY_ESCALATION, interrupting=False)
        ),
        """
        s i {u+ | h+ es uh+} [u uh]
        u : u- e
        uh : uh- eh h-
        """,
    ),
    Runs(
        "non-interrupting, several times",
        "Every escalation starts one more.",
        draw(
            "s->i->u->k->e",
            i=throw(ESCALATION),
            k=throw(ESCALATION),
            h=esp(ESCALATION, interrupting=False),
        ),
        """
        s i {u+ | h+ es uh+}
        u : u- k {e | h+ es uh+} [uh uh]
        uh : uh- eh h-
        uh : uh- eh h-
        """,
    ),
    Runs(
        "from deeper inside",
        "It comes from a sub-process, which goes on.",
        draw(
            "s->a->e",
            a=sub(draw("s1->i->u->e1", i=throw(ESCALATION))),
            h=esp(ESCALATION, interrupting=False),
        ),
        """
        s a+ s1 i {u+ | h+ es uh+} [u uh]
        u : u- e1 a- e
        uh : uh- eh h-
        """,
    ),
)
