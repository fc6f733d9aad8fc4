"""Two schools with the same things in them; what is the other's holds a mark."""

import io
import uuid
from dataclasses import dataclass, field

from flask import Flask

from tests.drawn import ask, job, line, step
from tests.integration.api.callers import Caller, make_caller
from workflows.model import Role
from workflows.store.session import Store

OURS, THEIRS = "school-1", "school-2"
# In all that the other school keeps, and in no request: hypothesis tries what stands
# in our files as it is, and an answer may tell again what was asked for.
MARK = f"zq{7319}secret"
SCRIPT = '<zeebe:script expression="=gone" resultVariable="x"/>'
DRAWINGS = {
    "fuzz.bpmn": line("fuzz", ask("work", None, "Жұмыс"), ask("next", None, "Соң")),
    "fuzz_job.bpmn": line("fuzz_job", job("tell", "notify", "Хабарлау")),
    "fuzz_fault.bpmn": line("fuzz_fault", step("scriptTask", "s", SCRIPT, "Есеп")),
}
KINDS = (
    "instance_id",
    "task_id",
    "document_id",
    "job_id",
    "incident_id",
    "webhook_id",
)
API = "/api/v1"


@dataclass
class School:
    """What a school has, by the name of the parameter that asks for it."""

    code: str
    program: Caller
    clerk: Caller
    said: str  # in all that it keeps
    ids: dict[str, list[str]] = field(default_factory=dict)

    def fill(self, rounds: int) -> None:
        """Some more of everything; what was there stays."""
        for _ in range(rounds):
            case = self._start("fuzz")
            task = self._of(self.clerk, "tasks", case)
            self._keep(instance_id=case, task_id=task)
            self._keep(document_id=self._file(task))
            self._keep(job_id=self._of(self.program, "jobs", self._start("fuzz_job")))
            fault = self._start("fuzz_fault")
            self._keep(incident_id=self._of(self.program, "incidents", fault))
        self._be_told()

    def every_id(self) -> set[str]:
        return {one for ids in self.ids.values() for one in ids}

    def _be_told(self) -> None:
        """One webhook: nobody has many."""
        if "webhook_id" not in self.ids:
            told = {
                "url": f"https://{self.said}.example.kz",
                "events": ["task.created"],
            }
            answer = self.program.post(f"{API}/webhooks", told)
            assert answer.status_code == 201, answer.text
            self._keep(webhook_id=str(answer.json["id"]))

    def _start(self, key: str) -> str:
        told = {
            "process_key": key,
            "office": self.code,
            "business_key": f"{self.said} {uuid.uuid4()}",
            "variables": {self.said: self.said, "child": {"name": self.said}},
        }
        answer = self.program.post(f"{API}/instances", told)
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def _file(self, task: str) -> str:
        file = (io.BytesIO(f"{self.said};1\n".encode()), f"{self.said}.csv")
        path = f"{API}/tasks/{task}/documents"
        answer = self.clerk.post(path, data={"file": file})
        assert answer.status_code == 201, answer.text
        return str(answer.json["id"])

    def _of(self, caller: Caller, noun: str, case: str) -> str:
        answer = caller.get(f"{API}/{noun}", instance_id=case)
        assert answer.status_code == 200, answer.text
        return str(answer.json["items"][0]["id"])

    def _keep(self, **made: str) -> None:
        for kind, one in made.items():
            self.ids.setdefault(kind, []).append(one)


def school(app: Flask, store: Store, code: str, said: str) -> School:
    program = make_caller(app, store, f"program of {code}", Role.SERVICE, code)
    clerk = make_caller(app, store, f"clerk of {code}", Role.CLERK, code)
    return School(code, program, clerk, said)
