"""What other tools write into a drawing: which of it is design, and so is kept.

A namespace that is not listed may carry behaviour, so it is refused wherever the
drawing runs. At what is documentation by nature nothing can run, so all is kept there.
"""

# Nothing in these namespaces decides what a process does: they are of the standard's
# own diagram part, or of tools that draw and do not execute.
DESIGN_NAMESPACES = frozenset(
    {
        "http://www.omg.org/spec/BPMN/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DI",
        "http://www.omg.org/spec/DD/20100524/DC",
        "http://www.omg.org/spec/BPMN/non-normative/color/1.0",
        "http://www.omg.org/spec/BPMN/non-normative/extensions/i18n/1.0",
        "http://www.w3.org/XML/1998/namespace",
        "http://camunda.org/schema/modeler/1.0",
        "http://bpmn.io/schema/bpmn/biocolor/1.0",
        "http://www.bpsim.org/schemas/1.0",  # simulation
        "http://www.bpsim.org/schemas/2.0",
        "http://www.bizagi.com/bpmn20",  # Modeler
        "http://www.itp-commerce.com/BPMN2.0",  # Process Modeler for Visio
        "http://www.signavio.com",  # Process Editor: colours, glossary links
        "http://www.w4.eu/spec/BPMN/20110930/GRAPH",  # Composer: styles
        "http://bpmn.sourceforge.net",  # Yaoqiang
    }
)

# Attributes of design in namespaces that otherwise carry behaviour.
DESIGN_ATTRIBUTES = frozenset(
    {("http://camunda.org/schema/1.0/bpmn", "diagramRelationId")}
)


def is_design(namespace: str | None, attribute: str | None = None) -> bool:
    """Whether an element or attribute of this namespace is kept wherever it stands."""
    return namespace in DESIGN_NAMESPACES or (namespace, attribute) in DESIGN_ATTRIBUTES
