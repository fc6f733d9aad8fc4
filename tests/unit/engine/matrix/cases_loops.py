"""Standard loops, and repetitions that do not run."""

from engine_kit import el, loop, mapping, multi, timer

from .case import Refused, Runs
from .cases_repetition import REPEATED, behind
from .draw import boundary, draw, script, sub, task, user

REPEATED.element(
    "Multi-instance that does not run",
    "10.3.8",
    Refused(
        "neither list nor number",
        "repetition-invalid",
        draw("s->a->e", a=user(el("multiInstanceLoopCharacteristics", "m"))),
    ),
    Refused(
        "list and number",
        "repetition-invalid",
        draw("s->a->e", a=user(multi(cardinality="2", inputCollection="=xs"))),
    ),
    Refused(
        "a number that is none",
        "repetition-invalid",
        draw("s->a->e", a=user(multi(cardinality="-1"))),
    ),
    Refused(
        "a list that is no FEEL",
        "repetition-invalid",
        draw("s->a->e", a=user(multi(inputCollection="xs"))),
    ),
    Refused(
        "an output collection without element",
        "repetition-invalid",
        draw("s->a->e", a=user(multi(outputCollection="rs"))),
    ),
    Refused(
        "a completion condition that is no FEEL",
        "repetition-invalid",
        draw("s->a->e", a=user(multi(condition="enough"))),
    ),
    Refused(
        "another behaviour",
        "attribute-not-run",
        draw(
            "s->a->e",
            a=user(multi().replace("isSequential", 'behavior="One" isSequential')),
        ),
    ),
    Refused(
        "the standard's data inputs",
        "element-not-run",
        draw(
            "s->a->e",
            a=user(
                multi().replace(
                    "</bpmn:multi",
                    "<bpmn:loopDataInputRef>x</bpmn:loopDataInputRef></bpmn:multi",
                )
            ),
        ),
    ),
    Refused(
        "an event thrown by its items",
        "attribute-not-run",
        draw(
            "s->a->e",
            a=user(
                multi().replace("isSequential", 'oneBehaviorEventRef="x" isSequential')
            ),
        ),
    ),
    Refused(
        "two kinds at once",
        "repetition-misplaced",
        draw("s->a->e", a=user(multi() + loop(loopMaximum="2"))),
    ),
)
REPEATED.element(
    "Standard loop",
    "10.3.8, 13.3.6",
    Runs(
        "tested after",
        "Runs at least once, and again as long as its condition holds.",
        behind(user(loop("=again"))),
        """
        s a+ [a]
        a again=true : [a]
        a again=false : a- z+
        z : z- e
        """,
        {"again": False},
    ),
    Runs(
        "tested before",
        "Does not run when its condition does not hold.",
        behind(user(loop("=again", testBefore="true"))),
        """
        s a z+
        z : z- e
        """,
        {"again": False},
    ),
    Runs(
        "tested before, and holding",
        "The condition is asked before every round.",
        behind(user(loop("=n &lt; 2", testBefore="true"))),
        """
        s a+
        a n=1 : [a]
        a n=2 : a- z+
        z : z- e
        """,
        {"n": 0},
    ),
    Runs(
        "at most",
        "Ends after so many rounds, even if the condition still holds.",
        behind(user(loop("=true", loopMaximum="2"))),
        """
        s a+
        a : [a]
        a : a- z+
        z : z- e
        """,
        sees={"a": [{"loopCounter": 1}, {"loopCounter": 2}]},
    ),
    Runs(
        "without a condition",
        "Runs as often as its maximum says.",
        behind(user(loop(loopMaximum="3"))),
        """
        s a+
        a :
        a :
        a : a- z+
        z : z- e
        """,
    ),
    Runs(
        "an answer named like an input",
        "Stays in its round: the condition is asked outside.",
        behind(user(loop("=again"), mapping("again<-1"))),
        """
        s a+
        a again=true : a- z+
        z : z- e
        """,
        {"again": False},
        left={"again": False},
    ),
    Runs(
        "of a sub-process",
        "Each round has a scope of its own.",
        behind(sub(draw("s1->u->e1"), loop("=again"), mapping("k<-1"))),
        """
        s a+ s1 u+
        u again=true k=9 : u- e1 s1 u+
        u again=false : u- e1 a- z+
        z : z- e
        """,
        {"again": True},
        left={"again": False},
    ),
    Runs(
        "of scripts",
        "Counts up to where the condition says.",
        behind(script("=n + 1", "n", loop("=n &lt; 5"))),
        """
        s a z+
        z : z- e
        """,
        {"n": 0},
        left={"n": 5},
    ),
    Runs(
        "of abstract tasks",
        "The output mapping is made in each round.",
        behind(task(loop(loopMaximum="3"), mapping("", "n<-n + 1"))),
        """
        s a z+
        z : z- e
        """,
        {"n": 0},
        left={"n": 3},
    ),
    Runs(
        "interrupted in the second round",
        "Nothing of it is left.",
        draw(
            "s->a->e",
            "b->w->e2",
            a=user(loop("=true")),
            w=user(),
            b=boundary("a", timer()),
        ),
        """
        s a+ [a b]
        a : [a b]
        +PT1H : a! b w+ [w]
        w : w- e2
        """,
    ),
    Refused(
        "without condition and maximum",
        "repetition-invalid",
        draw("s->a->e", a=user(loop())),
    ),
    Refused(
        "a maximum that is none",
        "repetition-invalid",
        draw("s->a->e", a=user(loop(loopMaximum="0"))),
    ),
    Refused(
        "a condition that is no FEEL",
        "repetition-invalid",
        draw("s->a->e", a=user(loop("again"))),
    ),
)
