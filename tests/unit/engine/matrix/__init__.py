"""The matrix: what every BPMN element does here, one declarative case per variant.

The expectations are written from BPMN 2.0.2 and from the dialect of this house, never
from what the engine happens to do. `make docs` writes docs/bpmn-support.md from them.
"""
