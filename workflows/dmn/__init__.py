"""DMN: decision models read at release, evaluated with our FEEL.

Usable on its own: needs `workflows.feel`, `workflows.model` and lxml, nothing else.
"""

from workflows.dmn.definitions import Definitions, load
from workflows.dmn.errors import DecisionError, UnknownDecision
from workflows.dmn.model import Import, Invocable, InvocableKind, Model
from workflows.dmn.outcome import Outcome
from workflows.dmn.release import read

__all__ = [
    "DecisionError",
    "Definitions",
    "Import",
    "Invocable",
    "InvocableKind",
    "Model",
    "Outcome",
    "UnknownDecision",
    "load",
    "read",
]
