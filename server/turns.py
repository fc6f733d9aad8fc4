"""Turns of a worker's loops: one that fails does not keep the next from coming."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from workflows.model import DatabaseUnavailable
from workflows.ports import DocumentsUnavailable

log = logging.getLogger(__name__)


@contextmanager
def outlived(what: str) -> Iterator[None]:
    """Whatever happens in a turn of a loop, its next turn comes."""
    try:
        yield
    except (DatabaseUnavailable, DocumentsUnavailable) as error:
        log.warning("%s waits: %s", what, type(error).__name__)
    except Exception:
        # One bad row must not stop every deadline of the country.
        log.exception("%s failed; it goes on with the next turn", what)
