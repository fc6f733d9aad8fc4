"""What the rules of decisions and forms say, and how to mend it."""

from server.i18n import lazy_gettext

_ = lazy_gettext

DECISIONS: dict[str, object] = {
    "decision-missing": _(
        "The business rule task does not say which decision it asks. Name one."
    ),
    "decision-not-fixed": _(
        "The decision of the business rule task is an expression. Name one decision, "
        "and let gateways choose between several."
    ),
    "decision-unknown": _(
        "The decision that is asked is not among the files. Add its .dmn file, or "
        "correct the decision's id."
    ),
    "decision-not-run": _(
        "An expression of the decision, or of what it requires, cannot run. Correct it."
    ),
    "decision-twice": _(
        "Two models have a decision of one id, and only one of them answers. Give one "
        "another id."
    ),
    "decision-moved": _(
        "Until now a decision of another model has this id, which would answer no "
        "more. Give one another id, unless that is meant."
    ),
    "extension-unread": _(
        "What another tool wrote is kept, but nothing reads it. Check that it is not "
        "needed."
    ),
    "import-unknown": _(
        "The model that is imported is not among the files. Add its .dmn file, or "
        "correct the namespace."
    ),
    "import-circle": _(
        "The decision models import each other in a circle. Move what both need into a "
        "model of its own."
    ),
    "dmn-version": _(
        "The file is no DMN model of a version that is read here. Save it as DMN 1.3."
    ),
    "dmn-no-namespace": _(
        "The model has no namespace, so others cannot refer to it. Name one."
    ),
    "dmn-unknown-element": _(
        "DMN has no such element at this place. Remove it, or save the file again from "
        "its editor."
    ),
    "dmn-duplicate-id": _(
        "Two elements of the model have one id. Give one of them another id."
    ),
    "dmn-duplicate-name": _(
        "Two elements of the model have one name. Give each its own."
    ),
    "dmn-no-name": _("An element of the model has no name. Name it."),
    "dmn-import": _("What is imported is no DMN model. Remove the import."),
    "dmn-imported-values": _(
        "Values of another file are not read. Write the expression here."
    ),
    "dmn-requirement": _(
        "A requirement leads nowhere, or to what cannot be required. Draw it to an "
        "element of the model that can."
    ),
    "dmn-circle": _("The decisions require each other in a circle. Break it."),
    "dmn-two-expressions": _("Two expressions stand where one can. Keep one of them."),
    "dmn-part-missing": _("An expression is without one of its parts. Write it."),
    "dmn-row-length": _(
        "A row of the relation does not fit its columns. Give each column a value."
    ),
    "dmn-rule-length": _(
        "A rule does not fit the columns of its table. Give each column an entry."
    ),
    "dmn-hit-policy": _(
        "There is no such hit policy or aggregation. Choose one that there is."
    ),
    "dmn-crosstab": _("A crosstab table does not run here. Write its rules as rows."),
    "dmn-no-output": _("The table has no output. Add one."),
    "dmn-output-name": _("One of several outputs has no name of its own. Name each."),
    "table-gap": _(
        "The table has no rule for some inputs. Add a rule, or a default value of the "
        "output."
    ),
    "table-overlap": _(
        "Several rules match where the hit policy allows one. Narrow one of them, or "
        "choose another hit policy."
    ),
    "rule-unreachable": _(
        "A rule is never used: others decide before it. Delete it, or change the order "
        "of the rules."
    ),
    "table-not-analysed": _(
        "The table can be compared only in part. Check by hand what is left open, or "
        "split the table."
    ),
}

FORMS: dict[str, object] = {
    "component-not-run": _("The form's component does not run here. Use another one."),
    "unknown-property": _(
        "Nothing here would read this property of the component. Remove it, or correct "
        "its name."
    ),
    "property-value": _(
        "A property of the component has a value that does not run. Correct the value."
    ),
    "id-twice": _("Two components have one id. Rename one."),
    "key-clash": _("One answer would lie inside another. Rename one of the keys."),
    "key": _(
        "A key is no name, or names no question of the form. Write names joined by "
        "dots."
    ),
    "label": _("A question has no label. Give it one, in Kazakh."),
    "values": _(
        "The answers to choose from are not as they must be. Give each a label and a "
        "value of its own."
    ),
    "default": _("The default is no answer to the question. Correct it."),
    "validate": _("A limit does not run, or no answer keeps to it. Correct it."),
    "pattern": _("The regular expression does not run here. Write it more simply."),
    "pattern-alphabet": _(
        "The regular expression takes Russian letters alone, and refuses names in "
        "Kazakh. Add the letters that are named."
    ),
    "expression": _(
        "FEEL is missing, is too long, or stands where plain text does. Correct the "
        "value."
    ),
    "check": _(
        "A check of the form is not complete. Give it an expression and a message in "
        "Kazakh."
    ),
    "readonly": _(
        "A read-only question stands in a list whose items can move. Forbid adding and "
        "removing at the list."
    ),
    "rasim": _(
        "The property rasim asks for something in a way that does not run here. Choose "
        "what does."
    ),
    "document": _("The kind of document is not known. Choose one that is."),
    "accept": _("A type of file is not taken here. Choose one that is."),
    "text": _("The text cannot be shown as it stands. Write plain text."),
    "alt": _(
        "The picture has no words for who cannot see it. Say what it shows, in Kazakh."
    ),
    "source": _(
        "The picture would come from elsewhere. Name a document of the case, or put "
        "the picture into the form."
    ),
    "columns": _(
        "The columns of the table cannot be shown. Give each a label in Kazakh and a "
        "key."
    ),
    "component": _(
        "A component of the form is no JSON object. Correct it in the editor."
    ),
    "components": _(
        "The form, group or list holds no components. Add some, or remove it."
    ),
    "too-many": _("The form has too many components. Split it."),
    "translation": _("A text is missing in Russian or English. Add it."),
    "button": _(
        "The page has a button of its own, so this one is left out. Remove it."
    ),
}
