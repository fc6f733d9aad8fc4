"""A client of the API that costs little, for it shares the machine with the service."""

import http.client
import itertools
import json
import threading
import uuid
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_SECONDS = 120


def composed(
    token: str, body: Any, key: str | None
) -> tuple[bytes | None, dict[str, str]]:
    """The body, if there is one, and the headers of a call."""
    headers = {"Authorization": f"Bearer {token}"}
    if body is not None:
        headers["Content-Type"] = "application/json"
    if key is not None:
        headers["Idempotency-Key"] = key
    return None if body is None else json.dumps(body).encode(), headers


class Client:
    """JSON calls; each thread has a connection of its own, which is kept."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = (parts.hostname or "", parts.port or 80)
        self._local = threading.local()

    def call(
        self,
        method: str,
        path: str,
        token: str,
        body: Any = None,
        *,
        key: str | None = None,
    ) -> Any:
        """The answer; RuntimeError with what was said if it is a refusal."""
        return self._send(method, path, *composed(token, body, key))

    def deploy(self, token: str, files: dict[str, bytes]) -> Any:
        """Release files together, as the designer's page does."""
        edge = uuid.uuid4().hex
        parts = [
            f'--{edge}\r\nContent-Disposition: form-data; name="files";'
            f' filename="{name}"\r\n\r\n'.encode()
            + source
            + b"\r\n"
            for name, source in files.items()
        ]
        headers = {
            "Authorization": f"Bearer {token}",
            "Content-Type": f"multipart/form-data; boundary={edge}",
        }
        said = b"".join(parts) + f"--{edge}--\r\n".encode()
        return self._send("POST", "/api/v1/deployments", said, headers)

    def _send(
        self, method: str, path: str, said: bytes | None, headers: dict[str, str]
    ) -> Any:
        for attempt in itertools.count():
            connection = self._connection()
            try:
                connection.request(method, path, said, headers)
                answer = connection.getresponse()
                text = answer.read()
                break
            except (http.client.HTTPException, OSError):
                # The server closed it while it lay idle; the key makes once of twice.
                connection.close()
                if attempt:
                    raise
        if answer.status >= 400:
            raise RuntimeError(f"{method} {path}: {answer.status} {text.decode()}")
        return json.loads(text)

    def _connection(self) -> http.client.HTTPConnection:
        found: http.client.HTTPConnection | None = getattr(self._local, "link", None)
        if found is None:
            found = self._local.link = http.client.HTTPConnection(
                *self._address, timeout=TIMEOUT_SECONDS
            )
        return found
