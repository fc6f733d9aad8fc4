"""Every rule of the linter, with the sentence that docs/lint-rules.md says of it."""

# Title -> rule -> sentence.
RULES = {
    "Files": {
        "file-kind": "Only drawings, forms and `procedure.yaml` are released.",
        "empty": "A release needs at least one file.",
        "key-twice": "Two parts of a release, or two questions, have one key.",
        "xml-malformed": "The file is no well-formed XML.",
        "xml-doctype": "A DOCTYPE could pull in what is not in the file.",
        "xml-too-deep": "Elements are nested too deep.",
        "xml-too-large": "The file is too large.",
        "not-bpmn": "The XML is no BPMN 2.0.",
        "process-missing": "A drawing holds at least one process.",
        "process-not-executable": "Only a process marked as executable is run.",
        "procedure-file": "`procedure.yaml` is not as it must be.",
        "json": "The file is no JSON.",
        "too-large": "A form is too large.",
        "too-deep": "The groups of a form are nested too deep.",
        "schema-version": "The form has a version of the schema that is not known.",
        "refused": "The file cannot be read for another reason, which is told.",
    },
    "What is drawn": {
        "element-not-run": "An element of BPMN that does not run here.",
        "element-unknown": "An element that BPMN does not have.",
        "element-misplaced": "An element where it has no meaning.",
        "attribute-not-run": "An attribute, or its value, that does not run here.",
        "attribute-unknown": "An attribute that nothing would read.",
        "extension-not-run": "An extension that does not run here.",
        "extension-unknown": "An extension that nothing would read.",
        "extension-misplaced": "An extension where it has no meaning.",
        "extension-doubled": "An extension that may be there once is there twice.",
        "id-missing": "What is referred to needs an id.",
        "id-invalid": "An id that cannot be used.",
        "duplicate-id": "Two elements have one id.",
        "property-unread": "A property that is kept and that nothing reads.",
    },
    "Flows and gateways": {
        "start-missing": "A process or sub-process has no start event.",
        "start-several": "Nothing says which of several start events begins.",
        "flow-into-start": "A flow leads into what begins by itself.",
        "flow-out-of-end": "A flow leads out of what nothing can follow.",
        "flow-dangling": "A flow has no source or target in its own scope.",
        "flow-doubled": "Two flows lead from one element to another.",
        "condition-missing": "A flow of a choosing gateway has no condition.",
        "condition-misplaced": "A condition where every flow is taken.",
        "condition-not-feel": "A condition that is no FEEL expression.",
        "default-missing": "No default flow: the case stops when no condition holds.",
        "default-unknown": "The default flow does not leave its element.",
        "default-conditional": "The default flow has a condition.",
        "default-unconditional": "The default flow could never be taken.",
        "link-invalid": "A link event without its partner, or with a flow too many.",
        "event-gateway-invalid": "What cannot stand behind an event-based gateway.",
    },
    "Soundness": {
        "flow-missing": (
            "Nothing leads into an element. The standard would begin it together with "
            "its process; here a start event says what begins."
        ),
        "unreachable": "No way leads to an element.",
        "never-runs": "A way leads there, and no token ever comes.",
        "join-never-full": (
            "A parallel gateway waits for tokens that never come together. An error "
            "where no case could ever end."
        ),
        "join-stuck": "A gateway waits for ever in some cases.",
        "tokens-pile-up": "Ways that are not joined make a step run twice.",
        "circle-without-end": "No way leads out of a circle.",
        "condition-never": "A condition is always false.",
        "condition-shadowed": "An earlier flow is always taken instead.",
    },
    "Events": {
        "event-without-trigger": "An event that nothing brings about.",
        "event-several-triggers": "An event with several triggers.",
        "event-doubled": "Two events catch one code at one place.",
        "message-unknown": "A message that is not declared, or has no fixed name.",
        "signal-unknown": "A signal that is not declared, or has no fixed name.",
        "error-unknown": "An error that is not declared, or has no code.",
        "escalation-unknown": "An escalation that is not declared, or has no code.",
        "error-not-interrupting": "An error always interrupts.",
        "error-uncaught": "An error that nothing in the process catches.",
        "error-never-thrown": "An event waits for an error that nothing throws.",
        "escalation-uncaught": "An escalation that nothing in the process catches.",
        "escalation-never-thrown": "An event waits for what nothing throws.",
        "boundary-unattached": "A boundary event that is attached to no activity.",
        "boundary-without-flow": "A boundary event that leads nowhere.",
        "boundary-never": "A boundary event that can never happen there.",
        "timer-invalid": "A timer whose time cannot be read.",
        "timer-cycle-misplaced": "A timer repeats where its event happens once.",
        "start-timer": "The timer of a start event cannot be computed.",
        "office-unknown": "The office that a procedure names does not exist.",
        "compensation-invalid": "Who undoes what is not drawn as it must be.",
    },
    "Tasks": {
        "job-type-missing": "A task for a connector does not say what to do.",
        "job-type-unknown": "No connector does this type of job.",
        "called-missing": "A call activity does not say what it calls.",
        "called-not-fixed": "What a call activity calls is told in a way not run here.",
        "called-twice": "A call activity says in two ways what it calls.",
        "called-unknown": "The called process is not there.",
        "called-version": "A stored caller would call another version than before.",
        "called-without-start": "The called process is started by events only.",
        "called-configuration": "A called process has the configuration of its caller.",
        "called-deadline": "The deadline of a process counts for its own cases only.",
        "form-unknown": "The form is neither in the release nor stored.",
        "form-elsewhere": "The form is in none of the files, and may be stored.",
        "form-not-fixed": "The form of a task is an expression.",
        "role-unknown": "A candidate group that is no role: it reaches nobody.",
        "norm-unknown": "A norm that is not in the register of norms.",
        "script-not-feel": "A script task without a FEEL expression.",
        "mapping-empty": "A mapping without a source.",
        "number-invalid": "What must be a whole number is none.",
        "date-invalid": "A date that cannot be read.",
        "deadline-invalid": "A deadline that cannot be read.",
        "deadline-misplaced": "A deadline where none is kept.",
        "duty-misplaced": "Separation of duties, or bulk, where no person works.",
        "not-by-unknown": "A duty kept apart from no other user task of the process.",
        "bulk-value": "Whether a task may be done in bulk is neither true nor false.",
        "repetition-invalid": "A loop or multi-instance that is not complete.",
        "repetition-misplaced": "What cannot run several times, or in this way.",
    },
    "Expressions and variables": {
        "feel-syntax": (
            "An expression that cannot be read, or calls a function that is not there."
        ),
        "condition-not-boolean": "A condition that is neither true nor false.",
        "variable-name-invalid": "A name that no variable can have.",
        "variable-misspelt": (
            "A name that is there once and looks like a slip of one that is given."
        ),
        "variable-unknown": (
            "Nothing gives the variable. Told only where scenarios of `procedure.yaml` "
            "show what cases start with, and every step says what it gives."
        ),
        "property-unknown": (
            "Nothing gives the variable this property. Told only where everything that "
            "gives the variable is written out: mappings, forms, settings, scenarios."
        ),
    },
    "Decisions": {
        "decision-missing": "A business rule task does not say what it asks.",
        "decision-not-fixed": "What a business rule task asks is an expression.",
        "decision-unknown": "The decision that is asked is not there.",
        "decision-not-run": (
            "An expression of the decision, or of what it requires, cannot run. An "
            "error where a business rule task asks it."
        ),
        "decision-twice": (
            "Two models have one decision id. An error where a business rule task asks "
            "it."
        ),
        "decision-moved": "An id that until now is that of another model's decision.",
        "extension-unread": "What another tool wrote, and nothing reads.",
        "import-unknown": "The model that is imported is not there.",
        "import-circle": "Models import each other in a circle.",
        "dmn-version": "The XML is no DMN of a version that is read.",
        "dmn-no-namespace": "A model without a namespace cannot be referred to.",
        "dmn-unknown-element": "An element that DMN does not have there.",
        "dmn-duplicate-id": "Two elements of a model have one id.",
        "dmn-duplicate-name": "Two elements of a model have one name.",
        "dmn-no-name": "An element of a model that needs a name has none.",
        "dmn-import": "What is imported is no DMN model.",
        "dmn-imported-values": "Values of another file are not read.",
        "dmn-requirement": "A requirement leads nowhere, or to what it cannot be.",
        "dmn-circle": "Decisions require each other in a circle.",
        "dmn-two-expressions": "Two expressions stand where one can.",
        "dmn-part-missing": "A boxed expression without one of its parts.",
        "dmn-row-length": "A row of a relation does not fit its columns.",
        "dmn-rule-length": "A rule does not fit the columns of its table.",
        "dmn-hit-policy": "A hit policy or aggregation that there is not.",
        "dmn-crosstab": "A table that is no list of rules.",
        "dmn-no-output": "A table without an output.",
        "dmn-output-name": "One of several outputs has no name of its own.",
        "table-gap": "Inputs for which no rule of a table is.",
        "table-overlap": "Two rules match where one may.",
        "rule-unreachable": "A rule that can never decide.",
        "table-not-analysed": "A table whose rules cannot be compared.",
    },
    "Forms": {
        "component-not-run": "A component of form-js that does not run here.",
        "unknown-property": "A property of a component that nothing would read.",
        "property-value": "A property of a component with a value that does not run.",
        "id-twice": "Two components have one id.",
        "key-clash": "One answer would lie inside another.",
    },
}
SENTENCES = {
    rule: sentence for rules in RULES.values() for rule, sentence in rules.items()
}
