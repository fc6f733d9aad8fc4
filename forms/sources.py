"""What a form needs from outside the case: lists to choose from, documents stored."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from forms.documents import Document
from forms.model import Option

# (name of the list, its parameters) -> the options now; "school" takes `under`, the
# code of the office under which the schools are. LookupError for an unknown name.
Lookup = Callable[[str, Mapping[str, Any]], Sequence[Option]]
# id -> the document, where this person may hand it in with this task; None otherwise.
Documents = Callable[[str], Document | None]


def no_lists(name: str, params: Mapping[str, Any]) -> Sequence[Option]:
    raise LookupError(f"no list {name} is known here")


def no_documents(document_id: str) -> Document | None:
    return None


@dataclass(frozen=True)
class Sources:
    """Both together, given by the use case that shows or takes a form."""

    lookup: Lookup = no_lists
    documents: Documents = no_documents
