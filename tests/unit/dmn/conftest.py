"""One parser for all tests of decisions."""

from collections.abc import Iterator

import pytest

from tests.decisions import Bench
from workflows import feel
from workflows.ports import SystemClock


@pytest.fixture(scope="session")
def bench() -> Iterator[Bench]:
    with feel.Parser() as parser:
        yield Bench(parser, feel.Environment(clock=SystemClock()))
