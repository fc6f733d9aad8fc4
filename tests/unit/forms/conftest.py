"""One FEEL parser for all tests of forms."""

import pytest

from tests import forming


@pytest.fixture(scope="package", autouse=True)
def _parser():
    yield
    forming.close()
