"""Drawings of the size that the dialect promises, released and run over the API."""

from typing import Any

import pytest

from tests.integration.api.callers import Caller
from tests.load import long_drawings

ELEMENTS = 2_000


@pytest.mark.parametrize("has_task", [False, True])
def test_two_thousand_elements_in_a_row_are_released_and_run(
    callers: dict[str, Caller], has_task: bool
) -> None:
    key = f"long_{int(has_task)}"
    drawing = long_drawings.chain(key, ELEMENTS, ends_with_task=has_task)

    answer = callers["designer"].post_files(
        "/api/v1/deployments", {f"{key}.bpmn": drawing}
    )
    case: Any = (
        callers["program"]
        .post("/api/v1/instances", {"process_key": key, "variables": {"turns": 0}})
        .json
    )
    if has_task:
        tasks: Any = callers["clerk"].get("/api/v1/tasks", process_key=key).json
        (task,) = tasks["items"]
        callers["clerk"].post(f"/api/v1/tasks/{task['id']}/complete", {"variables": {}})

    assert answer.status_code == 201, answer.text
    found: Any = callers["program"].get(f"/api/v1/instances/{case['id']}").json
    assert found["state"] == "completed"
    assert found["variables"]["turns"] == (ELEMENTS - 2 - has_task) // 2
