"""The third check of a drawing: what its elements say: events, jobs, timers, texts."""

from collections.abc import Iterator

from lxml import etree

from workflows import calendars
from workflows.engine import dialect
from workflows.engine.closed_world import drawn_id
from workflows.engine.documents import BPMN, ZEEBE
from workflows.engine.evaluation import (
    is_expression,
    literal_moment,
)
from workflows.engine.event_rules import THROWS, EventRules, throws_message
from workflows.engine.extensions import (
    BULK,
    CALLED,
    DEADLINE,
    NORM,
    NOT_BY,
    TITLES,
    Extensions,
    read_extensions,
)
from workflows.engine.repetition_rules import check_repetition
from workflows.engine.rules import (
    VARIABLE,
    Findings,
    ScopeDrawing,
)

# What other parts of the house read of `zeebe:properties`.
KNOWN_PROPERTIES = frozenset(
    {NORM, DEADLINE, "deadline.norm", "deadline.met_by", NOT_BY, BULK, *TITLES}
)
WORK = frozenset({BPMN + "userTask", BPMN + "manualTask"})
HAVE_DEADLINES = frozenset({BPMN + "userTask", BPMN + "manualTask", BPMN + "process"})
JOBS = frozenset({BPMN + "serviceTask", BPMN + "sendTask"})


class Content:
    """The rules on the content of one file's elements."""

    def __init__(self, root: etree._Element, findings: Findings) -> None:
        self.findings = findings
        self.events = EventRules(root, findings)

    def check(self, scope: ScopeDrawing) -> None:
        self._properties(scope.node)
        self.events.check_links(scope)
        self.events.check_doubled(scope)
        for node_id, node in scope.nodes.items():
            self.events.check(scope, node_id, node)
            self._task(node_id, node)
            check_repetition(node_id, node, self.findings)
            self._texts(node_id, read_extensions(node))
            if node.tag != BPMN + "subProcess":  # checked as a scope of its own
                self._properties(node)
        for flow in scope.flows:
            self._condition(flow)

    def _task(self, node_id: str, node: etree._Element) -> None:
        extensions = read_extensions(node)
        if node.tag in JOBS or (node.tag in THROWS and throws_message(node)):
            job_type = extensions.get("taskDefinition", "type")
            if job_type is None or is_expression(job_type):
                self.findings.error(
                    node_id,
                    "job-type-missing",
                    f"{node_id} does not say what is to be done. Give it a "
                    "zeebe:taskDefinition with a fixed type.",
                )
            self._whole(node_id, "retries", extensions.get("taskDefinition", "retries"))
        elif node.tag in THROWS and extensions.attributes.get("taskDefinition"):
            self.findings.error(
                node_id,
                "extension-misplaced",
                f"Event {node_id} throws no message, so its zeebe:taskDefinition has "
                "no meaning. Remove it.",
            )
        elif node.tag == BPMN + "callActivity":
            self._call(node_id, node, extensions)
        elif node.tag == BPMN + "scriptTask":
            self._script(node_id, extensions)
        elif node.tag == BPMN + "businessRuleTask":
            self._decision(node_id, extensions)
        form_id = extensions.get("formDefinition", "formId")
        if is_expression(form_id):
            self.findings.error(
                node_id,
                "form-not-fixed",
                f"The form of {node_id} is an expression. Name one form.",
            )

    def _call(self, node_id: str, node: etree._Element, extensions: Extensions) -> None:
        if extensions.get(CALLED, "processId") is None:
            self.findings.error(
                node_id,
                "called-missing",
                f"{node_id} does not say which process it calls. Give it a "
                "zeebe:calledElement with a processId.",
            )
        written = node.get(CALLED)
        if written is not None and node.find(f".//{ZEEBE}{CALLED}") is not None:
            self.findings.error(
                node_id,
                "called-twice",
                f"{node_id} names a process in the attribute calledElement and another "
                "in zeebe:calledElement. Keep one.",
            )
        elif is_expression(written):
            self.findings.error(
                node_id,
                "called-not-fixed",
                f'The attribute calledElement="{written}" of {node_id} is an '
                "expression. Write it as the processId of a zeebe:calledElement.",
            )

    def _script(self, node_id: str, extensions: Extensions) -> None:
        if not is_expression(extensions.get("script", "expression")):
            self.findings.error(
                node_id,
                "script-not-feel",
                f"Script task {node_id} has no FEEL expression. Write one in "
                "zeebe:script, beginning with =.",
            )
        self._variable(node_id, extensions.get("script", "resultVariable"))

    def _decision(self, node_id: str, extensions: Extensions) -> None:
        decision = extensions.get("calledDecision", "decisionId")
        if decision is None:
            self.findings.error(
                node_id,
                "decision-missing",
                f"{node_id} does not say which decision it asks. Give it a "
                "zeebe:calledDecision with a decisionId.",
            )
        elif is_expression(decision):
            self.findings.error(
                node_id,
                "decision-not-fixed",
                f"The decision of {node_id} is an expression. Name one decision; let "
                "gateways choose between several.",
            )
        self._variable(node_id, extensions.get("calledDecision", "resultVariable"))

    def _texts(self, node_id: str, extensions: Extensions) -> None:
        for target, source in (*extensions.inputs, *extensions.outputs):
            self._variable(node_id, target)
            if not source:
                self.findings.error(
                    node_id,
                    "mapping-empty",
                    f"The mapping to {target} at {node_id} has no source. Write one.",
                )
        self._whole(
            node_id, "priority", extensions.get("priorityDefinition", "priority")
        )
        for name in ("dueDate", "followUpDate"):
            text = extensions.get("taskSchedule", name)
            if text and not is_expression(text) and literal_moment(text) is None:
                self.findings.error(
                    node_id,
                    "date-invalid",
                    f'{name} "{text}" of {node_id} cannot be read. Write it like '
                    "2026-08-25T09:00:00+05:00, or as a FEEL expression.",
                )

    def _variable(self, node_id: str, name: str | None) -> None:
        if name is None or not VARIABLE.fullmatch(name):
            self.findings.error(
                node_id,
                "variable-name-invalid",
                f'"{name or ""}" at {node_id} is no name of a variable. Use letters, '
                "digits and _, beginning with a letter.",
            )

    def _whole(self, node_id: str, what: str, text: str | None) -> None:
        if text is None or is_expression(text):
            return
        least = 1 if what == "retries" else 0
        if not text.isdecimal() or not least <= int(text) <= 2**31:
            self.findings.error(
                node_id,
                "number-invalid",
                f'{what} "{text}" of {node_id} is not a whole number of at least '
                f"{least}.",
            )

    def _condition(self, flow: etree._Element) -> None:
        condition = flow.find(BPMN + "conditionExpression")
        if condition is not None and not is_expression(condition.text):
            self.findings.error(
                flow.get("id"),
                "condition-not-feel",
                f'The condition "{(condition.text or "").strip()}" of flow '
                f"{flow.get('id')} is no FEEL expression. Begin it with =.",
            )

    def _properties(self, node: etree._Element) -> None:
        node_id = node.get("id")
        extensions = read_extensions(node)
        for name, _ in extensions.properties:
            if name not in KNOWN_PROPERTIES:
                self.findings.warning(
                    node_id,
                    "property-unread",
                    f'The property "{name}" of {node_id} is kept, but nothing reads '
                    "it.",
                )
        self._duties(node, extensions)
        deadline = extensions.deadline
        if deadline is None:
            return
        if node.tag not in HAVE_DEADLINES:
            self.findings.error(
                node_id,
                "deadline-misplaced",
                f"{node_id} has a deadline, which a user task or a process can have. "
                "Move it there.",
            )
        elif not is_expression(deadline) and literal_moment(deadline) is None:
            self._term(node_id, deadline)

    def _duties(self, node: etree._Element, extensions: Extensions) -> None:
        """Separation of duties, and work done in bulk: what user tasks may declare."""
        node_id, told = node.get("id"), dict(extensions.properties)
        if not {NOT_BY, BULK} & told.keys():
            return
        if node.tag not in WORK:
            self.findings.error(
                node_id,
                "duty-misplaced",
                f"{node_id} has the property {NOT_BY} or {BULK}, which only a user "
                "task can have. Move it there.",
            )
            return
        if told.get(BULK, "false") not in ("true", "false"):
            self.findings.error(
                node_id,
                "bulk-value",
                f'The property {BULK} of {node_id} is "{told[BULK]}". Say true or '
                "false.",
            )
        process = next(node.iterancestors(BPMN + "process"), None)
        work = () if process is None else process.iter(*WORK)
        others = {each.get("id") for each in work} - {node_id}
        if NOT_BY in told and not extensions.not_by:
            self.findings.error(
                node_id,
                "not-by-unknown",
                f"The property {NOT_BY} of {node_id} is empty."
                " Name the user task that somebody else must have done.",
            )
        for named in extensions.not_by:
            if named not in others:
                self.findings.error(
                    node_id,
                    "not-by-unknown",
                    f'{node_id} is not to be done by whoever did "{named}", which is '
                    "no other user task of this process. Name one of them.",
                )

    def _term(self, node_id: str | None, deadline: str) -> None:
        try:
            calendars.parse_term(deadline)
        except calendars.TermError as error:
            self.findings.error(
                node_id, "deadline-invalid", f"The deadline of {node_id}: {error}"
            )


def expression_texts(process: etree._Element) -> Iterator[tuple[str | None, str]]:
    """(element id, text) of every expression, `=` included, in drawing order."""
    for node in process.iter(BPMN + "*", ZEEBE + "*"):
        name = str(etree.QName(node).localname)
        if name in dialect.EXPRESSION_NAMES and str(node.tag).startswith(BPMN):
            texts = [node.get(dialect.EXPRESSION_NAMES[name])]
        elif str(node.tag).startswith(BPMN):
            texts = [node.text] if name in dialect.EXPRESSION_TEXTS else []
        elif name == "property":
            texts = [node.get("value")] if node.get("name") == DEADLINE else []
        else:
            known = dialect.EXPRESSION_ATTRIBUTES.get(name, frozenset())
            texts = [node.get(attribute) for attribute in sorted(known)]
        for text in texts:
            if text is not None and is_expression(text):
                yield drawn_id(node), text
