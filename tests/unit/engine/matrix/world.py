"""The closed world as tables: every element of the standard, and its attributes."""

from workflows.engine import dialect, refusals
from workflows.engine.documents import BPMN
from workflows.engine.rules import NODES

TITLE = "Every element of the standard"
ABOUT = (
    "The table that every drawing is held against; what is not in it is refused as "
    "unknown. *Documentation* is kept and decides nothing."
)
HEAD = "| Element | Here | |\n|---|---|---|\n"
HOLD = frozenset(
    """definitions process sequenceFlow message error signal escalation incoming
    outgoing extensionElements multiInstanceLoopCharacteristics
    standardLoopCharacteristics""".split()
)
RUNNING = HOLD | dialect.EXPRESSION_TEXTS | {tag.removeprefix(BPMN) for tag in NODES}
# Beside being documentation.
ALSO = {"association": "From a compensation event it leads to what undoes."}


def table():
    lines = {}
    for name, rule in dialect.ELEMENTS.items():
        if name in RUNNING or name.endswith("EventDefinition"):
            lines[name] = f"| {name} | runs | {_attributes(name, rule)} |"
        else:
            lines[name] = f"| {name} | documentation | {ALSO.get(name, '')} |"
    for name, mend in refusals.REFUSED.items():
        lines[name] = f"| {name} | refused | {mend} |"
    return HEAD + "\n".join(lines[name] for name in sorted(lines, key=str.lower)) + "\n"


def _attributes(name, rule):
    """What its attributes do, as far as there is something to say."""
    runs, limited, said = [], [], []
    for attribute, value in rule.attributes.items():
        if value in (dialect.RUN, dialect.BOOLEAN):
            runs.append(attribute)
        elif value != dialect.DOC:
            only = " or ".join(f"`{one}`" for one in value)
            limited.append(f"{attribute} only {only}")
    for (element, attribute), mend in refusals.REFUSED_ATTRIBUTES.items():
        if element == name:
            limited.append(f"{attribute} refused: {mend}")
    runs = [one for one in runs if one != "id"]
    if runs:
        said.append("Attributes: " + ", ".join(runs))
    if rule.extensions - {"properties"}:
        said.append(
            "Extensions: "
            + ", ".join(sorted(f"zeebe:{one}" for one in rule.extensions))
        )
    return ". ".join(one.rstrip(".") for one in [*said, *limited])
