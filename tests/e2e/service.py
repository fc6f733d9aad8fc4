"""A whole Rásim as `rasim up` starts it, in a folder of its own, on a manual clock."""

import os
import queue
import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
import uuid
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from shutil import rmtree

import urllib3

from integrations.people import Population
from server import bootstrap, demo
from server.settings import Settings
from workflows import credentials, people
from workflows.model import Role

HOST = "127.0.0.1"
MONDAY = datetime.fromisoformat("2027-04-05T10:00:00+05:00")  # the intake is open
PROCEDURE = "first_grade_admission"
PASSWORD = "алты жеті сегіз тоғыз"
STAFF = ("aigul", "marat", "gulnar", "daniyar", "askar")
# Where no application ever comes, and no program.
IDLE_CLERK, IDLE_SUPERVISOR, IDLE_ADMINISTRATOR = "bota", "serik", "raushan"
GUARDED = "dana"  # as idle, and with a second step as soon as a test sets it up
START_SECONDS = 120
STOP_SECONDS = 60
LINES_KEPT = 200
MOVE_SECONDS = 60  # in which a case gets on, on the busiest machine
LOOK_SECONDS = 0.1
TOKENS_LAST = timedelta(days=3650)  # the clock of the tests is ahead of the machine's


class ServiceFailed(Exception):
    """The service did what no test asked for."""


@dataclass(frozen=True)
class Application:
    """What a parent filed, and the case that it opened."""

    case_id: str
    number: str
    child: str
    phone: str


@dataclass(frozen=True)
class Service:
    """Its addresses, the tokens of its programs, and the families who may apply."""

    url: str
    program: "Program"
    environment: dict[str, str]
    tokens: dict[str, str]  # by login
    population: Population
    http: urllib3.PoolManager

    def end_cases(self, but=()):
        """End every case that tests before this one have left, but some."""
        while found := self.call("GET", "/instances?state=active&limit=200")["items"]:
            left = [one["id"] for one in found if one["id"] not in but]
            for case in left:
                self.call("POST", f"/instances/{case}/cancel", {"reason": "Сынақ"})
            if not left:
                return

    def names_of_tests(self):
        """Names in drawings that tests have released, and numbers of their cases."""
        found = set()
        for one in self.call("GET", "/definitions?limit=200")["items"]:
            if one["kind"] == "process" and one["key"] != "first_grade_admission":
                told = self.call("GET", f"/definitions/{one['key']}?kind=process")
                found |= set(re.findall(r'name="([^"]+)"', told["xml"]))
                cases = self.call(
                    "GET", f"/instances?limit=200&process_key={one['key']}"
                )
                found |= {each["business_key"] or "" for each in cases["items"]}
            elif one["kind"] != "process":
                found.add(one["name"])
        return found - {""}

    def call(self, method, path, body=None, *, by=demo.PORTAL):
        """A call of the API by the portal, or by somebody else; the answer's JSON.

        ServiceFailed for an error, with what was answered.
        """
        answer = self.http.request(
            method,
            f"{self.url}/api/v1{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.tokens[by]}"},
        )
        if answer.status >= 400:
            told = f"{method} {path}: {answer.status} {answer.data.decode()}"
            raise ServiceFailed("\n".join([told, *self.program.heard]))
        return answer.json()

    def release(self, files):
        """Release drawings and forms by name, as an administrator."""
        url = f"{self.url}/api/v1/deployments"
        fields = [("files", (name, content)) for name, content in files.items()]
        headers = {"Authorization": f"Bearer {self.tokens['askar']}"}
        answer = self.http.request("POST", url, fields=fields, headers=headers)
        if answer.status != 201:
            raise ServiceFailed(answer.data.decode())

    def now(self):
        return datetime.fromisoformat(self.call("GET", "/clock")["now"])

    def move_clock(self, **body):
        return self.call("POST", "/clock", body, by="askar")

    def file_application(self, family):
        """A parent applies, as the portal tells it."""
        number = f"A-2027-{uuid.uuid4().hex[:6].upper()}"
        body = {
            "process_key": PROCEDURE,
            "business_key": number,
            "office": family.wanted.bin,
            "variables": family.variables(number, self.now()),
        }
        case = self.call("POST", "/instances", body)
        return Application(case["id"], number, family.child.name, family.phone)

    def case(self, application):
        return self.call("GET", f"/instances/{application.case_id}")

    def task_of(self, application):
        """The id of the case's task for a person, as soon as there is one."""
        path = f"/tasks?instance_id={application.case_id}"
        return wait_until(lambda: self.call("GET", path)["items"])[0]["id"]

    def has_passed(self, application, element_id):
        """Whether a step of the case is completed."""
        path = f"/instances/{application.case_id}/history?limit=200"
        return any(
            event["type"] == "element.completed" and event["element_id"] == element_id
            for event in self.call("GET", path)["items"]
        )

    def messages_to(self, phone):
        """What the simulator of messages sent to a telephone."""
        told = self.simulate("GET", "messages", fields={"to": phone}).json()
        return [each["text"] for each in told["items"]]

    def simulate(self, method, path, **arguments):
        """A call of the simulators' own endpoints."""
        url = f"{self.environment['RASIM_SIMULATORS_URL']}/_sim/{path}"
        return self.http.request(method, url, **arguments)

    def families(self, story):
        """Those of one story who apply to the school whose clerks we are."""
        own = self.population.schools[0]
        return [f for f in self.population if f.wanted == own and f.story is story]


@contextmanager
def running():
    """Start, wait until the pages answer, make people; stop, and leave nothing."""
    # Not below pytest's folder: that one is closed to the user that root lends it.
    folder = Path(tempfile.mkdtemp(prefix="rasim-e2e-"))
    folder.chmod(0o711)
    port, simulators_port = str(free_port()), str(free_port())
    environment = {
        **os.environ,
        "RASIM_DATA": str(folder / "data"),
        "RASIM_DEMO": "0",
        "RASIM_MANUAL_CLOCK": "1",
        "RASIM_SIMULATORS_URL": f"http://{HOST}:{simulators_port}",
        "RASIM_WEB_PROCESSES": "1",
    }
    environment.pop("DATABASE_URL", None)
    simulators = ("simulators", "--port", simulators_port)
    up = ("up", "--port", port, "--manual-clock", "--workers", "1")
    try:
        with Program(simulators, environment), Program(up, environment) as program:
            program.wait_for("Rásim: http")
            with urllib3.PoolManager(retries=False, timeout=30) as http:
                yield make(f"http://{HOST}:{port}", program, environment, http)
    finally:
        rmtree(folder)


def demonstration(service):
    """The address of one more web server, whose sign-in page shows invented people."""
    return beside(service, RASIM_DEMO="1")


@contextmanager
def beside(service, **told):
    """The address of one more web server, with settings of its own."""
    port = str(free_port())
    environment = {**service.environment, **told, "RASIM_PORT": port}
    with Program(("web",), environment) as program:
        program.wait_for("Booting worker")
        yield f"http://{HOST}:{port}"


class Program:
    """A command of ours that runs until its block ends."""

    def __init__(self, arguments, environment):
        self.heard = deque(maxlen=LINES_KEPT)
        self.lines = queue.Queue()
        self.process = subprocess.Popen(
            [sys.executable, "-P", "-m", "server.cli", *arguments],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        # Reads to the end, whatever is waited for: a full pipe would stop the program.
        self.reader = threading.Thread(target=self._read, daemon=True)
        self.reader.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait(STOP_SECONDS)
        self.reader.join(STOP_SECONDS)
        self.process.stdout.close()

    def wait_for(self, text):
        """Until a line holds `text`; ServiceFailed with all that was said if not."""
        while line := self.lines.get(timeout=START_SECONDS):
            if text in line:
                return
        raise ServiceFailed("".join(self.heard))

    def _read(self):
        for line in self.process.stdout:
            self.heard.append(line)
            self.lines.put(line)
        self.lines.put("")


def make(url, program, environment, http):
    """Offices and people of the demonstration, with passwords; tokens for some."""
    population = bootstrap.make_population()
    # Its own clock is the machine's: only the moments of their making come from it.
    settings = replace(Settings.from_environment(environment), manual_clock=False)
    with bootstrap.opened(settings) as (store, world), store.transaction() as tx:
        demo.seed(tx, world, population)
        idle_school = population.schools[1]
        for login, name, role, office in (
            (IDLE_CLERK, "Бота Нұрқызы", Role.CLERK, idle_school.bin),
            (IDLE_SUPERVISOR, "Серік Маратұлы", Role.SUPERVISOR, idle_school.bin),
            (IDLE_ADMINISTRATOR, "Раушан Әлиқызы", Role.ADMINISTRATOR, idle_school.bin),
            (GUARDED, "Дана Ерланқызы", Role.CLERK, idle_school.bin),
        ):
            people.add_user(tx, world.clock, login=login, name=name)
            people.add_membership(tx, login=login, role=role, office=office)
        idle = (IDLE_CLERK, IDLE_SUPERVISOR, IDLE_ADMINISTRATOR)
        for login in (*STAFF, *idle, GUARDED):
            credentials.set_password(tx, login, PASSWORD)
        tokens = {
            login: credentials.create_token(
                tx, world.clock, login, valid_for=TOKENS_LAST, label="№ 7"
            )
            for login in (demo.PORTAL, "aigul", "askar")
        }
    service = Service(url, program, environment, tokens, population, http)
    service.move_clock(now=MONDAY.isoformat())
    return service


def wait_until(read):
    """What `read` gives as soon as it is something; ServiceFailed if it never is."""
    until = time.monotonic() + MOVE_SECONDS
    while time.monotonic() < until:
        if found := read():
            return found
        time.sleep(LOOK_SECONDS)
    raise ServiceFailed(f"waited {MOVE_SECONDS} s in vain")


def free_port():
    with socket.create_server((HOST, 0)) as probe:
        return probe.getsockname()[1]
