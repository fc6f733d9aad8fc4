"""The engine: reads drawings, steps cases, saves them. Nobody else imports
SpiffWorkflow."""

from workflows.engine.cases import Case
from workflows.engine.decisions import Decided, Decision
from workflows.engine.definitions import Definition, Element, load
from workflows.engine.drawings import Drawing, read
from workflows.engine.effects import (
    CaseEnded,
    DecisionEvaluated,
    Effect,
    ElementCanceled,
    ElementCompleted,
    ElementEntered,
    IncidentRaised,
    JobClosed,
    JobOpened,
    MessageAwaited,
    MessageForgotten,
    SignalAwaited,
    SignalForgotten,
    SignalThrown,
    TaskClosed,
    TaskOpened,
    TimerArmed,
    TimerDisarmed,
)
from workflows.engine.errors import (
    DeadlineFailed,
    DecisionFailed,
    DrawingRefused,
    EngineError,
    MoveNotPossible,
    NoSuchStep,
    NothingToRepeat,
    NoWayOn,
    SavedByOther,
    TokenNotWaiting,
)
from workflows.engine.saving import saved_variables
from workflows.engine.standing import Standing
from workflows.engine.timed_starts import TimedStart, first_start, next_start
from workflows.engine.usage import Shape, Usage, usage_of

__all__ = [
    "Case",
    "CaseEnded",
    "DeadlineFailed",
    "Decided",
    "Decision",
    "DecisionEvaluated",
    "DecisionFailed",
    "Definition",
    "Drawing",
    "DrawingRefused",
    "Effect",
    "Element",
    "ElementCanceled",
    "ElementCompleted",
    "ElementEntered",
    "EngineError",
    "IncidentRaised",
    "JobClosed",
    "JobOpened",
    "MessageAwaited",
    "MessageForgotten",
    "MoveNotPossible",
    "NoSuchStep",
    "NoWayOn",
    "NothingToRepeat",
    "SavedByOther",
    "Shape",
    "SignalAwaited",
    "SignalForgotten",
    "SignalThrown",
    "Standing",
    "TaskClosed",
    "TaskOpened",
    "TimedStart",
    "TimerArmed",
    "TimerDisarmed",
    "TokenNotWaiting",
    "Usage",
    "first_start",
    "load",
    "next_start",
    "read",
    "saved_variables",
    "usage_of",
]
