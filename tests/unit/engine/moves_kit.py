"""Drawings, and what an administrator does to their cases."""

import pytest
from engine_kit import (
    el,
    els,
    flows,
)

LINE = els("startEvent:s userTask:a,b,c endEvent:e") + flows("s->a->b->c->e")
FORK = (
    els("startEvent:s userTask:a,b1,b2,c1,d,z endEvent:e")
    + els("parallelGateway:f,j")
    + flows("s->a->f->b1->b2->j->d->z->e", "f->c1->j")
)
SUB = (
    els("startEvent:s userTask:a,z endEvent:e")
    + el(
        "subProcess",
        "sp",
        els("startEvent:ss userTask:x,y endEvent:se") + flows("ss->x->y->se"),
    )
    + flows("s->a->sp->z->e")
)


def stand(case, element_id, index=0):
    found = [one for one in case.case.standing if one.element_id == element_id]
    return found[index].token


def skip(case, element_id, index=0, **variables):
    case.case.skip(stand(case, element_id, index), variables)
    return case.after()


def move(case, element_id, to):
    case.case.move(stand(case, element_id), to)
    return case.after()


def repeat(case, element_id):
    case.case.repeat(element_id)
    return case.after()


def stood(case):
    return [(one.kind, one.element_id) for one in case.case.standing]


def may_go(case, element_id):
    return set(case.case.targets(stand(case, element_id)))


def refuses(case, kind, action, *args):
    before = case.case.save()
    with pytest.raises(kind) as refusal:
        action(case, *args)
    assert case.case.save() == before
    assert case.case.take_effects() == []
    return refusal.value
