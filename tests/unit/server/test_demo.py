"""The demonstration files its applications by the service's own time."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from integrations.people import Population
from server.demo import Cast, RefusedByApi, Stream

MONDAY = datetime.fromisoformat("2027-04-05T10:00:00+05:00")
PEOPLE = Population(seed=1, count=20, on=MONDAY.date())


class Answer:
    def __init__(self, status: int, told: Any) -> None:
        self.status, self._told = status, told

    def json(self) -> Any:
        return self._told


class Service:
    """Answers as the API does, and keeps what was filed."""

    def __init__(self, clock: Answer) -> None:
        self._clock = clock
        self.filed: list[dict[str, Any]] = []

    def request(self, method: str, url: str, *, body: Any, headers: Any) -> Answer:
        if url.endswith("/clock"):
            return self._clock
        self.filed.append(json.loads(body))
        return Answer(201, {})


def stream_at(service: Service, monkeypatch: pytest.MonkeyPatch) -> Stream:
    stream = Stream("http://rasim", Cast("p", "c", PEOPLE.schools[0]), PEOPLE)
    monkeypatch.setattr(stream, "_http", service)
    return stream


def filed_at(service: Service) -> datetime:
    (body,) = service.filed
    return datetime.fromisoformat(body["variables"]["application"]["filed_at"])


def test_an_application_is_filed_at_the_moment_of_a_manual_clock(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service(Answer(200, {"now": MONDAY.isoformat()}))
    stream = stream_at(service, monkeypatch)

    number = stream.apply(PEOPLE.families[0])

    assert filed_at(service) == MONDAY
    assert number.startswith("A-2027-")


def test_without_a_manual_clock_the_machine_tells_the_time(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service(Answer(404, {}))
    stream = stream_at(service, monkeypatch)

    began = datetime.now(UTC)

    stream.apply(PEOPLE.families[0])

    second = timedelta(seconds=1)
    assert began - second <= filed_at(service) <= datetime.now(UTC)


def test_a_service_that_cannot_tell_the_time_gets_no_application(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    service = Service(Answer(503, {}))
    stream = stream_at(service, monkeypatch)

    with pytest.raises(RefusedByApi):
        stream.apply(PEOPLE.families[0])
    assert not service.filed
