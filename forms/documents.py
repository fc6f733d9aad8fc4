"""Documents that a question may ask for: media types taken, kinds with their names."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

from forms.texts import Texts

_OFFICE = "application/vnd.openxmlformats-officedocument."
# What a person may hand in, and the store keeps: none of it runs where it is opened.
ENDINGS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        ".pdf": ("application/pdf",),
        ".jpg": ("image/jpeg",),
        ".jpeg": ("image/jpeg",),
        ".png": ("image/png",),
        ".tif": ("image/tiff",),
        ".tiff": ("image/tiff",),
        ".docx": (f"{_OFFICE}wordprocessingml.document",),
        ".xlsx": (f"{_OFFICE}spreadsheetml.sheet",),
        ".odt": ("application/vnd.oasis.opendocument.text",),
        ".txt": ("text/plain",),
        ".csv": ("text/csv",),
    }
)
ACCEPTED = tuple(dict.fromkeys(one for each in ENDINGS.values() for one in each))


@dataclass(frozen=True)
class DocumentKind:
    """A kind of document, in the words of the law, and how it may be handed in."""

    name: Texts
    accept: tuple[str, ...]


@dataclass(frozen=True)
class Document:
    """A document that is stored already, as its store tells it; `size` in bytes.

    `field` is the question that it was added for, as the form's file has its path
    (`children[].passport`); None where it may answer any.
    """

    id: str
    name: str
    media_type: str
    size: int
    field: str | None = None


def is_of(media_type: str, accepted: str) -> bool:
    """Whether `image/png` is of `image/png` or `image/*`."""
    if accepted.endswith("/*"):
        return media_type.startswith(accepted[:-1])
    return media_type == accepted


@lru_cache(maxsize=1)
def kinds() -> Mapping[str, DocumentKind]:
    """The kinds that `properties.document` may name."""
    text = (files("forms.composed") / "documents.json").read_text("utf-8")
    found: dict[str, Any] = json.loads(text)
    return {
        name: DocumentKind(Texts(**each["name"]), tuple(each["accept"]))
        for name, each in found.items()
    }
