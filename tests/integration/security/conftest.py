"""The desks of the task page's tests, and a trap for those who get out."""

from collections.abc import Iterator

import pytest

from tests.escapes.harm import Trap
from tests.integration.task_page.conftest import desks

__all__ = ["desks"]


@pytest.fixture(scope="module")
def trap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trap]:
    with Trap.set(tmp_path_factory.mktemp("trap")) as trap:
        yield trap
