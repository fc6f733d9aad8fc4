"""A tiny interpreter of BPMN 2.0.2, chapter 13, that shares no code with the engine.

It plays tokens on the model of a drawing. Where the standard leaves order open (tokens
that move at the same time), `Machine` takes them in the order in which they appeared,
or in any other one that its caller asks for. Settled beside the standard, as the
dialect and the decisions on the engine have it:

- Inclusive joins are looked at when nothing else can move, all at the same time.
- A path may lead over a boundary event of an activity on it (table 13.3 knows sequence
  flows only).
- Of two events at one moment, whoever is told first acts first.
- What an interrupting event sub-process begins with is the end of every other listener
  of its scope. What any handler of a scope throws is caught further outward only.
- Variables are in scopes as in Camunda 8. A called process has a copy; what it has
  written comes back.
"""

from tests.property.oracle.machine import Endless, Machine
from tests.property.oracle.parts import Wait

__all__ = ["Endless", "Machine", "Wait"]
