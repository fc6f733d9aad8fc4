"""Elements that meet: what one does inside, beside or behind another."""

from engine_kit import (
    ANY_ERROR,
    ESCALATION,
    MESSAGE,
    OTHER_MESSAGE,
    SIGNAL,
    error,
    loop,
    mapping,
    multi,
    timer,
)

from .case import Group, Runs
from .draw import (
    boundary,
    call,
    catch,
    draw,
    end,
    esp,
    job,
    node,
    script,
    sub,
    throw,
    user,
)

MIXED = Group("Together", "What one element does inside, beside or behind another.")
AND = node("parallelGateway")
OR = node("inclusiveGateway")
LIST = {"xs": [1, 2]}


def thrown_by_a_handler(interrupting, code):
    """A handler `h` that ends with an error; beside it `k` catches `code`."""
    throws = esp(
        OTHER_MESSAGE, draw("es->uh->ex", ex=end(error())), interrupting=interrupting
    )
    catches = esp(code, draw("es2->u2->e3"), start="es2")
    inside = sub(draw("s1->u->e1", h=throws, k=catches))
    around = boundary("a", error())
    return draw("s->a->e", "b->w->e2", w=user(), a=inside, b=around)


MIXED.element(
    "Handlers that throw",
    "10.5.6, 13.5.4",
    Runs(
        "an error from a handler beside the rest",
        "The handler runs inside its scope, whose other handlers catch the error.",
        thrown_by_a_handler(interrupting=False, code=ANY_ERROR),
        """
        s a+ s1 u+ [es u]
        M2 : h+ es uh+
        uh : uh- ex u! h! k+ es2 u2+ [u2]
        u2 : u2- e3 k- a- e
        """,
    ),
    Runs(
        "an error from a handler, with another code",
        "What no handler beside it names goes outward, and takes all away.",
        thrown_by_a_handler(interrupting=False, code=error("err2")),
        """
        s a+ s1 u+ [es u]
        M2 : h+ es uh+
        uh : uh- ex u! h! a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "an error from a handler that has interrupted its scope",
        "Only one handler interrupts a scope: the others listen no more.",
        thrown_by_a_handler(interrupting=True, code=ANY_ERROR),
        """
        s a+ s1 u+ [es u]
        M2 : u! h+ es uh+
        uh : uh- ex h! a! b w+ [w]
        w : w- e2
        """,
    ),
    Runs(
        "an escalation that a handler throws itself",
        "A handler is not started by itself, but by every other one of its scope.",
        draw(
            "s->i->u->e",
            i=throw(ESCALATION),
            h=esp(
                ESCALATION,
                draw("es->k->uh->eh", k=throw(ESCALATION)),
                interrupting=False,
            ),
        ),
        """
        s i {u+ | h+ es k uh+} [u uh]
        u : u- e
        uh : uh- eh h-
        """,
    ),
    Runs(
        "a signal that a handler throws itself",
        "A signal is for all that listen, the handler's own start among them.",
        draw(
            "s->u->e",
            h=esp(
                SIGNAL,
                draw("es->uh->k->eh", k=throw(SIGNAL)),
                interrupting=False,
            ),
        ),
        """
        s u+
        S1 : h+ es uh+ [es u uh]
        uh : uh- k S1^ {eh h- | h+ es uh+} [es u uh]
        u : u- e [es uh]
        uh : uh- k S1^ {eh h- | h+ es uh+} [es uh]
        """,
        ends="open",
    ),
    Runs(
        "an escalation from a handler",
        "Goes outward, and the handler goes on.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ESCALATION, False),
            a=sub(
                draw(
                    "s1->u->e1",
                    h=esp(
                        OTHER_MESSAGE,
                        draw("es->i->uh->eh", i=throw(ESCALATION)),
                        interrupting=False,
                    ),
                )
            ),
        ),
        """
        s a+ s1 u+
        M2 : h+ es i {uh+ | b w+} [es u uh w]
        u : u- e1 [es uh w]
        uh : uh- eh h- a- e
        w : w- e2
        """,
    ),
    Runs(
        "a job of a handler that fails",
        "Its error goes outward as well.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ANY_ERROR),
            a=sub(draw("s1->j->e1", h=esp(error(), draw("es->jh->eh", jh=job())))),
        ),
        """
        s a+ s1 j+
        j!E1 : j! h+ es jh+
        jh!E2 : jh! h! a! b w+
        w : w- e2
        """,
    ),
)
MIXED.element(
    "Items and what listens in them",
    "13.3.7",
    Runs(
        "an event sub-process in each item",
        "A message interrupts one item, not the others.",
        draw("s->a->e", a=sub(draw("s1->u->e1", h=esp(OTHER_MESSAGE)), multi())),
        """
        s a+ {s1 u+ | s1 u+} [es es u u]
        M2 : u! h+ es uh+ [es u uh]
        uh : uh- eh h- [es u]
        u : u- e1 a- e
        """,
        LIST,
    ),
    Runs(
        "an error that an item catches itself",
        "The other items go on.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", ANY_ERROR),
            a=sub(draw("s1->j->e1", h=esp(error())), multi()),
        ),
        """
        s a+ {s1 j+ | s1 j+}
        j!E1 : j! h+ es uh+ [j uh]
        uh : uh- eh h- [j]
        j : j- e1 a- e
        """,
        LIST,
    ),
    Runs(
        "a timer in each item",
        "Each item has timers of its own.",
        draw(
            "s->a->e",
            a=sub(draw("s1->u->e1", "b->e3", b=boundary("u", timer())), multi("true")),
        ),
        """
        s a+ s1 u+ [b u]
        +PT1H : u! b e3 s1 u+ [b u]
        u : u- e1 a- e
        """,
        LIST,
    ),
    Runs(
        "a loop around a race",
        "Each round waits anew, and leaves nothing.",
        draw(
            "s->a->e",
            a=sub(
                draw("s1->g->c->e1", "g->d->e1", c=catch(MESSAGE), d=catch(timer())),
                loop(loopMaximum="2"),
            ),
        ),
        """
        s a+ s1 g+ [c d]
        M1 : g- c e1 s1 g+ [c d]
        +PT1H : g- d e1 a- e
        """,
    ),
)
MIXED.element(
    "Interruption from outside",
    "13.5.3, 13.5.4",
    Runs(
        "of calls, items and races at once",
        "Whatever runs at any depth goes, with all it waits for.",
        draw(
            "s->p->a->e",
            "p->b->e",
            "p->g->c->e",
            "g->d->e",
            a=call(),
            b=user(multi()),
            c=catch(MESSAGE),
            d=catch(timer("PT9H")),
            h=esp(OTHER_MESSAGE),
        ),
        """
        s p {a+ sq uq+ | b+ | g+} [b b bq c d es uq]
        M2 : uq! a! b! g! h+ es uh+ [uh]
        uh : uh- eh h-
        """,
        LIST,
        called={
            "q": draw("sq->uq->eq", "bq->wq->e3", bq=boundary("uq", timer()), wq=user())
        },
    ),
    Runs(
        "while an incident holds an element",
        "The incident is void with the element.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", timer()),
            a=sub(draw("s1->c->e1", c=script("=mising"))),
        ),
        """
        s a+ s1 c+ c? [b]
        +PT1H : c! a! b w+
        w : w- e2
        """,
    ),
    Runs(
        "of tokens that wait at a join",
        "They are gone too; nothing arrives later.",
        draw(
            "s->a->e",
            "b->w->e2",
            w=user(),
            b=boundary("a", timer()),
            a=sub(draw("s1->p1->u->q->e1", "p1->v->q", q=AND, v=user())),
        ),
        """
        s a+ s1 p1 {u+ | v+}
        u : u- [b v]
        +PT1H : v! a! b w+
        w : w- e2
        """,
    ),
    Runs(
        "and back into the same sub-process",
        "It begins anew, as if it had never run.",
        draw(
            "s->m->a->e",
            "b->m",
            m=node("exclusiveGateway"),
            b=boundary("a", OTHER_MESSAGE),
            a=sub(
                draw("s1->p1->u->q->e1", "p1->v->q", q=AND, v=user()),
                maps=mapping("k<-1"),
            ),
        ),
        """
        s m a+ s1 p1 {u+ | v+}
        u k=9 : u- [b v]
        M2 : v! a! b m a+ s1 p1 {u+ | v+} [b u v]
        v : v-
        u : u- q e1 a- e
        """,
        sees={"v": [{"k": 1}, {"k": 1}]},
    ),
)
