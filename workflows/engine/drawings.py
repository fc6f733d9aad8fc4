"""Reading a drawing at release: everything that is wrong with it, or what it holds."""

from dataclasses import asdict, dataclass, field
from typing import Any

from lxml import etree

from workflows import feel
from workflows.engine import dialect
from workflows.engine.closed_world import ClosedWorld
from workflows.engine.code_rules import check_codes
from workflows.engine.compensation_rules import check_compensation
from workflows.engine.content import Content, expression_texts
from workflows.engine.definitions import Element, elements_of, names_of, starts_of
from workflows.engine.documents import BPMN, open_document
from workflows.engine.errors import DrawingRefused
from workflows.engine.evaluation import body, is_expression
from workflows.engine.event_rules import THROWS
from workflows.engine.expression_rules import check_expressions
from workflows.engine.extensions import read_extensions
from workflows.engine.parser import lanes_of
from workflows.engine.rules import (
    NODES,
    Findings,
    check_ids,
    check_scope,
    scopes_of,
)
from workflows.engine.soundness import check_soundness
from workflows.engine.start_rules import check_starts
from workflows.model import Finding

MOST_DRAWN = 5_000  # steps, events and gateways of a file


@dataclass(frozen=True)
class Drawing:
    """One executable process of a file, as a release stores it.

    `trees` are the FEEL trees by expression text (without `=`); `summary` is JSON-able:
    elements, form_ids, job_types, starts (see `definitions.starts_of`), messages and
    signals (those awaited) and signals_thrown, each by its name or by an expression
    with its `=`, called (keys of called processes), calls_by_expression (whether some
    are known only when the case runs), decisions (keys of those asked),
    candidate_groups, norms, deadline (the text as drawn, or None) and properties of the
    process.
    """

    key: str
    names: dict[str, str]
    version_tag: str | None
    findings: list[Finding]
    trees: dict[str, Any] = field(repr=False)
    summary: dict[str, Any] = field(repr=False)


def read(xml: bytes, file: str, parser: feel.Parser) -> list[Drawing]:
    """The executable processes of a BPMN file.

    DrawingRefused with every finding when anything in it would not run as drawn. What
    else there is to say comes with the drawings: warnings, and errors where a drawing
    would run as drawn and that leads nowhere. `file` is the name that findings bear.
    """
    root = open_document(xml, file)
    findings = Findings(file)
    if root.tag != BPMN + "definitions":
        findings.error(
            None,
            "not-bpmn",
            f"The file is {etree.QName(root).localname}, not definitions of BPMN 2.0. "
            "Export it as BPMN 2.0 XML.",
        )
        raise DrawingRefused(file, findings.found)
    _check_size(root, findings)
    processes = _executable(root, findings)
    world = ClosedWorld(file)
    world.check(root, set(root.iter(BPMN + "process")) - set(processes))
    findings.found += world.findings
    if not world.findings:
        _check(root, processes, findings)
    drawn = _expressions(root, processes, parser, findings)
    ways = check_expressions(drawn, findings)
    if any(found.severity == "error" for found in findings.found):
        raise DrawingRefused(file, findings.found)
    check_soundness(processes, ways, findings)
    check_codes(root, processes, findings)
    return [
        _drawing(root, process, drawn[process], findings.found) for process in processes
    ]


def _check_size(root: etree._Element, findings: Findings) -> None:
    """DrawingRefused where more is drawn than anybody could look through."""
    drawn = sum(1 for _ in root.iter(*NODES))
    if drawn > MOST_DRAWN:
        findings.error(
            None,
            "drawing-too-large",
            f"The drawing has {drawn} steps, events and gateways, and {MOST_DRAWN} are "
            "allowed. Move parts of it into processes that it calls.",
        )
        raise DrawingRefused(findings.file, findings.found)


def _executable(root: etree._Element, findings: Findings) -> list[etree._Element]:
    """The processes that run. Others may only be the pools of somebody else."""
    pools = {pool.get("processRef") for pool in root.iter(BPMN + "participant")}
    processes = list(root.iter(BPMN + "process"))
    runs = [one for one in processes if one.get("isExecutable") == "true"]
    for process in processes:
        if process in runs or (runs and process.get("id") in pools):
            continue
        findings.error(
            process.get("id"),
            "process-not-executable",
            f"The process {process.get('id')} is not marked as executable. Set "
            'isExecutable="true", or delete it if it is not meant to run.',
        )
    if not processes:
        findings.error(None, "process-missing", "The file holds no process. Draw one.")
    return runs


def _check(
    root: etree._Element, processes: list[etree._Element], findings: Findings
) -> None:
    check_ids(root, findings)
    content = Content(root, findings)
    for process in processes:
        for scope in scopes_of(process):
            check_starts(scope, findings)
            check_scope(scope, findings)
            content.check(scope)
            check_compensation(scope, findings)


def _expressions(
    root: etree._Element,
    processes: list[etree._Element],
    parser: feel.Parser,
    findings: Findings,
) -> dict[etree._Element, dict[str, Any]]:
    """The trees of each process; a finding for each text that does not parse."""
    parsed: dict[str, Any] = {}
    named = root.iter(*(BPMN + name for name in dialect.EXPRESSION_NAMES))
    shared = [pair for node in named for pair in expression_texts(node)]
    drawn: dict[etree._Element, dict[str, Any]] = {}
    for process in processes:
        drawn[process] = {}
        for node_id, text in [*expression_texts(process), *shared]:
            feel_text = body(text)
            if feel_text not in parsed:
                parsed[feel_text] = _tree(feel_text, node_id, parser, findings)
            drawn[process][feel_text] = parsed[feel_text]
    return drawn


def _tree(
    text: str, node_id: str | None, parser: feel.Parser, findings: Findings
) -> Any:
    try:
        tree = parser.parse(text)
        feel.compile_tree(tree, text)  # an unknown function, a date that is none
    except feel.FeelSyntaxError as error:
        findings.error(
            node_id,
            "feel-syntax",
            f'The expression "{text}" of {node_id} cannot be read: {error.reason}, at '
            f"character {(error.position or 0) + 1}. Correct it.",
        )
        return None
    return tree


def _drawing(
    root: etree._Element,
    process: etree._Element,
    trees: dict[str, Any],
    findings: list[Finding],
) -> Drawing:
    extensions = read_extensions(process)
    calls = _calls(process)
    own = {node.get("id") for node in process.iter(BPMN + "*")}
    elements = list(elements_of(process, lanes_of(root)))
    groups = [group for one in elements for group in one.candidate_groups]
    return Drawing(
        key=process.get("id") or "",
        names=names_of(process),
        version_tag=extensions.get("versionTag", "value"),
        findings=[
            one for one in findings if one.element_id is None or one.element_id in own
        ],
        trees=trees,
        summary={
            "elements": [_told(one) for one in elements],
            "form_ids": _unique(one.form_id for one in elements),
            "job_types": _unique(one.job_type for one in elements),
            "decisions": _unique(one.decision for one in elements),
            "starts": starts_of(root, process),
            "messages": _awaited(root, process, "message"),
            "signals": _awaited(root, process, "signal"),
            "signals_thrown": _thrown_signals(root, process),
            "called": _unique(one for one in calls if not is_expression(one)),
            "calls_by_expression": any(is_expression(one) for one in calls),
            "candidate_groups": _unique(groups),
            "norms": list(extensions.norms),
            "deadline": extensions.deadline,
            "properties": extensions.other_properties,
        },
    )


def _calls(process: etree._Element) -> list[str]:
    """What the call activities of a process call: keys, and expressions with `=`."""
    nodes = process.iter(BPMN + "callActivity")
    texts = (read_extensions(node).get("calledElement", "processId") for node in nodes)
    return [text for text in texts if text is not None]


def _told(element: Element) -> dict[str, Any]:
    told = asdict(element)
    told["norms"] = list(element.norms)
    told["candidate_groups"] = list(element.candidate_groups)
    return told


def _awaited(root: etree._Element, process: etree._Element, kind: str) -> list[str]:
    """The names of the messages or signals that a process waits for."""
    names = {node.get("id"): node.get("name") for node in root.iter(BPMN + kind)}
    holders = [
        node
        for node in process.iter(f"{BPMN}{kind}EventDefinition")
        if _parent_tag(node) not in THROWS
    ]
    if kind == "message":
        holders += process.iter(BPMN + "receiveTask")
    return _unique(names.get(node.get(f"{kind}Ref")) for node in holders)


def _thrown_signals(root: etree._Element, process: etree._Element) -> list[str]:
    """The names of the signals that a process throws."""
    names = {node.get("id"): node.get("name") for node in root.iter(BPMN + "signal")}
    thrown = process.iter(BPMN + "signalEventDefinition")
    holders = [node for node in thrown if _parent_tag(node) in THROWS]
    return _unique(names.get(node.get("signalRef")) for node in holders)


def _parent_tag(node: etree._Element) -> str:
    parent = node.getparent()
    return "" if parent is None else str(parent.tag)


def _unique(texts: Any) -> list[str]:
    return list(dict.fromkeys(text for text in texts if text))
