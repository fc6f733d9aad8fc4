"""What an event is about: its name or code, and what a token needs to wait for it."""

from decimal import Decimal
from typing import Any

from SpiffWorkflow.bpmn.specs.event_definitions.message import MessageEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.simple import NoneEventDefinition
from SpiffWorkflow.bpmn.specs.event_definitions.timer import TimerEventDefinition

from workflows import feel
from workflows.engine import effects
from workflows.engine.errors import Fault
from workflows.engine.evaluation import is_expression, told
from workflows.engine.tokens import Token

# Keys of `internal_data`: what a listener waits with.
KEY = "key"  # the correlation key of a message
CYCLE = "cycle"  # of a repeating timer: {"due", "every": duration, "left": or None}
NAME = "name"  # what an expression gave for the name or code of an event


class Named:
    """What an event is about."""

    @property
    def named(self) -> str | None:
        """Its name or code, a literal or FEEL; None where it has none."""
        return None

    def name_for(self, token: Token) -> str | None:
        """The name that it has for this token, as `keep_name` evaluated it."""
        kept: str | None = token.internal_data.get(NAME, self.named)
        return kept

    def keep_name(self, token: Token, name: str | None) -> None:
        if is_expression(self.named):
            token.internal_data[NAME] = name

    def evaluate_name(self, token: Token) -> str | None:
        """In the scope of `token`; a Fault when that gives no name."""
        if not is_expression(self.named):
            return self.named
        value = token.workflow.script_engine.value(token, self.named)
        if isinstance(value, str) and value.strip():
            return value
        raise Fault(
            "expression",
            f'The name "{self.named}" of an event at {token.task_spec.bpmn_id} gave '
            f"{told(value)}, not a name.",
            expression=self.named,
            value=told(value),
        )


class Nothing(Named, NoneEventDefinition):
    """Of an event without trigger."""


class Awaited(Named):
    """An event definition that a token can wait for."""

    def repeats(self, token: Token) -> bool:
        """Whether a non-interrupting listener listens on after it was heard."""
        return True

    def again(self, token: Token) -> Any:
        """What `open` needs to listen on."""

    def prepare(self, token: Token) -> Any:
        """Evaluate what waiting takes, in the scope of `token`; changes nothing."""

    def open(self, token: Token, prepared: Any) -> None:
        """Announce that `token` waits."""

    def close(self, token: Token) -> None:
        """Announce that it no longer does."""


class Timer(Awaited, TimerEventDefinition):
    """A date, a duration or a cycle; `expression` is FEEL or an ISO 8601 literal."""

    def __init__(self, name: str, kind: str, expression: str) -> None:
        super().__init__(name, expression)
        self.kind = kind

    def prepare(self, token: Token) -> Any:
        """As `moments`; what a cycle without end would have done before is past."""
        found = self.moments(token)
        if self.kind == "timeCycle" and found["left"] is None:
            evaluator = token.workflow.script_engine
            now = evaluator.environment.clock.now()
            found["due"] = evaluator.not_before(now, found["due"], found["every"])
        return found

    def moments(self, token: Token) -> Any:
        """When it is due; for a cycle, what `CYCLE` holds."""
        evaluator, what = token.workflow.script_engine, f"timer {self.name}"
        if self.kind == "timeDate":
            return evaluator.moment(token, what, self.expression)
        if self.kind == "timeDuration":
            return evaluator.after(token, what, self.expression)
        return evaluator.cycle(token, what, self.expression)

    def open(self, token: Token, prepared: Any) -> None:
        due_at = prepared
        if self.kind == "timeCycle":
            token.internal_data[CYCLE] = prepared
            due_at = prepared["due"]
        element_id = token.task_spec.bpmn_id
        token.workflow.report(effects.TimerArmed(token.id, element_id, due_at))

    def close(self, token: Token) -> None:
        token.workflow.report(effects.TimerDisarmed(token.id))

    def repeats(self, token: Token) -> bool:
        return self.kind == "timeCycle" and token.internal_data[CYCLE]["left"] != 0

    def again(self, token: Token) -> Any:
        """Counted from the moment that was due: a late worker shifts nothing."""
        evaluator, cycle = token.workflow.script_engine, token.internal_data[CYCLE]
        left = cycle["left"]
        return {
            "due": evaluator.later(cycle["due"], cycle["every"]),
            "every": cycle["every"],
            "left": None if left is None else left - 1,
        }


class Message(Awaited, MessageEventDefinition):
    """A message by name, correlated by the value of its key."""

    def __init__(self, name: str, key_expression: str | None) -> None:
        super().__init__(name)
        self.key_expression = key_expression

    @property
    def named(self) -> str:
        return str(self.name)

    def prepare(self, token: Token) -> Any:
        """(name, correlation key)"""
        return self.evaluate_name(token), self._key(token)

    def _key(self, token: Token) -> str | None:
        if self.key_expression is None:
            return None
        value = token.workflow.script_engine.value(token, self.key_expression)
        if value is None or isinstance(value, bool | list | dict):
            raise Fault(
                "expression",
                f'The correlation key "{self.key_expression}" of message {self.name} '
                "gave neither a string nor a number.",
                expression=self.key_expression,
            )
        if isinstance(value, Decimal):
            return feel.shown_number(value)
        return str(feel.plain(value))

    def open(self, token: Token, prepared: Any) -> None:
        name, token.internal_data[KEY] = prepared
        self.keep_name(token, name)
        element_id = token.task_spec.bpmn_id
        token.workflow.report(effects.MessageAwaited(token.id, element_id, *prepared))

    def close(self, token: Token) -> None:
        token.workflow.report(effects.MessageForgotten(token.id))

    def again(self, token: Token) -> Any:
        return self.name_for(token), token.internal_data.get(KEY)


def forget(token: Token) -> None:
    """What it waited with is of no use any more."""
    for key in (KEY, NAME, CYCLE):
        token.internal_data.pop(key, None)
