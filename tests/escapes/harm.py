"""What an escape leaves: a file that was read, an address asked, a page that runs."""

import contextlib
import re
import socket
import threading
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, Self

from lxml import html

# What a browser follows or fetches without asking what it is.
ADDRESSES = ("href", "src", "action", "formaction", "data", "poster", "srcset", "ping")
RUNS = re.compile(r"^[\s\x00-\x20]*(javascript|vbscript|data|file|blob):", re.I)
NEVER = ("iframe", "object", "embed", "base", "applet", "frame", "foreignobject")


class Told(Protocol):
    """An answer of the service."""

    status: int
    text: str
    media_type: str
    headers: list[tuple[str, str]]


@dataclass
class Trap:
    """A file that nobody may read and an address that nobody may ask."""

    secret: str
    places: dict[str, str]
    asked: list[str] = field(default_factory=list)

    @classmethod
    @contextlib.contextmanager
    def set(cls, folder: Path) -> Iterator[Self]:
        secret = f"rasim-{uuid.uuid4().hex}"
        file = folder / "secret"
        file.write_text(secret)
        with socket.create_server(("127.0.0.1", 0)) as server:
            address = f"http://127.0.0.1:{server.getsockname()[1]}/out"
            trap = cls(secret, {"@SECRET@": str(file), "@LISTENER@": address})
            threading.Thread(target=trap._listen, args=(server,), daemon=True).start()
            yield trap
            server.shutdown(socket.SHUT_RDWR)

    def sprung(self) -> bool:
        """Whether anybody came to the address."""
        return bool(self.asked)

    def _listen(self, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while True:
                connection, peer = server.accept()
                self.asked.append(str(peer))
                connection.close()


def harm_in(answer: Told, trap: Trap) -> list[str]:
    """What of an answer shows that somebody got out; nothing where all is well."""
    found = ["the file that nobody may read"] if trap.secret in answer.text else []
    found += [f"header {name}" for name, value in answer.headers if _splits(value)]
    if answer.media_type == "text/html" and answer.text:
        found += _runs(answer.text)
    return found


def _splits(value: str) -> bool:
    return any(sign in value for sign in "\r\n\0")


def _runs(page: str) -> list[str]:
    """Elements and attributes that would run, or ask another address."""
    found = []
    for element in html.document_fromstring(page).iter():
        if not isinstance(element.tag, str):
            continue
        if element.tag.lower() in NEVER:
            found.append(f"<{element.tag}>")
        if element.tag == "script" and not _is_ours(element):
            found.append(html.tostring(element, encoding="unicode")[:200])
        found += [
            f"{element.tag} {name}={value[:80]}"
            for name, value in element.attrib.items()
            if _is_harm(name.lower(), value)
        ]
    return found


def _is_ours(script: html.HtmlElement) -> bool:
    """By a nonce, which nobody outside knows, or from our own files."""
    source = script.get("src")
    return source.startswith("/static/") if source else bool(script.get("nonce"))


def _is_harm(name: str, value: str) -> bool:
    if name.startswith("on") or name in ("style", "srcdoc", "http-equiv"):
        return name != "http-equiv" or value.lower() == "refresh"
    if name.rpartition(":")[2] not in ADDRESSES:
        return False
    if RUNS.match(value):
        return True
    return value.startswith("//") or "127.0.0.1" in value
