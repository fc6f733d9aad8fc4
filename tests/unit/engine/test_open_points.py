"""What the proof of the engine left open; its top-level cancel is in `test_traps`."""

import pytest
from engine_kit import JOB, Run, el, els, flows, mapping, multi, zeebe
from repetition_kit import behind, interrupted

from workflows.engine.joins import InclusiveGateway


@pytest.mark.parametrize("work", ["userTask", "serviceTask", "receiveTask", "item"])
def test_output_mappings_are_evaluated_before_anything_changes(run, work):
    outputs = zeebe((JOB if work == "serviceTask" else "") + mapping("", "g<-r;h<-r.x"))
    if work == "item":
        task = el("userTask", "a", zeebe(mapping("", "g<-r;h<-r.x")) + multi())
    elif work == "receiveTask":
        task = el("receiveTask", "a", outputs, messageRef="msg1")
    else:
        task = el(work, "a", outputs)
    case = run(interrupted(task), {"xs": [1]})
    before = case.variables

    case.message("a", r=1) if work == "receiveTask" else case.do("a", r=1)

    assert case.held() == ["a"]
    assert case.variables == before
    assert case.open() == ["t"]
    assert "a" not in case.completed()
    assert case.fire("t").open() == ["b"]


def test_an_output_of_a_multi_instance_is_evaluated_before_anything_changes(run):
    broken = multi(outputCollection="rs", outputElement="=r.x", condition="=r.y")
    case = run(behind(el("userTask", "a", broken)), {"xs": [1, 2]})
    before = case.variables

    case.do("a", 0, r={"x": 1}, other=1)

    assert case.held() == ["a"]
    assert case.variables == before
    assert case.do("a", r={"x": 2, "y": True}).open() == ["z"]
    assert case.variables["rs"] == [None, 2]


def test_a_token_also_reaches_a_filled_input(run):
    """The clause of the inclusive join that the proof's tests did not miss."""
    body = els("startEvent:s parallelGateway:f userTask:a,b,z inclusiveGateway:j")
    body += els("exclusiveGateway:m") + el("exclusiveGateway", "x", default="x_m")
    body += flows("s->f", "f->a->m->j", "f->b->x", "x->m", "x->j ? =y", "j->z")

    assert run(body, {"y": False}).do("a").open() == ["b", "z"]


def test_waiting_joins_are_indexed(define, monkeypatch):
    """A join that waits looks first at the token that it waited for the last time."""
    early, late = ([f"{one}{n}" for n in range(100)] for one in "ab")
    body = els("startEvent:s parallelGateway:f,k inclusiveGateway:j userTask:g,h,z")
    body += els("exclusiveGateway:m userTask:" + ",".join([*early, *late]))
    body += el("exclusiveGateway", "x", default="x_j")
    body += flows("s->f", "f->g->k", "f->m->h->x", "x->m ? =more", "x->j", "j->z")
    body += flows(*(f"f->{one}->j" for one in early), *(f"k->{one}->j" for one in late))
    case = Run(define(body), {"more": True}, keep=True)
    for name in (*early, "h", "g"):
        case.do(name)  # now `h` stands behind a hundred tokens that wait
    looks = []
    holds = InclusiveGateway._holds

    def counted(*args):
        looks.append(args)
        return holds(*args)

    monkeypatch.setattr(InclusiveGateway, "_holds", counted)
    for name in late:
        case.do(name)
    assert len(looks) <= 200 + len(late)

    assert case.do("h", more=False).open() == ["z"]
