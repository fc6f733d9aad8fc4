"""A web server under fire: each attempt is refused, and others are served meanwhile."""

import contextlib
import http.client
import io
import json
import os
import re
import socket
import statistics
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from urllib3.filepost import encode_multipart_formdata

from server import bootstrap
from tests import document_files
from tests.drawn import ask, line
from tests.e2e.service import HOST, Program, free_port
from tests.integration.conftest import SCHOOL, HeldClock
from tests.integration.house import House
from workflows import credentials, people
from workflows.model import Role
from workflows.people import Caller
from workflows.ports import SystemClock
from workflows.store.session import Store
from workflows.world import World

START_SECONDS = 60
# Of the processor, that the server spends from another's question to its answer: what
# other programs of the machine take meanwhile is no fault of the server's.
USUAL_SECONDS = 1.0  # half of the time
LONGEST_SECONDS = 5.0  # and always
TICKS = os.sysconf("SC_CLK_TCK")
MOST_MORE_MB = 400  # that the process holds at its peak, over what it does at rest
JSON = "application/json"


@dataclass
class Web:
    """One process with four threads; somebody asks it for tasks all the time."""

    port: int
    token: str
    process: int
    rest_mb: int = 0  # what the process held before all this
    seconds: list[float] = field(default_factory=list)
    statuses: set[int] = field(default_factory=set)

    def post(self, path: str, body: bytes, type_: str = JSON) -> tuple[int, str]:
        """Status and text of the answer; what is refused early is not sent whole."""
        connection = http.client.HTTPConnection(HOST, self.port, timeout=60)
        connection.putrequest("POST", path)
        connection.putheader("Authorization", f"Bearer {self.token}")
        connection.putheader("Content-Type", type_)
        connection.putheader("Content-Length", str(len(body)))
        connection.endheaders()
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.send(io.BytesIO(body))  # until it has heard enough
        answer = connection.getresponse()
        told = answer.read().decode()
        connection.close()
        return answer.status, told

    def files(self, path: str, part: str, **files: bytes) -> tuple[int, str]:
        """`d__bpmn` is the file d.bpmn."""
        named = [
            (part, (name.replace("__", "."), content))
            for name, content in files.items()
        ]
        body, type_ = encode_multipart_formdata(named)
        return self.post(path, body, type_)

    def raw(self, sent: bytes) -> bytes:
        """All that comes back on one connection until it is closed."""
        with socket.create_connection((HOST, self.port), timeout=60) as connection:
            with contextlib.suppress(OSError):  # it may have heard enough
                connection.sendall(sent)
                connection.shutdown(socket.SHUT_WR)
                return b"".join(iter(lambda: connection.recv(65_536), b""))
        return b""

    def peak_mb(self) -> int:
        """What the process has held at most."""
        told = Path(f"/proc/{self.process}/status").read_text()
        (peak,) = [one for one in told.splitlines() if one.startswith("VmHWM:")]
        return int(peak.split()[1]) // 1024

    @contextmanager
    def others(self) -> Iterator[None]:
        """Somebody works on while the block lasts; fails if they are held up."""
        self.seconds.clear()
        self.statuses.clear()
        is_over = threading.Event()
        worker = threading.Thread(target=self._work, args=(is_over,), daemon=True)
        worker.start()
        try:
            yield
            time.sleep(0.1)
        finally:
            is_over.set()
            worker.join(60)
        assert self.statuses == {200}
        assert statistics.median(self.seconds) < USUAL_SECONDS, self.seconds
        assert max(self.seconds) < LONGEST_SECONDS, self.seconds

    def _work(self, is_over: threading.Event) -> None:
        while not is_over.is_set() or not self.seconds:
            began = self.spent()
            self.statuses.add(self.look())
            self.seconds.append(self.spent() - began)

    def spent(self) -> float:
        """Seconds of the processor that the process has had."""
        told = Path(f"/proc/{self.process}/stat").read_text().rpartition(")")[2]
        user, system = told.split()[11:13]
        return (int(user) + int(system)) / TICKS

    def look(self, path: str = "/api/v1/tasks") -> int:
        request = urllib.request.Request(
            f"http://{HOST}:{self.port}{path}",
            headers={"Authorization": f"Bearer {self.token}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                answer.read()
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0


@pytest.fixture(scope="module")
def web(
    store: Store,
    database_url: str,
    callers: dict[str, Caller],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Web]:
    port = free_port()
    environment = {
        **os.environ,
        "DATABASE_URL": database_url,
        "RASIM_DATA": str(tmp_path_factory.mktemp("data")),
        "RASIM_SECRET_KEY": "x" * 40,
        "RASIM_PORT": str(port),
        "RASIM_WEB_PROCESSES": "1",
        "RASIM_WEB_THREADS": "4",
        "RASIM_API_PER_MINUTE": "0",
    }
    with Program(("web",), environment) as program:
        program.wait_for("Booting worker")
        children = Path(f"/proc/{program.process.pid}/task/{program.process.pid}")
        process = int((children / "children").read_text().split()[0])
        web = Web(port, "", process)
        until = time.monotonic() + START_SECONDS
        while web.look("/healthz") != 200 and time.monotonic() < until:
            time.sleep(0.1)
        web.rest_mb = web.peak_mb()
        yield web


@pytest.fixture(scope="module")
def task(store: Store, callers: dict[str, Caller], web: Web) -> str:
    """The id of a task; from here on the web server's caller has a token."""
    house = House(store, World(clock=HeldClock(), queue_of=bootstrap.queue_of), callers)
    with store.transaction() as tx:
        for role in (Role.DESIGNER, Role.SERVICE):
            people.add_membership(tx, login="clerk", role=role, office=SCHOOL)
        web.token = credentials.create_token(
            tx, SystemClock(), "clerk", valid_for=timedelta(days=1)
        )
    house.release(a__bpmn=line("fire", ask("a")))
    (row,) = house.tasks(house.start("fire"))
    return str(row.id)


LARGE = 50 << 20
TASKS, DEPLOYMENTS = "/api/v1/tasks", "/api/v1/deployments"
DOCTYPE = b'<!DOCTYPE d [<!ENTITY a "' + b"x" * 100_000 + b'">]><d>' + b"&a;" * 100_000
STEPS = [ask(f"a{number}", None, f"Step {number}") for number in range(10_000)]
NESTED = b"<d>" * 10_000 + b"</d>" * 10_000
FOR_EVER = {"expression": "for a in 1..900, b in 1..90 return string(a) + string(b)"}
KEYS = "".join(f"k{number}: 1\n" for number in range(40_000)).encode() + b"k1: 1\n"
WIDE = b"<d>" + b"<e/>" * 4_000_000 + b"</d>"
LEAST = b"  " * (LARGE // 2) + b"<d/>"
ATTEMPTS: dict[str, tuple[str, dict[str, bytes] | bytes, set[int]]] = {
    "50 MB of JSON": ("/api/v1/instances", b'"' + b"x" * LARGE, {413}),
    "50 MB of a drawing": (DEPLOYMENTS, {"d__bpmn": LEAST}, {413}),
    "50 MB of a document": ("@task/documents", {"a__pdf": bytes(LARGE)}, {413}),
    "a document that unpacks to 400 MB": (
        "@task/documents",
        {"a__docx": document_files.bomb_docx()},
        {422},
    ),
    "a document of 60,000 parts": (
        "@task/documents",
        {"a__docx": document_files.packed({f"p{n}": b"" for n in range(60_000)})},
        {422},
    ),
    "10,000 elements": (DEPLOYMENTS, {"d__bpmn": line("p", *STEPS)}, {422}),
    "10,000 elements beside each other": (
        DEPLOYMENTS,
        {
            "d__bpmn": line("p").replace(
                b"<bpmn:end", "".join(STEPS).encode() + b"<bpmn:end"
            )
        },
        {422},
    ),
    "4,000,000 elements of XML": (DEPLOYMENTS, {"d__bpmn": WIDE}, {422}),
    "10,000 levels of XML": (DEPLOYMENTS, {"d__bpmn": NESTED}, {422}),
    "an entity that grows": (DEPLOYMENTS, {"d__bpmn": DOCTYPE}, {422}),
    "an entity that grows in a model": (DEPLOYMENTS, {"d__dmn": DOCTYPE}, {422}),
    "100,000 levels of JSON": ("/api/v1/instances", b"[" * 100_000, {400}),
    "100,000 levels of a form": (DEPLOYMENTS, {"f__form__json": b"[" * 99_999}, {422}),
    "100,000 levels of YAML": (DEPLOYMENTS, {"procedure__yaml": b"[" * 99_999}, {422}),
    "40,000 keys of YAML": (DEPLOYMENTS, {"procedure__yaml": KEYS}, {422}),
    "FEEL that runs long": (
        "/api/v1/feel/evaluate",
        json.dumps(FOR_EVER).encode(),
        {422},
    ),
}


@pytest.mark.parametrize("name", ATTEMPTS)
def test_what_is_too_much_is_refused_and_others_go_on(
    web: Web, task: str, name: str
) -> None:
    path, sent, statuses = ATTEMPTS[name]
    path = path.replace("@task", f"{TASKS}/{task}")
    part = "file" if path.endswith("documents") else "files"

    with web.others():
        if isinstance(sent, bytes):
            status, told = web.post(path, sent)
        else:
            status, told = web.files(path, part, **sent)

    assert status in statuses, told[:500]
    problem = json.loads(told)
    assert problem.get("detail") or problem.get("findings") or problem.get("errors")
    assert web.peak_mb() < web.rest_mb + MOST_MORE_MB


def test_many_at_once_are_refused_one_by_one(web: Web, task: str) -> None:
    """All threads but one are taken, by what costs most of the processor."""
    content = {"d.bpmn": line("p", *STEPS)}
    found: list[int] = []

    def send() -> None:
        found.append(web.files(DEPLOYMENTS, "files", **content)[0])

    with web.others():
        senders = [threading.Thread(target=send) for _ in range(3)]
        for one in senders:
            one.start()
        for one in senders:
            one.join(60)

    assert found == [422] * 3


SMUGGLED = b"GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n"
TWO_MINDS = {
    "both lengths": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"Content-Length: 0\r\nContent-Length: 41\r\n\r\n",
    "a list of lengths": b"Content-Length: 0, 41\r\n\r\n",
    "a length with a sign": b"Content-Length: +0\r\n\r\n",
    "a length in hexadecimal": b"Content-Length: 0x0\r\n\r\n",
    "another coding": b"Transfer-Encoding: xchunked\r\n\r\n",
    "chunked is not last": b"Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n",
    "two codings": b"Transfer-Encoding: chunked\r\nTransfer-Encoding: x\r\n\r\n",
    "a blank before the colon": b"Transfer-Encoding : chunked\r\n\r\n0\r\n\r\n",
    "a folded header": b"X: a\r\n Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a tab in the coding": b"Transfer-Encoding: \x0bchunked\r\n\r\n0\r\n\r\n",
    "NUL in a header": b"X: a\0b\r\n\r\n",
    "a lone line feed": b"X: a\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "a chunk with a sign": b"Transfer-Encoding: chunked\r\n\r\n+0\r\n\r\n",
    "a chunk without an end": b"Transfer-Encoding: chunked\r\n\r\nfffffffff\r\nx",
}


@pytest.mark.parametrize("name", TWO_MINDS)
def test_a_request_in_two_minds_about_its_length_hides_no_other(
    web: Web, task: str, name: str
) -> None:
    head = b"POST /sign-in HTTP/1.1\r\nHost: x\r\n"

    answer = web.raw(head + TWO_MINDS[name] + SMUGGLED)

    told = re.findall(rb"HTTP/1.1 (\d+)", answer)
    assert set(told) <= {b"400", b"403", b"501"}, answer
    assert web.look() == 200


@pytest.mark.parametrize(
    "request_",
    [
        b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\n" + b"X: a\r\n" * 1_000 + b"\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nX-Y: a\rb\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(web: Web, task: str, request_: bytes) -> None:
    answer = web.raw(request_)

    assert answer == b"" or answer.startswith((b"HTTP/1.1 4", b"HTTP/1.1 5")), answer
    assert answer.count(b"HTTP/1.1 ") <= 1
    assert b"Traceback" not in answer
    assert web.look() == 200


def test_no_answer_names_what_serves(web: Web, task: str) -> None:
    answer = web.raw(b"GET /sign-in HTTP/1.0\r\nHost: x\r\n\r\n")

    for word in (b"gunicorn", b"werkzeug", b"python", b"flask"):
        assert word not in answer.partition(b"\r\n\r\n")[0].lower()
