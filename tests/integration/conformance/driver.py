"""Plays a case by the public API, and tells what was otherwise than expected."""

import json
import shlex
from urllib.parse import parse_qsl

LOOKS = set("case cases open sees vars passed incident running ended canceled".split())


class Deviation(Exception):
    """The service did something else than the standard says."""


class Service:
    """The API as an administrator calls it."""

    def __init__(self, caller):
        self.caller = caller
        self.names = set()  # of messages and signals that were sent

    def call(self, method, path, body=None):
        """The status and the JSON of an answer."""
        path = f"/api/v1{path}"
        if method == "GET":
            place, _, query = path.partition("?")
            answer = self.caller.get(place, **dict(parse_qsl(query)))
        else:
            answer = self.caller.post(path, body)
        return answer.status_code, answer.json

    def deploy(self, files):
        answer = self.caller.post_files("/api/v1/deployments", files)
        return answer.status_code, answer.json


class Play:
    """One drawing: its cases, and the words of the steps as `do_...`."""

    def __init__(self, service, key):
        self.service, self.key, self.cases, self.known = service, key, [], []

    def get(self, path):
        status, told = self.service.call("GET", path)
        if status != 200:
            raise Deviation(f"GET {path}: {status} {told}")
        return told

    def items(self, path):
        joint = "&" if "?" in path else "?"
        items, cursor = [], ""
        while True:
            page = self.get(f"{path}{joint}limit=200{cursor}")
            items += page["items"]
            if not page.get("next_cursor"):
                return items
            cursor = f"&cursor={page['next_cursor']}"

    def post(self, path, body=None, expect=(200, 201, 202, 204)):
        status, told = self.service.call("POST", path, body)
        if status not in expect:
            raise Deviation(f"POST {path}: {status} {json.dumps(told)[:600]}")
        return told

    def settle(self):
        """Let what is due happen before it is looked at: signals, dates long past."""
        self.post("/clock", {"advance": "PT0S"})

    @property
    def case(self):
        return self.cases[-1]

    def step(self, line):
        word, *words = shlex.split(line) if "'" in line else line.split()
        if word in LOOKS:
            self.settle()
        getattr(self, f"do_{word}")(*words)

    # Doing ----------------------------------------------------------------------

    def do_begin(self, *values):
        body = {"process_key": self.key, "variables": read(values)}
        self.cases.append(self.post("/instances", body)["id"])
        self.known.append(self.case)

    def do_unstartable(self, *values):
        body = {"process_key": self.key, "variables": read(values)}
        status, told = self.service.call("POST", "/instances", body)
        if status < 400 or status >= 500:
            raise Deviation(f"started: {status} {told}")

    def do_case(self, number):
        """Look at the nth case of this drawing (from 1), however it began."""
        found = self.items(f"/instances?process_key={self.key}")
        self.known += [one["id"] for one in found if one["id"] not in self.known]
        if len(self.known) < int(number):
            raise Deviation(f"{len(self.known)} cases, not {number}")
        self.cases.append(self.known[int(number) - 1])

    def do_cases(self, number):
        found = self.items(f"/instances?process_key={self.key}")
        same("cases", len(found), int(number))

    def do_do(self, name, *values):
        name, _, nth = name.partition("#")
        found = [one for one in self.tasks() if one["element_id"] == name]
        found.sort(key=lambda one: one["created_at"])
        if not found:
            raise Deviation(f"no task {name}; open: {self.open()}")
        id_ = found[int(nth or 1) - 1]["id"]
        self.post(f"/tasks/{id_}/claim", {})
        self.post(f"/tasks/{id_}/complete", {"variables": read(values)})

    def do_pick(self, where, *values):
        """Complete the task whose variable has a value: `pick a.x=1 y=2`."""
        name, _, condition = where.partition(".")
        variable, _, value = condition.partition("=")
        for one in self.tasks():
            if one["element_id"] == name:
                seen = self.get(f"/tasks/{one['id']}")["variables"]
                if seen.get(variable) == read_value(value):
                    self.post(f"/tasks/{one['id']}/claim", {})
                    body = {"variables": read(values)}
                    self.post(f"/tasks/{one['id']}/complete", body)
                    return
        raise Deviation(f"no task {where}")

    def do_clock(self, advance):
        self.post("/clock", {"advance": advance})

    def do_message(self, name, *given):
        values, expect = list(given), None
        body = {"name": f"{name}_{self.key}"}
        self.service.names.add(("messages", body["name"]))
        while values and values[0].startswith("@"):
            kind, _, value = values.pop(0)[1:].partition("=")
            if kind == "key":
                body["correlation_key"] = value.strip('"')
            elif kind == "ttl":
                body["ttl_seconds"] = int(value)
            elif kind == "heard":
                expect = int(value)
        body["variables"] = read(values)
        told = self.post("/messages", body)
        if expect is not None:
            same("correlated", told["correlated"], expect)

    def do_signal(self, name, *values):
        body = {"name": f"{name}_{self.key}", "variables": read(values)}
        self.service.names.add(("signals", body["name"]))
        self.post("/signals", body)

    def do_retry(self, element, *values):
        found = [i for i in self.incidents() if i["element_id"] == element]
        if not found:
            raise Deviation(f"no incident at {element}")
        body = {"variables": read(values)} if values else {}
        self.post(f"/incidents/{found[0]['id']}/retry", body)

    def do_suspend(self):
        self.post(f"/instances/{self.case}/suspend")

    def do_resume(self):
        self.post(f"/instances/{self.case}/resume")

    def do_cancel(self):
        self.post(f"/instances/{self.case}/cancel")

    def stop(self):
        """Cancel what still runs; how many events each of the others has."""
        ended = {}
        for one in self.items(f"/instances?process_key={self.key}"):
            path = f"/instances/{one['id']}"
            if one["state"] in ("completed", "canceled"):
                ended[one["id"]] = self.get(f"{path}/history?limit=200")["total"]
            else:
                self.service.call("POST", f"{path}/cancel")
        return ended

    # Looking ----------------------------------------------------------------------

    def tasks(self):
        found = self.items(f"/tasks?instance_id={self.case}")
        return [one for one in found if one["state"] in ("created", "claimed")]

    def open(self):
        return sorted(one["element_id"] for one in self.tasks())

    def incidents(self):
        found = self.items(f"/incidents?instance_id={self.case}")
        return [one for one in found if one["state"] == "open"]

    def do_open(self, *names):
        same("open tasks", self.open(), sorted(names))

    def do_sees(self, name, *values):
        """What the only open task of an element sees."""
        found = [one for one in self.tasks() if one["element_id"] == name]
        same(f"number of {name}", len(found), 1)
        self.compare(self.get(f"/tasks/{found[0]['id']}")["variables"], values)

    def do_vars(self, *values):
        self.compare(self.get(f"/instances/{self.case}")["variables"], values)

    def compare(self, seen, values):
        for one in values:
            if one.startswith("-"):
                if one[1:] in seen:
                    raise Deviation(f"{one[1:]} is there: {seen[one[1:]]!r}")
                continue
            name, _, value = one.partition("=")
            if name not in seen:
                raise Deviation(f"no variable {name}: {seen}")
            same(f"variable {name}", seen[name], read_value(value))

    def do_incident(self, *names):
        found = sorted(one["element_id"] for one in self.incidents())
        same("incidents", found, sorted(names))

    def do_passed(self, *names):
        """Which of these were completed, in this order, and how often."""
        events = self.items(f"/instances/{self.case}/history")
        done = [e["element_id"] for e in events if e["type"] == "element.completed"]
        seen = [one for one in done if one in names]
        same("passed", seen, list(names))

    def do_running(self):
        self.state("active")

    def do_ended(self, kind=None, code=None):
        self.state("completed")
        by = self.get(f"/instances/{self.case}")["ended_by"]
        if kind is None:
            same("ended_by", by, None)
        else:
            same("ended_by", (by or {}).get("kind"), kind)
            if code:
                same("code", by.get("code"), code)
        if kind != "error":
            self.do_incident()
        self.do_open()
        self.no_jobs()

    def do_canceled(self):
        self.state("canceled")
        self.do_open()
        self.do_incident()
        self.no_jobs()

    def no_jobs(self):
        jobs = self.items(f"/jobs?instance_id={self.case}")
        left = [j for j in jobs if j["state"] not in ("done", "canceled", "completed")]
        if left:
            raise Deviation(f"jobs left: {left}")

    def state(self, expected):
        seen = self.get(f"/instances/{self.case}")
        if seen["state"] != expected:
            told = [(one["element_id"], one["message"]) for one in self.incidents()]
            raise Deviation(
                f"state {seen['state']}, not {expected}; open {self.open()}, {told}"
            )


def read(values):
    made = {}
    for one in values:
        name, _, value = one.partition("=")
        made[name] = read_value(value)
    return made


def read_value(text):
    try:
        return json.loads(text)
    except ValueError:
        return text


def same(what, seen, expected):
    if seen != expected:
        raise Deviation(f"{what}: {seen!r}, not {expected!r}")
