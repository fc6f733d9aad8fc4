"""Boundary events: every trigger at every host, interrupting and not."""

from engine_kit import (
    OTHER_MESSAGE,
    SIGNAL,
    loop,
    multi,
    timer,
)

from .case import Group, Runs
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
    "multi-instance of calls": (
        call(inner=multi()),
        "a+ {sq uq+ | sq uq+}",
        "uq uq",
        "uq! uq! a!",
        ["uq : uq- eq []", "uq : uq- eq a- e"],
    ),
    "multi-instance of messages": (
        receive(inner=multi()),
        "a+",
        "a a",
        "a!",
        ["M1 : []", "M1 : a- e"],
    ),
    "multi-instance of sub-processes": (
        sub(draw("s1->u1->e1"), multi("true")),
        "a+ s1 u1+",
        "u1",
        "u1! a!",
        ["u1 : u1- e1 s1 u1+ []", "u1 : u1- e1 a- e"],
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
