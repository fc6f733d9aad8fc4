"""Every case is refused or does what the standard says, and leaves nothing behind."""

import pytest

from tests.integration.conformance.driver import Play
from tests.integration.conformance.reading import read_cases

CASES = read_cases()
ENDED = {}  # how many events each ended case has, by its id


@pytest.mark.parametrize("name", CASES)
def test_it_does_what_the_standard_says(service, name):
    case = CASES[name]
    key = name.replace("-", "_")

    status, told = service.deploy(case.files(key))

    if case.is_refused:
        errors = [one for one in told["findings"] if one["severity"] == "error"]
        assert status == 422
        assert all(one["rule"] and one["message"] for one in errors)
        assert all(one["element_id"] for one in errors)
        assert service.call("GET", f"/definitions/{key}")[0] == 404
        return
    assert status == 201, told
    play = Play(service, key)
    try:
        for step in case.steps:
            play.step(step)
    finally:
        ENDED.update(play.stop())


def test_nothing_happens_to_what_has_ended(service):
    assert ENDED

    service.call("POST", "/clock", {"advance": "P366D"})
    for kind, name in sorted(service.names):
        service.call("POST", f"/{kind}", {"name": name, "variables": {}})
    service.call("POST", "/clock", {"advance": "PT1H"})

    after = {
        one: service.call("GET", f"/instances/{one}/history?limit=200")[1]["total"]
        for one in ENDED
    }
    assert after == ENDED
