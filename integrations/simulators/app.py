"""The simulated systems as one WSGI application; calls are plain, for their speed."""

import json
import re
import time
from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any

from marshmallow import ValidationError

from integrations.connectors import OPERATIONS
from integrations.operation import first_fault, plain
from integrations.people import DEFAULT_COUNT, Population
from integrations.simulators.control import control_app
from integrations.simulators.faults import Fault, Faults, Mode
from integrations.simulators.journal import Journal, KeyReused
from integrations.simulators.systems import ALMATY, SERVICES, Refused, Service, World
from workflows.ports import Clock, SystemClock

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

LARGEST_QUESTION = 64 * 1024  # bytes
RETRY_AFTER_SECONDS = 1
JOURNAL = "simulators.jsonl"

_ASKS = {operation.type: operation.asks for operation in OPERATIONS}
_KEY = re.compile(r"[!-~]{1,200}\Z")


class Simulators:
    """WSGI application: `/<system>/v1/<operation>` here, `/_sim/...` in `control`."""

    def __init__(self, world: World, faults: Faults, latency_seconds: float) -> None:
        self.world = world
        self.faults = faults
        self.latency_seconds = latency_seconds
        self._control: WSGIApplication = control_app(world, faults)

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith("/_sim/"):
            return self._control(environ, start_response)
        status, body, headers = self._respond(path, environ)
        phrase = HTTPStatus(status).phrase
        headers += [
            ("Content-Type", "application/json"),
            ("Content-Length", str(len(body))),
        ]
        start_response(f"{status} {phrase}", headers)
        return [body]

    def _respond(
        self, path: str, environ: "WSGIEnvironment"
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        service = SERVICES.get(path)
        size = _size(environ)
        if size is None or size > LARGEST_QUESTION:
            refused = Refused(413, "too_large", f"At most {LARGEST_QUESTION} bytes")
            # What is left of the body would be read as the next request.
            return (*_told(refused), [("Connection", "close")])
        sent = environ["wsgi.input"].read(size)
        if service is None:
            return (*_told(Refused(404, "no_such_path", f"Nothing is at {path}")), [])
        if environ["REQUEST_METHOD"] != "POST":
            return (*_told(Refused(405, "post_only", "Only POST is answered here")), [])
        if self.latency_seconds:
            time.sleep(self.latency_seconds)
        fault = self.faults.take(service.system)
        if fault is None:
            return (*self._answer(service, sent, environ), [])
        return self._misbehave(fault, service, sent, environ)

    def _misbehave(
        self, fault: Fault, service: Service, sent: bytes, environ: "WSGIEnvironment"
    ) -> tuple[int, bytes, list[tuple[str, str]]]:
        if fault.mode is Mode.DOWN:
            refused = Refused(503, "down", "The system is not available")
            return (*_told(refused), [("Retry-After", str(RETRY_AFTER_SECONDS))])
        if fault.mode is Mode.ERROR:
            return (*_told(Refused(500, "error", "Something broke in the system")), [])
        if fault.mode is Mode.REJECT:
            return (*_told(Refused(422, "rejected", "The system refuses this")), [])
        if fault.mode is Mode.SLOW:
            self.faults.hold(fault)
        status, body = self._answer(service, sent, environ)
        if fault.mode is Mode.TIMEOUT:
            self.faults.hold(fault)
        if fault.mode is Mode.GARBAGE:
            return 200, b"<html>\xff{", []
        return status, body, []

    def _answer(
        self, service: Service, sent: bytes, environ: "WSGIEnvironment"
    ) -> tuple[int, bytes]:
        try:
            question = plain(_ASKS[service.kind], json.loads(sent))
            key = environ.get("HTTP_IDEMPOTENCY_KEY", "")
            if key and not _KEY.match(key):
                raise Refused(400, "key_malformed", "Idempotency-Key is malformed")
            answer = self._ask(service, question, key)
            return 200, json.dumps(answer, ensure_ascii=False).encode()
        except Refused as e:
            return _told(e)
        except KeyReused:
            detail = "This Idempotency-Key came with another question"
            return _told(Refused(422, "key_reused", detail))
        except ValidationError as e:
            name, reason = first_fault(e)
            return _told(Refused(400, "malformed", f"{name}: {reason}"))
        except (ValueError, RecursionError):
            return _told(Refused(400, "malformed", "The body is not JSON"))

    def _ask(
        self, service: Service, question: dict[str, Any], key: str
    ) -> dict[str, Any]:
        if service.effect:
            return self.world.once(key, service.kind, question, service.make)
        return service.make(self.world, question, key)

    def close(self) -> None:
        """Gives the state folder back."""
        self.world.journal.close()


def build(
    *,
    seed: int,
    state_folder: Path | None = None,
    count: int = DEFAULT_COUNT,
    on: date | None = None,
    latency_seconds: float = 0.0,
    clock: Clock | None = None,
) -> Simulators:
    """The application; with a state folder it remembers effects over restarts.

    `seed`, `count` and the year of `on` (default: today in Almaty) make the people.
    Raises StateMismatch if the folder was made with another seed or year.
    """
    clock = clock or SystemClock()
    on = on or clock.now().astimezone(ALMATY).date()
    path = state_folder / JOURNAL if state_folder else None
    journal = Journal(path, {"seed": seed, "year": on.year})
    world = World(Population(seed, count, on), journal, clock.now)
    return Simulators(world, Faults(clock.now), latency_seconds)


def _size(environ: "WSGIEnvironment") -> int | None:
    """Bytes of the body as announced; None for one that comes in chunks."""
    told = environ.get("CONTENT_LENGTH") or "0"
    if "chunked" in environ.get("HTTP_TRANSFER_ENCODING", "") or not told.isdigit():
        return None
    return int(told)


def _told(refused: Refused) -> tuple[int, bytes]:
    told = {"code": refused.code, "detail": refused.detail}
    return refused.status, json.dumps(told).encode()
