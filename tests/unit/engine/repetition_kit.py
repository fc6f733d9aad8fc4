"""Drawings with an activity `a` that runs several times."""

import pytest
from engine_kit import (
    el,
    els,
    flows,
    timer,
)

BOTH = pytest.mark.parametrize("sequential", ["true", "false"])


def behind(task, extra="", ways=()):
    """The task `a`, and the task `z` behind it."""
    return (
        els("startEvent:s userTask:z endEvent:e")
        + task
        + extra
        + flows("s->a->z->e", *ways)
    )


def items(case):
    """What the open items of `a` were given, in order."""
    return [case.case.visible(token)["it"] for token in case.tokens("a")]


def sub(repeated, inner="", follow="s1->u->e1", extensions=""):
    body = els("startEvent:s1 userTask:u endEvent:e1") + inner + flows(follow)
    return el("subProcess", "a", extensions + repeated + body)


def interrupted(task, event=""):
    event = event or timer()
    return (
        els("startEvent:s userTask:z,b endEvent:e,e2")
        + task
        + el("boundaryEvent", "t", event, attachedToRef="a")
        + flows("s->a->z->e", "t->b->e2")
    )
