"""A tiny interpreter of BPMN 2.0.2, chapter 13, that shares no code with the engine.

It plays tokens on the model of a drawing; `Machine` tells what is settled beside it.
"""

from tests.property.oracle.machine import Endless, Machine
from tests.property.oracle.parts import Wait

__all__ = ["Endless", "Machine", "Wait"]
