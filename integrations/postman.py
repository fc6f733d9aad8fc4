"""The Postman port over HTTPS: one address is looked up once, checked, and asked.

The name is looked up by us and the connection made to what was found, so that it cannot
mean another machine a moment later. Redirects are not followed, nothing is kept open.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from urllib.parse import SplitResult

from workflows.model import InputRefused
from workflows.ports import NotDelivered
from workflows.webhook_addresses import Network, checked, is_open, literal_of

MOST_SECONDS = 10.0
CONNECT_SECONDS = 4.0
AGENT = "Rasim-Webhooks/1"


class HttpsPostman:
    """Asks addresses that others chose; safe to share between threads.

    `own`: private networks that may be reached. A call takes `most_seconds` at most,
    but for the look-up of the name, which is the machine's own (`/etc/resolv.conf`).
    """

    def __init__(
        self, own: Sequence[Network] = (), *, most_seconds: float = MOST_SECONDS
    ) -> None:
        self._own = tuple(own)
        self._most_seconds = most_seconds
        self._trusted = ssl.create_default_context()

    def post(self, url: str, headers: Mapping[str, str], body: bytes) -> int:
        """The status that was answered; what else was said is not read."""
        try:
            parts = checked(url, self._own)
        except InputRefused as refused:
            raise NotDelivered(str(refused)) from refused
        port = parts.port or (443 if parts.scheme == "https" else 80)
        address = self._looked_up(parts, port)
        try:
            with (
                socket.create_connection((address, port), CONNECT_SECONDS) as plain,
                _at_most(self._most_seconds, plain),
            ):
                return self._ask(plain, parts, headers, body)
        except (http.client.HTTPException, OSError, ValueError) as error:
            raise NotDelivered(f"no answer: {type(error).__name__}") from error

    def _looked_up(self, parts: SplitResult, port: int) -> str:
        """The address to ask: every one that the name stands for must be open."""
        host = parts.hostname or ""
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise NotDelivered("the name of the host is not known") from error
        addresses = [str(each[4][0]) for each in found]
        for told in addresses:
            address = literal_of(told.partition("%")[0])
            if address is None or not is_open(address, self._own):
                raise NotDelivered("the host is in a closed network")
        return addresses[0]

    def _ask(
        self,
        plain: socket.socket,
        parts: SplitResult,
        headers: Mapping[str, str],
        body: bytes,
    ) -> int:
        told = {
            **headers,
            "Host": parts.netloc,
            "User-Agent": AGENT,
            "Accept-Encoding": "identity",
            "Connection": "close",
        }
        path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        with closing(http.client.HTTPConnection(parts.hostname or "")) as connection:
            connection.sock = plain
            if parts.scheme == "https":
                connection.sock = self._trusted.wrap_socket(
                    plain, server_hostname=parts.hostname
                )
            connection.request("POST", path, body, told)
            return connection.getresponse().status


@contextmanager
def _at_most(seconds: float, sock: socket.socket) -> Iterator[None]:
    """Hangs up when the time is over, and raises TimeoutError.

    A socket's own timeout begins anew with each piece: somebody who sends a letter now
    and then would hold the thread for ever.
    """
    is_late = threading.Event()
    with closing(sock.dup()) as handle:  # TLS takes the socket away from the first
        end = threading.Timer(seconds, _hang_up, [handle, is_late])
        end.start()
        try:
            yield
        finally:
            end.cancel()
            end.join()
    if is_late.is_set():  # half an answer reads like a whole one
        raise TimeoutError


def _hang_up(sock: socket.socket, is_late: threading.Event) -> None:
    is_late.set()
    try:
        sock.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended meanwhile
