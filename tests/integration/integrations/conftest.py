"""Simulators over real HTTP on a free port, and connectors to them."""

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import urllib3

from integrations.connectors import HttpConnectors
from integrations.people import Family, Population, Story
from integrations.simulators import build, serving
from workflows.ports import Call

ON = date(2026, 4, 1)


class FixedClock:
    def now(self) -> datetime:
        return datetime(2026, 4, 1, 20, 0, tzinfo=UTC)  # 2 April, 01:00 in Almaty


@dataclass
class Outside:
    """The simulated world as a test sees it."""

    url: str
    people: Population
    connectors: HttpConnectors

    def call(
        self,
        type_: str,
        family: Family,
        key: uuid.UUID | None = None,
        number: str = "A-1",
        **more: Any,
    ) -> dict[str, Any]:
        variables = family.variables(number, datetime(2026, 4, 1, tzinfo=UTC))
        variables |= {"to": family.phone, "template": "accepted", "locale": "kk"}
        call = Call(key or uuid.uuid4(), type_, 1, variables | more)
        return self.connectors.call(call)

    def told(self, story: Story, nth: int = 0) -> Family:
        return self.people.told(story, nth)

    def get(self, path: str) -> Any:
        return urllib3.request("GET", self.url + path, timeout=5).json()

    def effects(self, kind: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.get(f"/_sim/effects?kind={kind}")["items"]
        return items

    def misbehave(self, system: str, mode: str, **more: Any) -> None:
        asked = {"system": system, "mode": mode} | more
        response = urllib3.request("POST", f"{self.url}/_sim/faults", json=asked)
        assert response.status == 201, response.data

    def behave(self) -> None:
        urllib3.request("DELETE", f"{self.url}/_sim/faults")


@pytest.fixture
def outside() -> Iterator[Outside]:
    app = build(seed=7, count=240, on=ON, clock=FixedClock())
    with serving(app) as url:
        connectors = HttpConnectors(url, timeout_seconds=2.0, clock=FixedClock())
        yield Outside(url, app.world.population, connectors)
        connectors.close()
