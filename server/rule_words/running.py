"""What the rules of events, tasks and expressions say, and how to mend it."""

from server.i18n import lazy_gettext

_ = lazy_gettext

EVENTS: dict[str, object] = {
    "event-without-trigger": _(
        "The event has no trigger. Give it one, for example a message or a timer."
    ),
    "event-several-triggers": _(
        "The event has several triggers. Draw one event for each."
    ),
    "event-doubled": _(
        "Two events catch one code at the same place. Keep one of them."
    ),
    "message-unknown": _(
        "The message is not declared, or has no fixed name. Name one that is."
    ),
    "signal-unknown": _(
        "The signal is not declared, or has no fixed name. Name one that is."
    ),
    "error-unknown": _(
        "The error is not declared, or has no code. Name one that has a code."
    ),
    "escalation-unknown": _(
        "The escalation is not declared, or has no code. Name one that has a code."
    ),
    "error-not-interrupting": _(
        "An error always interrupts. Make the event interrupting."
    ),
    "error-uncaught": _(
        "Nothing in the process catches the error, so the case can stop with an "
        "incident. Draw a boundary event or an event sub-process that catches it."
    ),
    "error-never-thrown": _(
        "The event waits for an error that nothing throws. Correct the code, or draw "
        "the event that throws it."
    ),
    "escalation-uncaught": _(
        "Nothing in the process catches the escalation, so nothing follows from it. "
        "Draw a boundary event or an event sub-process that catches it."
    ),
    "escalation-never-thrown": _(
        "The event waits for an escalation that nothing throws. Correct the code, or "
        "draw the event that throws it."
    ),
    "boundary-unattached": _(
        "The boundary event is attached to no activity. Attach it to a task or "
        "sub-process."
    ),
    "boundary-without-flow": _(
        "No sequence flow leaves the boundary event. Draw what follows it."
    ),
    "boundary-never": _(
        "The boundary event can never happen at this activity. Attach it where it can, "
        "or remove it."
    ),
    "timer-invalid": _(
        "The timer's time cannot be read, or it has not exactly one. Write it like "
        "PT30M, or as a FEEL expression."
    ),
    "timer-cycle-misplaced": _(
        "The timer repeats where its event happens once. Use a date or a duration, or "
        "make the event non-interrupting."
    ),
    "start-timer": _(
        "The time of the timer start event cannot be computed. Correct it."
    ),
    "office-unknown": _(
        "The office that procedure.yaml names does not exist. Correct it, or add the "
        "office."
    ),
    "compensation-invalid": _(
        "The compensation is not drawn as it must be. Join each compensation event by "
        "an association to one activity for compensation, which has no flows."
    ),
}

TASKS: dict[str, object] = {
    "job-type-missing": _(
        "A task for a connector does not say what is to be done. Give it a job type."
    ),
    "job-type-unknown": _(
        "No connector does this type of job: each such job will be an incident. "
        "Correct the type."
    ),
    "called-missing": _(
        "The call activity does not say which process it calls. Name one."
    ),
    "called-not-fixed": _(
        "The call activity names its process in a way that does not run here. Write "
        "the id in zeebe:calledElement."
    ),
    "called-twice": _("The call activity names two different processes. Keep one."),
    "called-unknown": _(
        "The called process is not among the files. Add its .bpmn file, or correct the "
        "process id."
    ),
    "called-version": _(
        "A stored process was released with another version of the called process than "
        "it calls in cases of this release. Check that both fit."
    ),
    "called-without-start": _(
        "The called process is started by events only. Give it a start event without "
        "trigger too."
    ),
    "called-configuration": _(
        "A called process has the configuration of its caller, not its own. Hand over "
        "what it needs by input mappings."
    ),
    "called-deadline": _(
        "The deadline of the process counts for its own cases only; where it is "
        "called, that of the whole case does. Set one at the caller if it must hold."
    ),
    "form-unknown": _(
        "The form is neither in this release nor in an earlier one. Add its .form.json "
        "file, or correct the form's id."
    ),
    "form-elsewhere": _(
        "The form is in none of the files. The release is refused unless an earlier "
        "one has stored it. Add its .form.json file."
    ),
    "form-not-fixed": _("The form of the task is an expression. Name one form."),
    "role-unknown": _(
        "A candidate group is no role, so the task is offered to nobody. Name a role."
    ),
    "norm-unknown": _(
        "The norm is not in the register of norms. Correct its id, or add it to the "
        "register."
    ),
    "script-not-feel": _(
        "A script task runs a FEEL expression alone. Write one in zeebe:script, "
        "beginning with an equals sign."
    ),
    "mapping-empty": _("A mapping has no source. Write one."),
    "number-invalid": _(
        "A value must be a whole number, and is none. Write a whole number."
    ),
    "date-invalid": _(
        "The date cannot be read. Write it with its time and zone, or as a FEEL "
        "expression."
    ),
    "deadline-invalid": _(
        "The deadline cannot be read. Write it in working days, calendar days, or as "
        "an ISO 8601 duration."
    ),
    "deadline-misplaced": _(
        "A deadline stands where none is kept. Move it to a user task or to the "
        "process."
    ),
    "duty-misplaced": _(
        "Separation of duties, and bulk, are of user tasks alone. Move the property "
        "there."
    ),
    "not-by-unknown": _(
        "The task that somebody else must have done is no other user task of this "
        "process. Name one that is."
    ),
    "bulk-value": _(
        "Whether the task may be done in bulk is neither true nor false. Say true or "
        "false."
    ),
    "repetition-invalid": _(
        "The loop or multi-instance is not complete. Say over what it runs, or when it "
        "ends."
    ),
    "repetition-misplaced": _(
        "The element cannot run several times in this way. Draw one repetition, and "
        "none at an event sub-process."
    ),
}

EXPRESSIONS: dict[str, object] = {
    "feel-syntax": _(
        "The FEEL expression cannot be read, or calls a function that is not there. "
        "Correct it."
    ),
    "condition-not-boolean": _(
        "The condition gives a value that is neither true nor false. Compare it with "
        "something."
    ),
    "variable-name-invalid": _(
        "No variable can have this name. Use letters, digits and _, beginning with a "
        "letter."
    ),
    "variable-misspelt": _(
        "The variable is nowhere else, and its name is like that of another. Correct "
        "the name."
    ),
    "variable-unknown": _(
        "Nothing gives the variable that an expression reads. Correct the name, or let "
        "a scenario start with it."
    ),
    "property-unknown": _(
        "Nothing gives the variable the property that an expression reads. Correct its "
        "name, or ask for it."
    ),
}
