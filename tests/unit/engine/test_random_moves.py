"""Random moves on random drawings: nothing is left behind, and the case still ends."""

import random

import pytest
from engine_kit import Run
from test_random_drawings import DEPTH, Drawn, is_watch
from test_random_graphs import Graph

from workflows import engine

DRAWINGS = 120
CHUNK = 20
MOVES = 6
MOST_STEPS = 600


def is_consistent(case):
    """What the effects have opened is what waits in the case, and nothing else."""
    process = case.case._process
    waiting = {
        token.id
        for scope in process.scopes
        for token in scope.tasks.values()
        if token.waits and hasattr(token.task_spec, "event_definition")
        if token.is_arm or not token.children
    }
    told = {
        one for one, (kind, _) in case.waiting.items() if kind not in ("task", "job")
    }
    work = {one.token for one in case.case.standing if one.kind in ("task", "job")}
    assert told <= waiting
    assert work == set(case.waiting) - told
    for scope in process.scopes:
        assert scope.completed or len(scope.tasks) > 1 + len(scope.listeners)
        assert set(scope.listeners) <= set(scope.tasks)
    running = {one.token for one in case.case.standing}
    assert set(process.subprocesses) <= running


def move(case, dice):
    """Try something that an administrator may try; whether it was possible."""
    standing = dice.choice(case.case.standing)
    home = case.definition
    if standing.process is not None:
        home = home.called[standing.process]
    # What stands beside the drawing turns in a circle without end.
    element = dice.choice([one for one in home.elements if one != "island"])
    before = case.case.save()
    try:
        match dice.choice(["skip", "move", "move", "repeat"]):
            case "skip":
                case.case.skip(standing.token, {})
            case "move":
                case.case.move(standing.token, element)
            case "repeat":
                case.case.repeat(element)
    except engine.MoveNotPossible:
        assert case.case.save() == before
        assert case.case.take_effects() == []
        return False
    case.after()
    return True


def do_one(case, dice, listens):
    """Do one thing that is open; what listens beside the work only if asked for."""
    token = dice.choice(
        [
            one
            for one, place in case.waiting.items()
            if listens or not is_watch(place[::-1])
        ]
    )
    kind, _ = case.waiting[token]
    if kind in ("task", "job"):
        case.case.finish(token, {})
    else:
        del case.waiting[token]
        if kind == "timer":
            case.case.fire(token)
        else:
            case.case.deliver(token, {})
    case.after()


def finish(case, dice):
    for _ in range(MOST_STEPS):
        if case.case.completed:
            return
        assert case.held() == []
        do_one(case, dice, listens=False)
    pytest.fail("it does not end")


def play(case, dice):
    moved = 0
    for _ in range(MOVES):
        for _ in range(dice.randint(0, 3)):
            if not case.case.completed:
                do_one(case, dice, listens=dice.random() < 0.3)
        if case.case.completed:
            break
        moved += move(case, dice)
        is_consistent(case)
    if dice.random() < 0.2 and not case.case.completed:
        case.case.cancel()
        case.after()
    else:
        finish(case, dice)
    assert case.waiting == {}
    return moved


@pytest.mark.parametrize("chunk", range(DRAWINGS // CHUNK))
def test_random_moves_on_block_drawings_leave_nothing_behind(define, chunk):
    moved = 0
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        drawn = Drawn(seed)
        body, _ = drawn.scope(DEPTH)
        definition = define(body, called=drawn.called)
        case = Run(definition, {"pick": drawn.picks}, keep=seed % 2 == 0)
        moved += play(case, random.Random(seed))

    assert moved > CHUNK / 2


@pytest.mark.parametrize("chunk", range(DRAWINGS // CHUNK))
def test_random_moves_are_offered_where_they_are_possible(define, chunk):
    """Each target that is offered is reached, from a copy of the case."""
    for seed in range(chunk * CHUNK, chunk * CHUNK + 5):
        drawn = Drawn(seed)
        body, _ = drawn.scope(DEPTH)
        definition = define(body, called=drawn.called)
        case = Run(definition, {"pick": drawn.picks})
        dice = random.Random(seed)
        for _ in range(dice.randint(0, 3)):
            if not case.case.completed:
                do_one(case, dice, listens=False)
        saved = case.case.save()
        for one in case.case.standing:
            for target in case.case.targets(one.token):
                copy = engine.Case.restore(definition, saved, case.environment)
                copy.move(one.token, target)
                effects = copy.take_effects()
                assert not [e for e in effects if isinstance(e, engine.IncidentRaised)]


@pytest.mark.parametrize("chunk", range(DRAWINGS // CHUNK))
def test_random_moves_on_drawings_without_blocks_leave_nothing_behind(define, chunk):
    """Such a drawing may hang by itself; so it is canceled at the end."""
    moved = 0
    for seed in range(chunk * CHUNK, (chunk + 1) * CHUNK):
        graph, dice = Graph(seed), random.Random(seed)
        case = Run(define(graph.body()), {"pick": graph.picks}, keep=seed % 2 == 0)
        for _ in range(MOVES):
            if case.open() and dice.random() < 0.5:
                do_one(case, dice, listens=False)
            if not case.case.completed:
                moved += move(case, dice)
                is_consistent(case)
        if not case.case.completed:
            case.case.cancel()
            case.after()

    assert moved > CHUNK
