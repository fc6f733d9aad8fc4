"""The rules on activities that run several times."""

from lxml import etree

from workflows.engine.evaluation import is_expression
from workflows.engine.extensions import read_extensions
from workflows.engine.repetition import COUNTER, MULTI_INSTANCE, STANDARD_LOOP, text_of
from workflows.engine.rules import VARIABLE, Findings


def check_repetition(node_id: str, node: etree._Element, findings: Findings) -> None:
    """Multi-instance or loop of one activity: complete, and of one kind."""
    drawn = [child for child in node if child.tag in (MULTI_INSTANCE, STANDARD_LOOP)]
    if not drawn:
        return
    if len(drawn) > 1 or node.get("triggeredByEvent") == "true":
        findings.error(
            node_id,
            "repetition-misplaced",
            f"{node_id} cannot run several times in this way. Draw one repetition, and "
            "none at an event sub-process.",
        )
    elif drawn[0].tag == MULTI_INSTANCE:
        _multi_instance(node_id, drawn[0], findings)
    else:
        _loop(node_id, drawn[0], findings)


def _multi_instance(node_id: str, multi: etree._Element, findings: Findings) -> None:
    get = read_extensions(multi).get
    element = get("loopCharacteristics", "inputElement")
    output_name = get("loopCharacteristics", "outputCollection")
    output = get("loopCharacteristics", "outputElement")
    _how_often(node_id, multi, findings)
    if (output_name is None) != (output is None):
        _wrong(
            node_id,
            "takes outputCollection and outputElement together. Write both, or none.",
            findings,
        )
    for what, text in (
        ("outputElement", output),
        ("completionCondition", text_of(multi, "completionCondition")),
    ):
        if text is not None and not is_expression(text):
            _not_feel(node_id, what, text, findings)
    for name in (element, output_name):
        if name == COUNTER:
            _wrong(node_id, f"counts its items with {name}. Name the other.", findings)
        elif name is not None and not VARIABLE.fullmatch(name):
            findings.error(
                node_id,
                "variable-name-invalid",
                f'"{name}" at {node_id} is no name of a variable. Use letters, digits '
                "and _, beginning with a letter.",
            )


def _how_often(node_id: str, multi: etree._Element, findings: Findings) -> None:
    get = read_extensions(multi).get
    collection = get("loopCharacteristics", "inputCollection")
    cardinality = text_of(multi, "loopCardinality")
    if (collection is None) == (cardinality is None):
        _wrong(
            node_id,
            "takes either an inputCollection or a loopCardinality. Write one of them.",
            findings,
        )
    elif collection is not None and not is_expression(collection):
        _not_feel(node_id, "inputCollection", collection, findings)
    elif cardinality is not None and not is_expression(cardinality):
        if not cardinality.isdecimal():
            _wrong(
                node_id,
                f'has the loopCardinality "{cardinality}". Write a whole number, or '
                "FEEL that begins with =.",
                findings,
            )
    if collection is None and get("loopCharacteristics", "inputElement") is not None:
        _wrong(
            node_id,
            "has an inputElement without an inputCollection. Name the list.",
            findings,
        )


def _loop(node_id: str, loop: etree._Element, findings: Findings) -> None:
    condition, maximum = text_of(loop, "loopCondition"), loop.get("loopMaximum")
    if condition is None and maximum is None:
        _wrong(
            node_id,
            "would never end. Give its loop a loopCondition or a loopMaximum.",
            findings,
        )
    if condition is not None and not is_expression(condition):
        _not_feel(node_id, "loopCondition", condition, findings)
    if maximum is not None and not (maximum.isdecimal() and int(maximum) > 0):
        _wrong(
            node_id,
            f'has the loopMaximum "{maximum}". Write a whole number of at least 1.',
            findings,
        )


def _wrong(node_id: str, what: str, findings: Findings) -> None:
    findings.error(node_id, "repetition-invalid", f"{node_id} {what}")


def _not_feel(node_id: str, what: str, text: str, findings: Findings) -> None:
    _wrong(
        node_id,
        f'has the {what} "{text}", which is no FEEL expression. Begin it with =.',
        findings,
    )
