"""The language of traces: what happened in which order, as far as the standard says.

    u+ entered   u- completed   u! canceled   u? incident   u entered and completed
    S1^ a signal thrown         {a b | c d} both, in any order between them

Cancellations that follow each other have no order: they happen at once.
"""

import re
from itertools import groupby

from workflows import engine

SIGNS = {
    engine.ElementEntered: "+",
    engine.ElementCompleted: "-",
    engine.ElementCanceled: "!",
    engine.IncidentRaised: "?",
}


def seen(effects):
    """The events among effects, as words."""
    words = []
    for effect in effects:
        if isinstance(effect, engine.SignalThrown):
            words.append(effect.name + "^")
        elif type(effect) in SIGNS:
            words.append(effect.element_id + SIGNS[type(effect)])
    return _settled(words)


def _settled(words):
    groups = groupby(words, key=lambda word: word.endswith("!"))
    return [
        word
        for canceled, group in groups
        for word in (sorted(group) if canceled else group)
    ]


def parse(text):
    """A sequence of words and groups; a group is a tuple of sequences."""
    words = re.findall(r"[{}|]|[^\s{}|]+", text)
    sequence = _sequence(words)
    assert not words, f"{words} is left of the trace {text}"
    return sequence


def _sequence(words):
    found, plain = [], []
    while words and words[0] not in ("}", "|"):
        word = words.pop(0)
        if word != "{":
            plain += [word] if word[-1] in "+-!?^" else [word + "+", word + "-"]
            continue
        found += _settled(plain)
        plain = []
        branches = [_sequence(words)]
        while words.pop(0) == "|":
            branches.append(_sequence(words))
        found.append(tuple(branches))
    return (*found, *_settled(plain))


def matches(expected, words):
    """Whether the words are one of the orders that the trace allows."""
    ways = {expected}
    for word in words:
        ways = {after for way in ways for after in _after(way, word)}
    return any(_is_done(way) for way in ways)


def _is_done(way):
    return all(
        isinstance(one, tuple) and all(_is_done(branch) for branch in one)
        for one in way
    )


def _after(way, word):
    """What may follow the word; nothing if it may not come."""
    if not way:
        return
    head, *rest = way
    if isinstance(head, str):
        if head == word:
            yield tuple(rest)
        return
    for index, branch in enumerate(head):
        for left in _after(branch, word):
            yield ((*head[:index], left, *head[index + 1 :]), *rest)
    if all(_is_done(branch) for branch in head):
        yield from _after(tuple(rest), word)
