"""Reading a DMN file: the requirements graph, the types, the imports."""

from collections.abc import Callable, Mapping

from lxml import etree

from workflows.dmn.boxed_reading import find_boxed, read_function
from workflows.dmn.elements import (
    Decision,
    Drawn,
    Element,
    FunctionDefinition,
    FunctionItem,
    ImportedModel,
    Input,
    ItemDefinition,
    KnowledgeModel,
    Place,
    Reference,
    Service,
    Variable,
)
from workflows.dmn.xml import NAMESPACES, NOWHERE, Sheet, local

# What stands in a model, and is a matter of people, or of drawing.
_SILENT_ROOTS = frozenset(
    {
        "association",
        "elementCollection",
        "group",
        "knowledgeSource",
        "organizationUnit",
        "performanceIndicator",
        "textAnnotation",
        "businessContextElement",
        "artifact",
    }
)
_SILENT_PARTS = frozenset(
    {
        "authorityRequirement",
        "decisionMaker",
        "decisionOwner",
        "impactedPerformanceIndicator",
        "supportedObjective",
        "usingProcess",
        "usingTask",
        "variable",
    }
)
_ITEM_PARTS = frozenset(
    {"typeRef", "allowedValues", "typeConstraint", "itemComponent", "functionItem"}
)
_SERVICE_PARTS = frozenset(
    {"outputDecision", "encapsulatedDecision", "inputDecision", "inputData"}
)


def read_drawn(root: etree._Element, file: str) -> tuple[Drawn, Sheet]:
    """The file as plain objects, and the sheet that tells what is wrong with it."""
    xmlns = etree.QName(root).namespace or ""
    sheet = Sheet(file, root.get("namespace", ""), xmlns)
    if local(root) != "definitions" or xmlns not in NAMESPACES:
        sheet.error(
            None,
            "dmn-version",
            "The file is not a DMN model of a version that is read here (1.2 to 1.6). "
            "Open it in an editor of DMN, and save it as DMN 1.3.",
        )
        return Drawn("", "", (), (), {}), sheet
    sheet.language = root.get("expressionLanguage")
    if not sheet.namespace:
        sheet.error(
            None,
            "dmn-no-namespace",
            "The model has no namespace: others cannot refer to it. Name it in "
            "the attribute namespace of <definitions>.",
        )
    _check_ids(sheet, root)
    return _Reading(sheet).drawn(root), sheet


def _check_ids(sheet: Sheet, root: etree._Element) -> None:
    """Every id once; those of the diagram are no concern of decisions."""
    found: dict[str, etree._Element] = {}
    for element in root.iter("{*}*"):
        own = element.get("id")
        if own is None or etree.QName(element).namespace != sheet.xmlns:
            continue
        if own in found:
            sheet.error(
                own,
                "dmn-duplicate-id",
                f"Line {element.sourceline}: the id {own} is that of line "
                f"{found[own].sourceline} too. Give one of them another id.",
            )
        found[own] = element


class _Reading:
    """Turns the children of `definitions` into plain objects."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self.imports: list[ImportedModel] = []
        self.items: list[ItemDefinition] = []
        self.elements: dict[str, Element] = {}

    def drawn(self, root: etree._Element) -> Drawn:
        sheet = self.sheet
        known = frozenset(_ROOTS) | _SILENT_ROOTS | {"import", "itemDefinition"}
        for child in root:
            if child.tag == f"{{{sheet.xmlns}}}import":
                self._import(child)
        for name, child in sheet.children(root, NOWHERE, known):
            if name == "itemDefinition":
                self.items.append(self._item(child, NOWHERE))
            elif name in _ROOTS:
                self._element(_ROOTS[name], child)
        self._check_names()
        return Drawn(
            sheet.namespace,
            root.get("name", ""),
            tuple(self.imports),
            tuple(self.items),
            self.elements,
        )

    def _import(self, element: etree._Element) -> None:
        namespace = element.get("namespace", "")
        name = element.get("name", "")
        language = element.get("importType", "")
        self.sheet.prefixes[namespace] = name
        self.imports.append(ImportedModel(name, namespace, language))
        if "/spec/DMN/" not in language:
            self.sheet.error(
                element.get("id"),
                "dmn-import",
                f"Line {element.sourceline}: the import {name} is not of a DMN model "
                f"({language or 'it has no importType'}). Remove it.",
            )

    def _element(
        self,
        read: Callable[["_Reading", etree._Element, Place, Variable], Element],
        element: etree._Element,
    ) -> None:
        title = element.get("name", "")
        place = Place(element.get("id") or title, title, element.get("id") or title)
        variable = next((one for one in element if local(one) == "variable"), None)
        kept = None if variable is None else self.sheet.variable(variable)
        name = (kept.name if kept else "") or title
        if not name:
            self.sheet.error(
                place.element_id or None,
                "dmn-no-name",
                f"Line {element.sourceline}: <{local(element)}> has no name. Name it.",
            )
        self.elements[place.owner_id] = read(
            self, element, place, Variable(name, kept.type if kept else None)
        )

    def decision(
        self, element: etree._Element, place: Place, variable: Variable
    ) -> Element:
        needs = self._requirements(element, place)
        also = _SILENT_PARTS | {"informationRequirement", "knowledgeRequirement"}
        logic = find_boxed(self.sheet, element, place, also)
        return Decision(
            place.owner_id,
            variable.name,
            place.owner_name,
            variable.type,
            logic,
            tuple(needs["requiredInput"]),
            tuple(needs["requiredDecision"]),
            tuple(needs["requiredKnowledge"]),
        )

    def input(
        self, element: etree._Element, place: Place, variable: Variable
    ) -> Element:
        for _ in self.sheet.children(element, place, frozenset({"variable"})):
            pass  # The rest is refused by the walk itself.
        return Input(place.owner_id, variable.name, place.owner_name, variable.type)

    def knowledge_model(
        self, element: etree._Element, place: Place, variable: Variable
    ) -> Element:
        function: FunctionDefinition | None = None
        known = _SILENT_PARTS | {"encapsulatedLogic", "knowledgeRequirement"}
        for name, child in self.sheet.children(element, place, known):
            if name == "encapsulatedLogic":
                function = read_function(self.sheet, child, place)
        knowledge = self._requirements(element, place)["requiredKnowledge"]
        return KnowledgeModel(
            place.owner_id,
            variable.name,
            place.owner_name,
            variable.type,
            function,
            tuple(knowledge),
        )

    def service(
        self, element: etree._Element, place: Place, variable: Variable
    ) -> Element:
        found: dict[str, list[Reference]] = {name: [] for name in _SERVICE_PARTS}
        known = _SERVICE_PARTS | _SILENT_PARTS
        for name, child in self.sheet.children(element, place, known):
            if name in found:
                found[name].append(self.sheet.reference(child))
        return Service(
            place.owner_id,
            variable.name,
            place.owner_name,
            variable.type,
            tuple(found["outputDecision"]),
            tuple(found["encapsulatedDecision"]),
            tuple(found["inputDecision"]),
            tuple(found["inputData"]),
        )

    def _requirements(
        self, element: etree._Element, place: Place
    ) -> dict[str, list[Reference]]:
        found: dict[str, list[Reference]] = {
            "requiredInput": [],
            "requiredDecision": [],
            "requiredKnowledge": [],
        }
        for child in element:
            if local(child) not in ("informationRequirement", "knowledgeRequirement"):
                continue
            at = self.sheet.at(child, place)
            for name, one in self.sheet.children(child, at, frozenset(found)):
                found[name].append(self.sheet.reference(one))
        return found

    def _item(self, element: etree._Element, place: Place) -> ItemDefinition:
        name = element.get("name", "")
        at = self.sheet.at(element, Place("", name, place.element_id))
        kept = self.sheet.type_of(element)
        components, texts = [], {}
        function = None
        for part, child in self.sheet.children(element, at, _ITEM_PARTS):
            if part == "typeRef":
                kept = self.sheet.type_name(child, child.text)
            elif part == "itemComponent":
                components.append(self._item(child, at))
            elif part == "functionItem":
                function = self._function_item(child)
            else:
                texts[part] = self.sheet.text(child, at, unary=True)
        return ItemDefinition(
            name,
            kept,
            tuple(components),
            function,
            element.get("isCollection", "false").strip() in ("true", "1"),
            texts.get("allowedValues"),
            texts.get("typeConstraint"),
            at,
        )

    def _function_item(self, element: etree._Element) -> FunctionItem:
        result = self.sheet.type_name(element, element.get("outputTypeRef"))
        parameters = tuple(
            Variable(child.get("name", ""), self.sheet.type_of(child))
            for child in element
            if local(child) == "parameters"
        )
        return FunctionItem(parameters, result)

    def _check_names(self) -> None:
        """Two of one name cannot be told apart by those who ask by name."""
        seen: dict[str, str] = {}
        for element in self.elements.values():
            if element.name in seen:
                self.sheet.error(
                    element.id,
                    "dmn-duplicate-name",
                    f'"{element.name}" is the name of {seen[element.name]} as well. '
                    "Give each its own name.",
                )
            seen[element.name] = element.id


_ROOTS: Mapping[str, Callable[[_Reading, etree._Element, Place, Variable], Element]] = {
    "decision": _Reading.decision,
    "inputData": _Reading.input,
    "businessKnowledgeModel": _Reading.knowledge_model,
    "decisionService": _Reading.service,
}
