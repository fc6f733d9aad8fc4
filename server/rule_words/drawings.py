"""What the rules of files and of what is drawn say, and how to mend it."""

from server.i18n import lazy_gettext

_ = lazy_gettext

FILES: dict[str, object] = {
    "file-kind": _(
        "Only .bpmn, .dmn, .form.json files and procedure.yaml are released. Leave the "
        "others out."
    ),
    "empty": _("A release needs at least one file. Choose the files of the procedure."),
    "key-twice": _(
        "Two parts of a release, or two questions, have one key. Rename one of them."
    ),
    "xml-malformed": _(
        "The file is not well-formed XML. Save it again from the editor that drew it."
    ),
    "xml-doctype": _(
        "A DOCTYPE is not allowed: it could bring in what is not in the file. Remove "
        "it."
    ),
    "xml-too-deep": _("Elements are nested too deep. Nest fewer of them."),
    "xml-too-large": _("The file is too large. Split it into several files."),
    "xml-too-long": _(
        "An element has too many attributes, or one that is too long. Shorten it."
    ),
    "not-bpmn": _("The file is not BPMN 2.0. Export it as BPMN 2.0 XML."),
    "process-missing": _("The drawing holds no process. Draw one."),
    "process-not-executable": _(
        "The process is not marked as executable. Mark it, or delete it if it is not "
        "meant to run."
    ),
    "procedure-file": _(
        "The file procedure.yaml is not as it must be. Correct the part that is named."
    ),
    "json": _(
        "The file is not a JSON object in UTF-8. Save the form again from its editor."
    ),
    "too-large": _("The form's file is too large. Split the form."),
    "too-deep": _(
        "The groups or lists of the form are nested too deep. Nest fewer of them."
    ),
    "schema-version": _(
        "The form has a version of the schema that is not known here. Save it in a "
        "version that is."
    ),
    "refused": _("The file cannot be read, for the reason that is told. Correct it."),
}

DRAWN: dict[str, object] = {
    "drawing-too-large": _(
        "The drawing has too many elements. Move parts of it into processes that it "
        "calls."
    ),
    "element-not-run": _(
        "This element of BPMN does not run here. Draw it in another way."
    ),
    "element-unknown": _("BPMN has no such element. Remove it."),
    "element-misplaced": _(
        "The element has no meaning at this place. Move or remove it."
    ),
    "attribute-not-run": _(
        "An attribute, or its value, does not run here. Change the value, or remove "
        "the attribute."
    ),
    "attribute-unknown": _("An attribute is not known here. Remove it."),
    "extension-not-run": _(
        "An extension does not run here. Do it in the way that is told."
    ),
    "extension-unknown": _("An extension is not known here. Remove it."),
    "extension-misplaced": _("An extension has no meaning at this element. Remove it."),
    "extension-doubled": _(
        "An extension that may be there once is there twice. Keep one."
    ),
    "id-missing": _("The element has no id. Give it one."),
    "id-invalid": _(
        "The id cannot be used. Begin it with a letter, go on with letters, digits, _ "
        "- . and do not end it with two underscores."
    ),
    "duplicate-id": _("Two elements have one id. Give each an id of its own."),
    "property-unread": _(
        "The property is kept, but nothing reads it. Correct its name, or leave it as "
        "a note."
    ),
}

FLOWS: dict[str, object] = {
    "start-missing": _("The process or sub-process has no start event. Draw one."),
    "start-several": _("Of several start events nothing says which begins. Keep one."),
    "flow-into-start": _(
        "A sequence flow leads into what begins by itself. Remove the flow."
    ),
    "flow-out-of-end": _(
        "A sequence flow leads out of an element that nothing can follow. Remove the "
        "flow."
    ),
    "flow-dangling": _(
        "A sequence flow has no source or target in its own process or sub-process. "
        "Draw it between two elements there."
    ),
    "flow-doubled": _(
        "Two sequence flows lead from one element to another. Keep one, and join their "
        "conditions with the word or."
    ),
    "condition-missing": _(
        "A sequence flow of a choosing gateway has no condition. Write one, or make it "
        "the default flow."
    ),
    "condition-misplaced": _(
        "A condition stands where every sequence flow is taken. Put an exclusive "
        "gateway before it."
    ),
    "condition-not-feel": _(
        "The condition is no FEEL expression. Begin it with an equals sign."
    ),
    "default-missing": _(
        "The gateway has no default flow: when no condition holds, the case stops with "
        "an incident. Draw a default flow."
    ),
    "default-unknown": _(
        "The default flow does not leave its element. Choose one that does."
    ),
    "default-conditional": _(
        "The default flow has a condition. Remove the condition, or choose another "
        "default flow."
    ),
    "default-unconditional": _(
        "No other sequence flow has a condition, so the default flow could never be "
        "taken. Add a condition, or remove it."
    ),
    "link-invalid": _(
        "A link event has no partner of its own, or a sequence flow where the link "
        "itself leads. Draw one catching link event for each name."
    ),
    "event-gateway-invalid": _(
        "What stands behind the event-based gateway cannot stand there so. Draw two or "
        "more message, timer or signal events, or receive tasks."
    ),
}

SOUNDNESS: dict[str, object] = {
    "flow-missing": _(
        "No sequence flow leads into the element. Draw the flow that leads there, or "
        "remove the element."
    ),
    "unreachable": _(
        "No way leads to the element: it never runs. Draw the way, or remove the "
        "element."
    ),
    "never-runs": _(
        "A way leads to the element, but no token ever comes: the case has ended or "
        "gone another way before. Draw it earlier."
    ),
    "join-never-full": _(
        "The parallel gateway waits for tokens that never come together. Make it an "
        "exclusive gateway, or part the ways with a parallel one."
    ),
    "join-stuck": _(
        "The gateway waits for ever in some cases. Choose its kind by how many of its "
        "ways are taken, and let no two joins wait for each other."
    ),
    "tokens-pile-up": _(
        "Ways that go on side by side are not joined, so a step can run twice. Join "
        "them with a parallel or an inclusive gateway."
    ),
    "circle-without-end": _(
        "No way leads out of a circle: the process would never end. Draw a gateway in "
        "it, with a flow that leads to an end event."
    ),
    "condition-never": _(
        "The condition never holds, so nothing goes that way. Correct it, or remove "
        "the sequence flow."
    ),
    "condition-shadowed": _(
        "The sequence flow is never taken: the condition of an earlier one is always "
        "true. Correct one of them, or remove the flow."
    ),
}
