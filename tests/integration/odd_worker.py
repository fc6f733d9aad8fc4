"""A worker as it is, but for the world around it: a file says what happens there.

`{"nobd.check": "stay"}`: answer, fault, die; stay, until the file says something else,
and then do that. "due" and "message": die. Calls are written, one a line, beside it.
"""

import json
import os
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from integrations.connectors import JOB_TYPES
from server import bootstrap, worker
from server.bulkheads import Gates
from server.settings import Settings
from workflows import due, gates, job_claims, kept_messages, messages
from workflows.ports import Call, ConnectorFault

LOOK_SECONDS = 0.05
MOST_DEATHS = 1  # fewer than else: a worker takes seconds to start
ENDED = 9  # what a killed worker's exit says


class Told:
    """Connectors that do as the file says at that moment."""

    def __init__(self, plan: Path) -> None:
        self.plan = plan

    def types(self) -> frozenset[str]:
        return JOB_TYPES

    def call(self, call: Call) -> dict[str, Any]:
        how = self.now(call.type)
        with self.plan.with_suffix(".calls").open("a") as told:
            told.write(f"{call.type} {call.job_id} {how}\n")
        while how == "stay":
            time.sleep(LOOK_SECONDS)
            how = self.now(call.type)
        if how == "die":
            os._exit(ENDED)
        if how == "fault":
            raise ConnectorFault(f"{call.type} answered 503")
        return {}

    def now(self, what: str) -> str:
        return str(json.loads(self.plan.read_text()).get(what, "answer"))

    def or_end(self, what: str, work: Callable[..., Any]) -> Callable[..., Any]:
        """Ours, or the end of the worker, as the file says."""

        def do(*about: Any) -> Any:
            if self.now(what) == "die":
                os._exit(ENDED)
            return work(*about)

        return do


def main(plan: Path, environment: Mapping[str, str]) -> None:
    """In a process of its own, whose environment this is."""
    os.environ.clear()
    os.environ.update(environment)
    told = Told(plan)
    patch = pytest.MonkeyPatch()
    for module in (job_claims, due, messages):
        patch.setattr(module, "MOST_DEATHS", MOST_DEATHS)
    patch.setattr(gates, "FIRST_PROBE_SECONDS", 1)
    patch.setattr(bootstrap, "make_connectors", lambda _settings: told)
    patch.setattr(due, "_happen", told.or_end("due", due._happen))
    brought = told.or_end("message", kept_messages.from_buffer)
    patch.setattr(messages, "from_buffer", brought)
    stopping = Gates.stop_taking

    def stop_taking(ours: Gates) -> None:
        stopping(ours)
        plan.with_suffix(".stopping").touch()

    patch.setattr(Gates, "stop_taking", stop_taking)
    worker.run(Settings.from_environment())
