"""Plays the story of a case, and compares everything that is to be seen.

Actions, by how they begin:

    u r=1         the user task or job `u` is done, with answers (`u.1` the second one)
    +PT1H         the clock moves, and every timer that falls due fires
    M1 x=1        the message M1 comes; a capital S: a signal comes from another case
    j!E1 x=1      the job `j` ends with the BPMN error E1, which is caught
    j!?E1         nothing catches it, and nothing changes
    u~ x=1        the incident of `u` is tried again, after setting variables
"""

import json
import re
from decimal import Decimal

from engine_kit import Run, decisions, drawing

from workflows import engine
from workflows.engine import elements
from workflows.feel.temporal import parse_duration

from .traces import matches, parse, seen

KEY = "main"
AWAITED = ("Timer", "Message", "Signal")


def xml_of(case, key=KEY):
    """The file of a case, without what it calls."""
    found = drawing(case.body, key)
    if case.around:
        found = found.replace(
            b"<bpmn:process ", case.around.encode() + b"<bpmn:process "
        )
    return found


def loader(case, parser):
    """What gives the definition anew, as a program that has just started would."""
    asked = decisions(parser, **case.decisions)
    read = []
    for key, body in case.called.items():
        xml = drawing(body, key)
        read.append((xml, _read(xml, parser, key)))
    xml = xml_of(case)
    read.append((xml, _read(xml, parser, KEY)))

    def load():
        known = {}
        for xml, drawn in read:
            known[drawn.key] = engine.load(
                xml, drawn.key, drawn.trees, dict(known), asked
            )
        return known[KEY]

    return load


def _read(xml, parser, key):
    try:
        read = engine.read(xml, "d.bpmn", parser)
    except engine.DrawingRefused as refusal:
        raise AssertionError([one.message for one in refusal.findings]) from refusal
    return next(one for one in read if one.key == key)


class Player(Run):
    """A run that loads its definition anew for each restore; its clock fires timers."""

    def __init__(self, load, *args, **options):
        self.load, self.due, self.opened = load, {}, []
        super().__init__(load(), *args, **options)

    def after(self):
        if not self.keep:
            self.definition = self.load()
        mark = len(self.log)
        super().after()
        self.told = seen(self.log[mark:])
        self.check_what_waits()
        if not self.keep:
            saved = self.case.save()
            restored = engine.Case.restore(self.definition, saved, self.environment)
            assert restored.save() == saved
        if self.case.completed:
            top = json.loads(self.case.save())["top"]
            assert set(top) <= {"d", "c"}, "left behind in the saved case"
        return self

    def check_what_waits(self):
        """What the effects have opened is what the tokens of the case wait for."""
        process = self.case._process
        tokens = [token for one in process.scopes for token in one.tasks.values()]
        waiting = {one.id for one in tokens if one.waits and _asks_the_world(one)}
        assert waiting == set(self.waiting), "what is open and what waits differ"

    def follow(self, effect):
        super().follow(effect)
        match effect:
            case engine.TimerArmed():
                self.due[effect.token] = effect.due_at
            case engine.TaskOpened() | engine.JobOpened():
                token, element_id = effect.token, effect.element_id
                # What was opened and closed within one step cannot be asked any more.
                if self.case._process.find(token) is not None:
                    self.opened.append((element_id, self.case.visible(token)))

    def pass_by(self, duration):
        moment = self.clock.moment + parse_duration(duration)
        while armed := [
            (self.due[one], one)
            for one, (kind, _) in self.waiting.items()
            if kind == "timer" and self.due[one] <= moment
        ]:
            self.clock.moment, token = min(armed)
            yield token
        self.clock.moment = moment


def _asks_the_world(token):
    spec = token.task_spec
    if isinstance(spec, elements.UserTask | elements.JobTask):
        return not token.is_body
    awaited = type(getattr(spec, "event_definition", None)).__name__
    return awaited in AWAITED and not token.is_body


# Actions ------------------------------------------------------------------------------


def act(player, action):
    """Do what the action says; the trace of all that followed."""
    what, *assignments = action.split()
    values = dict(_assigned(one) for one in assignments)
    if what.startswith("+"):
        told = []
        for token in player.pass_by(what[1:]):
            del player.waiting[token]
            player.case.fire(token)
            told += player.after().told
        return told
    if re.fullmatch(r"[MS]\d", what):
        return _comes(player, what, values)
    if "!" in what:
        name, _, code = what.partition("!")
        caught = player.throw(name, code.removeprefix("?"), **values)
        assert caught != code.startswith("?"), f"{action}: caught is {caught}"
    elif what.endswith("~"):
        player.retry(what[:-1], **values)
    else:
        name, _, index = what.partition(".")
        player.case.finish(player.token(name, int(index or 1) - 1), values)
        player.after()
    return player.told


def _comes(player, name, values):
    """A message comes to the first that waits for it, a signal to all."""
    kind = engine.MessageAwaited if name[0] == "M" else engine.SignalAwaited
    tokens = [
        effect.token
        for effect in player.effects(kind)
        if effect.name == name and effect.token in player.waiting
    ]
    assert tokens, f"nothing waits for {name}"
    told = []
    for token in tokens[:1] if name[0] == "M" else tokens:
        if token not in player.waiting:
            continue  # what heard the signal before has interrupted it
        del player.waiting[token]
        player.case.deliver(token, values)
        told += player.after().told
    return told


def _assigned(text):
    name, _, value = text.partition("=")
    try:
        return name, json.loads(value, parse_float=Decimal)
    except json.JSONDecodeError:
        return name, value


# Stories ------------------------------------------------------------------------------


def play(case, parser, *, keep):
    """Play a case to the end of its story; AssertionError where it deviates."""
    values = dict(case.variables)
    player = Player(loader(case, parser), values, keep, case.start)
    for number, line in enumerate(lines_of(case.story)):
        action, _, expected = f" {line.strip()} ".rpartition(" : ")
        trace, _, waits = expected.partition("[")
        told = act(player, action.strip()) if number else player.told
        compare(f"{line.strip()}", trace, told)
        if waits:
            open_ = sorted(waits.strip().removesuffix("]").split())
            assert player.open() == open_, f"after `{line.strip()}`"
    _check_end(case, player)
    return player


def lines_of(story):
    return [line for line in story.strip().splitlines() if line.strip()]


def compare(line, trace, told):
    assert matches(parse(trace), told), f"`{line}` but saw: {shown(told)}"


def shown(words):
    """Words as a trace is written."""
    found = []
    for word in words:
        if found and word[-1] == "-" and found[-1] == word[:-1] + "+":
            found[-1] = word[:-1]
        else:
            found.append(word)
    return " ".join(found)


def _check_end(case, player):
    if case.left is not None:
        assert player.variables == case.left
    seen_by = {}
    for element_id, variables in player.opened:
        own = {name: value for name, value in variables.items() if name != "key"}
        seen_by.setdefault(element_id, []).append(own)
    for element_id, expected in case.sees.items():
        wanted = expected if isinstance(expected, list) else [expected]
        assert seen_by.get(element_id) == wanted, (
            f"{element_id} sees {seen_by.get(element_id)}"
        )
    if case.ends == "open":
        assert not player.case.completed
        player.case.cancel()
        player.after()
        assert player.waiting == {}, "left behind when the case was canceled"
        return
    assert player.case.completed, "the case has not ended"
    kind, _, code = case.ends.partition(" ")
    by = player.case.ended_by
    wanted = None if kind == "completed" else (kind, code or None)
    assert (by and (by["kind"], by["code"])) == wanted, f"ended by {by}"
    ended = player.effects(engine.CaseEnded)
    assert [one.ended_by for one in ended] == [by]
