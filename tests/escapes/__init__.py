"""The escape corpus: attempts to break out, as data, each with the door it comes to.

An attempt says what is sent and what has to come of it; README.md explains the words.
"""

import base64
import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

FOLDER = Path(__file__).parent
HARMLESS = "harmless"  # in the place of how it is refused


@dataclass(frozen=True)
class Attempt:
    """One attempt; what of `sent` means what is said by its door."""

    name: str
    door: str
    sent: dict[str, Any]
    refused: str  # "422 rule": status, and what it is refused by; or HARMLESS
    said: str  # what the refusal tells beside that: a place, or how to mend it
    shown: str  # what a page has to show of it, as text


def attempts(file: str) -> list[Attempt]:
    """The attempts of a file of the corpus, in its order."""
    read = yaml.safe_load((FOLDER / file).read_text(encoding="utf-8"))
    found = [
        Attempt(
            told.pop("name"),
            told.pop("door", read["door"]),
            refused=str(told.pop("refused")),
            said=told.pop("said", ""),
            shown=told.pop("shown", ""),
            sent=told,
        )
        for told in read["attempts"]
    ]
    names = [one.name for one in found]
    assert len(set(names)) == len(names), f"{file}: a name is there twice"
    return found


def files() -> list[str]:
    return sorted(one.name for one in FOLDER.glob("*.yaml"))


def text(told: Any, places: dict[str, str]) -> str:
    """What is sent: a text, or pieces of it, some of them many times."""
    return "".join(_pieces(told, places))


def content(told: Any, places: dict[str, str]) -> bytes:
    """The bytes of a file: of a text, or as base64, or at random."""
    if isinstance(told, dict) and "base64" in told:
        return base64.b64decode(told["base64"])
    if isinstance(told, dict) and "random" in told:
        return os.urandom(told["random"])
    encoding = told.get("as", "utf-8") if isinstance(told, dict) else "utf-8"
    return text(told, places).encode(encoding, "surrogatepass")


def _pieces(told: Any, places: dict[str, str]) -> Iterator[str]:
    if isinstance(told, list):
        for one in told:
            yield from _pieces(one, places)
    elif isinstance(told, dict):
        once = text(told["of"], places)
        for number in range(told.get("times", 1)):
            yield once.replace("@N@", str(number)) if "@N@" in once else once
    else:
        for name, value in places.items():
            told = told.replace(name, value)
        yield told
