"""Activities that run several times: multi-instance and standard loop."""

from engine_kit import RESULTS, mapping, multi, timer

from .case import Group, Runs
from .draw import boundary, draw, job, script, sub, user

REPEATED = Group(
    "Activities that run several times",
    "To the outside they are one activity: entered once, completed once.",
)
LIST = {"xs": [1, 2, 3]}


def behind(host, *ways, **more):
    return draw("s->a->z->e", *ways, a=host, z=user(), **more)


for sequential, name in (("false", "Parallel"), ("true", "Sequential")):
    parallel = sequential == "false"
    REPEATED.element(
        f"{name} multi-instance",
        "10.3.8, 13.3.7",
        Runs(
            "over a list",
            "All items are open together."
            if parallel
            else "The next item opens when the one before it is done.",
            behind(user(multi(sequential))),
            f"""
            s a+ [{"a a a" if parallel else "a"}]
            a : [{"a a" if parallel else "a"}]
            a : [a]
            a : a- z+
            z : z- e
            """,
            LIST,
            sees={"a": [{**LIST, "it": n, "loopCounter": n} for n in (1, 2, 3)]},
        ),
        Runs(
            "output collection",
            "Has the order of the input, whatever the order of the work.",
            behind(user(multi(sequential, **RESULTS))),
            f"""
            s a+
            {"a.3 r=30" if parallel else "a r=10"} :
            {"a.1 r=10" if parallel else "a r=20"} :
            {"a r=20" if parallel else "a r=30"} : a- z+
            z : z- e
            """,
            LIST,
            left={**LIST, "rs": [10, 20, 30]},
        ),
        Runs(
            "by a number",
            "As often as the number says.",
            behind(user(multi(sequential, cardinality="=n"))),
            f"""
            s a+ [{"a a" if parallel else "a"}]
            a : [a]
            a : a- z+
            z : z- e
            """,
            {"n": 2},
        ),
        Runs(
            "an empty list",
            "Is done at once; the output collection is empty.",
            behind(user(multi(sequential, **RESULTS))),
            """
            s a z+
            z : z- e
            """,
            {"xs": []},
            left={"xs": [], "rs": []},
        ),
        Runs(
            "completion condition",
            "When it holds after an item, the others are not done any more.",
            behind(user(multi(sequential, "=numberOfCompletedInstances >= 2"))),
            """
            s a+
            a :
            a : a- z+ [z]
            z : z- e
            """,
            LIST,
        ),
        Runs(
            "a completion condition that never holds",
            "The activity is done when all items are.",
            behind(user(multi(sequential, "=false"))),
            """
            s a+
            a :
            a :
            a : a- z+
            z : z- e
            """,
            LIST,
        ),
        Runs(
            "a completion condition of sub-processes",
            "What still runs in the other items is taken away.",
            behind(sub(draw("s1->u->e1"), multi(sequential, "=enough"))),
            f"""
            s a+ {"{s1 u+ | s1 u+}" if parallel else "s1 u+"}
            u enough=true : u- e1 {"u! " if parallel else ""}a- z+ [z]
            z : z- e
            """,
            {"xs": [1, 2], "enough": False},
        ),
        Runs(
            "a completion condition on results",
            "Sees the results so far; missing ones stay null.",
            behind(user(multi(sequential, '=r = "stop"', **RESULTS))),
            """
            s a+
            a r="go" :
            a r="stop" : a- z+ [z]
            z : z- e
            """,
            LIST,
            left={**LIST, "rs": ["go", "stop", None]},
        ),
        Runs(
            "the list changes meanwhile",
            "It was read once, when the activity began.",
            behind(user(multi(sequential))),
            """
            s a+
            a xs=[] :
            a :
            a : a- z+
            z : z- e
            """,
            LIST,
            left={"xs": []},
        ),
        Runs(
            "of a sub-process",
            "Each item has a scope of its own.",
            behind(
                sub(
                    draw("s1->u->v->e1", v=user()),
                    multi(sequential, **RESULTS),
                    mapping("r<-it * 10"),
                )
            ),
            f"""
            s a+ {"{s1 u+ | s1 u+}" if parallel else "s1 u+"}
            u r=7 : u- v+
            {"u : u- v+" if parallel else "v : v- e1 s1 u+"}
            {"v : v- e1" if parallel else "u : u- v+"}
            v : v- e1 a- z+
            z : z- e
            """,
            {"xs": [1, 2]},
            left={"xs": [1, 2], "rs": [7, 20]},
        ),
        Runs(
            "of a job with mappings",
            "Each item maps what it sees and what it gives.",
            behind(job(multi(sequential, **RESULTS), mapping("k<-it + 1", "r<-k * y"))),
            """
            s a+
            a y=2 :
            a y=3 : a- z+
            z : z- e
            """,
            {"xs": [1, 2]},
            left={"xs": [1, 2], "rs": [4, 9]},
        ),
        Runs(
            "of scripts",
            "Automatic items run without a wait, in order.",
            behind(script("=it * 2", "r", multi(sequential, **RESULTS))),
            """
            s a z+
            z : z- e
            """,
            LIST,
            left={**LIST, "rs": [2, 4, 6]},
        ),
        Runs(
            "nested",
            "An item may itself run several times.",
            behind(
                sub(
                    draw(
                        "s1->u->e1",
                        u=user(
                            multi(
                                sequential,
                                inputCollection="=it",
                                inputElement="one",
                                outputCollection="rs",
                                outputElement="=r",
                            )
                        ),
                    ),
                    multi(sequential, outputCollection="all", outputElement="=rs"),
                )
            ),
            f"""
            s a+ {"{s1 u+ | s1 u+}" if parallel else "s1 u+"}
            u r=1 : {"u- e1" if parallel else "u- e1 s1 u+"}
            u r=2 :
            u r=3 : u- e1 a- z+
            z : z- e
            """,
            {"xs": [[1], [2, 3]]},
            left={"xs": [[1], [2, 3]], "all": [[1], [2, 3]]},
        ),
        Runs(
            "no list",
            "An incident; nothing opens.",
            behind(user(multi(sequential))),
            f"""
            s a+ a? []
            a~ xs=[1,2] : [{"a a" if parallel else "a"}]
            a :
            a : a- z+
            z : z- e
            """,
            {"xs": "text"},
        ),
        Runs(
            "a result that cannot be evaluated",
            "Holds its item with an incident; the others go on.",
            behind(
                user(
                    multi(sequential, outputCollection="rs", outputElement="=r + late")
                )
            ),
            """
            s a+
            a r=1 : a?
            a~ late=10 :
            a r=2 : a- z+
            z : z- e
            """,
            {"xs": [1, 2]},
            left={"xs": [1, 2], "late": 10, "r": 2, "rs": [11, 12]},
        ),
        Runs(
            "interrupted after one item",
            "What one item has written stays; no output collection is made.",
            draw(
                "s->a->e",
                "b->w->e2",
                a=user(multi(sequential, **RESULTS)),
                w=user(),
                b=boundary("a", timer()),
            ),
            """
            s a+
            a r=1 :
            +PT1H : a! b w+ [w]
            w : w- e2
            """,
            LIST,
            left=LIST,
        ),
    )
