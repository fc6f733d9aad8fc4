"""What a DMN file says, as plain objects: before anything of it is compiled."""

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Place:
    """Where something stands, for messages: whose it is, and the nearest id."""

    owner_id: str
    owner_name: str
    element_id: str


@dataclass(frozen=True)
class Text:
    """One FEEL text; `key` names its tree. `language` is set where it is not FEEL."""

    key: str
    source: str
    unary: bool
    place: Place
    language: str | None = None


@dataclass(frozen=True)
class Variable:
    name: str
    type: str | None


@dataclass(frozen=True)
class Boxed:
    """A boxed expression; `type` is the name of the type it is to give."""

    place: Place
    type: str | None


@dataclass(frozen=True)
class Literal(Boxed):
    text: Text | None


@dataclass(frozen=True)
class Entry:
    """One line of a context; the one without a name is its result."""

    variable: Variable | None
    value: Boxed | None
    place: Place


@dataclass(frozen=True)
class Context(Boxed):
    entries: tuple[Entry, ...]


@dataclass(frozen=True)
class Binding:
    parameter: Variable
    value: Boxed | None


@dataclass(frozen=True)
class Invocation(Boxed):
    function: Boxed | None
    bindings: tuple[Binding, ...]


@dataclass(frozen=True)
class Listed(Boxed):
    items: tuple[Boxed, ...]


@dataclass(frozen=True)
class Relation(Boxed):
    columns: tuple[Variable, ...]
    rows: tuple[tuple[Boxed, ...], ...]


@dataclass(frozen=True)
class FunctionDefinition(Boxed):
    """`kind` is FEEL, Java or PMML; only FEEL runs here."""

    parameters: tuple[Variable, ...]
    body: Boxed | None
    kind: str


@dataclass(frozen=True)
class Conditional(Boxed):
    condition: Boxed | None
    then: Boxed | None
    otherwise: Boxed | None


@dataclass(frozen=True)
class Filter(Boxed):
    source: Boxed | None
    match: Boxed | None


@dataclass(frozen=True)
class Iteration(Boxed):
    """`word` is `for`, `some` or `every`."""

    word: str
    variable: str
    source: Boxed | None
    body: Boxed | None


@dataclass(frozen=True)
class InputClause:
    expression: Text | None
    type: str | None
    values: Text | None
    place: Place


@dataclass(frozen=True)
class OutputClause:
    name: str | None
    type: str | None
    values: Text | None
    default: Text | None
    place: Place


@dataclass(frozen=True)
class Rule:
    """An entry is None where it is empty: any input, null as output."""

    place: Place
    inputs: tuple[Text | None, ...]
    outputs: tuple[Text | None, ...]


@dataclass(frozen=True)
class Table(Boxed):
    """`policy` is as in the file (`UNIQUE`), `aggregation` too (`SUM`), or None."""

    policy: str
    aggregation: str | None
    inputs: tuple[InputClause, ...]
    outputs: tuple[OutputClause, ...]
    rules: tuple[Rule, ...]


@dataclass(frozen=True)
class Reference:
    """An element, by id; `namespace` is None within the model."""

    namespace: str | None
    id: str

    def __str__(self) -> str:
        return self.id if self.namespace is None else f"{self.namespace}#{self.id}"


# An element has a `name`, by which expressions read it: that of its variable. The
# standard wants its `title`, which people see, to be the same; editors let it differ.


@dataclass(frozen=True)
class Input:
    id: str
    name: str
    title: str
    type: str | None


@dataclass(frozen=True)
class Decision:
    id: str
    name: str
    title: str
    type: str | None
    logic: Boxed | None
    inputs: tuple[Reference, ...]
    decisions: tuple[Reference, ...]
    knowledge: tuple[Reference, ...]


@dataclass(frozen=True)
class KnowledgeModel:
    """A business knowledge model."""

    id: str
    name: str
    title: str
    type: str | None
    function: FunctionDefinition | None
    knowledge: tuple[Reference, ...]


@dataclass(frozen=True)
class Service:
    id: str
    name: str
    title: str
    type: str | None
    outputs: tuple[Reference, ...]
    encapsulated: tuple[Reference, ...]
    input_decisions: tuple[Reference, ...]
    inputs: tuple[Reference, ...]


Element: TypeAlias = Input | Decision | KnowledgeModel | Service


@dataclass(frozen=True)
class FunctionItem:
    parameters: tuple[Variable, ...]
    result: str | None


@dataclass(frozen=True)
class ItemDefinition:
    """A type: of another one (`type`), of components, or of functions."""

    name: str
    type: str | None
    components: tuple["ItemDefinition", ...]
    function: FunctionItem | None
    collection: bool
    allowed: Text | None
    constraint: Text | None
    place: Place


@dataclass(frozen=True)
class ImportedModel:
    name: str
    namespace: str
    language: str


@dataclass(frozen=True)
class Drawn:
    """A whole file; `elements` by id, in the order of the file."""

    namespace: str
    name: str
    imports: tuple[ImportedModel, ...]
    items: tuple[ItemDefinition, ...]
    elements: dict[str, Element]
