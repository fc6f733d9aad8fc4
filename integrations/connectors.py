"""The Connectors port over HTTP: a job becomes one call to the system of its type."""

import json
import re
import time
from collections.abc import Iterable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any

import urllib3
from marshmallow import ValidationError
from urllib3.exceptions import HTTPError, ProtocolError, ReadTimeoutError
from urllib3.response import BaseHTTPResponse

from integrations import civil, health, nobd, notify, persons, timed
from integrations.operation import Operation, first_fault, plain
from workflows.ports import (
    BusinessError,
    Call,
    Clock,
    ConnectorFault,
    ConnectorRefusal,
    SystemClock,
)

OPERATIONS: tuple[Operation, ...] = (
    *persons.OPERATIONS,
    *civil.OPERATIONS,
    *nobd.OPERATIONS,
    *health.OPERATIONS,
    *notify.OPERATIONS,
)
JOB_TYPES = frozenset(operation.type for operation in OPERATIONS)
LARGEST_ANSWER = 256 * 1024  # bytes
CONNECT_SECONDS = 2.0
LONGEST_WAIT = 3_600.0  # seconds of Retry-After that are heeded
# 4xx that speak of the moment, not of the question.
PASSING = frozenset({408, 425, 429})

_PIECE = 64 * 1024
_LONG_DIGITS = re.compile(r"\d{10,}")


class HttpConnectors:
    """Every outside system behind one door; safe to share between threads.

    `urls` is the address that holds all systems (`http://host:port`, each under its
    own name), or the address of each by name. A call takes at most about
    `timeout_seconds`, connecting and reading the whole answer.
    """

    def __init__(
        self,
        urls: str | Mapping[str, str],
        *,
        timeout_seconds: float = 5.0,
        largest_answer: int = LARGEST_ANSWER,
        connections: int = 16,
        clock: Clock | None = None,
        operations: Iterable[Operation] = OPERATIONS,
    ) -> None:
        self._operations = {each.type: each for each in operations}
        self._urls = {
            each.type: _address(urls, each) for each in self._operations.values()
        }
        self._timeout_seconds = timeout_seconds
        self._largest_answer = largest_answer
        self._clock = clock or SystemClock()
        self._pool = timed.pool(num_pools=8, maxsize=connections, retries=False)

    def types(self) -> frozenset[str]:
        return frozenset(self._operations)

    def call(self, call: Call) -> dict[str, Any]:
        """One job's call. Messages of errors hold no personal data but the system's."""
        operation = self._operations.get(call.type)
        if operation is None:
            raise ConnectorRefusal(f"no outside system does the job type `{call.type}`")
        status, headers, body = self._post(operation, call, _question(operation, call))
        if status == 200:
            return _answer(operation, body)
        if status >= 500 or status in PASSING or status < 400:
            raise ConnectorFault(
                f"{operation.system} answered {status}: {_reason(body)}",
                retry_after_seconds=self._retry_after(headers),
            )
        if status == 409:
            told = _problem(body)
            code = told.get("code")
            if isinstance(code, str) and code in operation.business:
                raise BusinessError(code, _reason(body), {"code": code})
        raise ConnectorRefusal(
            f"{operation.system} refused {call.type} ({status}): {_reason(body)}"
        )

    def close(self) -> None:
        """Lets go of the pooled connections."""
        self._pool.clear()

    def _post(
        self, operation: Operation, call: Call, question: bytes
    ) -> tuple[int, Mapping[str, str], bytes]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Accept-Encoding": "identity",
            "Idempotency-Key": str(call.job_id),
        }
        ends_at = time.monotonic() + self._timeout_seconds
        try:
            try:
                response = self._send(operation, question, headers, ends_at)
            except ProtocolError:
                # A pooled connection that the other side had closed meanwhile. Once
                # more is safe: the key makes the effect happen once.
                response = self._send(operation, question, headers, ends_at)
            body = self._read(response, operation.system, ends_at)
        except ReadTimeoutError as e:
            raise self._too_long(operation.system) from e
        except (HTTPError, OSError) as e:
            raise ConnectorFault(
                f"{operation.system} did not answer: {type(e).__name__}"
            ) from e
        return response.status, response.headers, body

    def _too_long(self, system: str) -> ConnectorFault:
        return ConnectorFault(
            f"{system} took longer than {self._timeout_seconds} seconds"
        )

    def _send(
        self,
        operation: Operation,
        question: bytes,
        headers: Mapping[str, str],
        ends_at: float,
    ) -> BaseHTTPResponse:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise self._too_long(operation.system)
        return self._pool.request(
            "POST",
            self._urls[operation.type],
            body=question,
            headers=headers,
            preload_content=False,
            redirect=False,
            timeout=urllib3.Timeout(connect=min(CONNECT_SECONDS, left), read=left),
        )

    def _read(self, response: BaseHTTPResponse, system: str, ends_at: float) -> bytes:
        """The whole body, if it comes in time and is not too long."""
        pieces: list[bytes] = []
        size = 0
        done = False
        try:
            while piece := response.read1(_PIECE):
                pieces.append(piece)
                size += len(piece)
                if size > self._largest_answer:
                    raise ConnectorFault(
                        f"{system} answered over {self._largest_answer} bytes"
                    )
                if time.monotonic() > ends_at:
                    raise self._too_long(system)
            done = True
        finally:
            if done:
                response.release_conn()
            else:
                response.close()
        return b"".join(pieces)

    def _retry_after(self, headers: Mapping[str, str]) -> float | None:
        told = headers.get("Retry-After", "").strip()
        if told.isascii() and told.isdigit():
            return min(float(told[:9]), LONGEST_WAIT)
        try:
            then = parsedate_to_datetime(told)
        except ValueError:
            return None
        if then.tzinfo is None:
            then = then.replace(tzinfo=UTC)
        left = (then - self._clock.now()).total_seconds()
        return min(max(left, 0.0), LONGEST_WAIT)


def _address(urls: str | Mapping[str, str], operation: Operation) -> str:
    if isinstance(urls, str):
        return f"{urls.rstrip('/')}/{operation.system}{operation.path}"
    if operation.system not in urls:
        raise ValueError(f"the address of the system `{operation.system}` is missing")
    return urls[operation.system].rstrip("/") + operation.path


def _question(operation: Operation, call: Call) -> bytes:
    try:
        question = plain(operation.asks, call.variables)
    except ValidationError as e:
        name, reason = first_fault(e)
        raise ConnectorRefusal(
            f"{call.type} needs the variable `{name}`: {reason} "
            "Mend the case's variables or the task's input mapping."
        ) from e
    return json.dumps(question, ensure_ascii=False).encode()


def _answer(operation: Operation, body: bytes) -> dict[str, Any]:
    try:
        return plain(operation.answers, json.loads(body))
    except ValidationError as e:
        name, reason = first_fault(e)
        raise ConnectorFault(
            f"{operation.system}: answer field `{name}`: {reason}"
        ) from e
    except (ValueError, RecursionError) as e:
        raise ConnectorFault(f"{operation.system}: the answer is not JSON") from e


def _problem(body: bytes) -> dict[str, Any]:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    return told if isinstance(told, dict) else {}


def _reason(body: bytes) -> str:
    """The system's own words, cut short, with long numbers (an IIN, a phone) masked."""
    told = _problem(body)
    words = told.get("detail") or told.get("message") or told.get("code") or "no reason"
    return _LONG_DIGITS.sub("*", str(words))[:300]
