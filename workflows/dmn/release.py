"""Reading a decision model at release: every fault told, every expression parsed."""

from collections.abc import Mapping

from workflows import feel
from workflows.dmn.model import Model


def read(
    source: bytes,
    file: str,
    parser: feel.Parser,
    imported: Mapping[str, Model] | None = None,
) -> Model:
    """What the file offers and lacks; raises nothing for a bad file.

    `imported`, by namespace, are the models already read: with them requirements into
    other models are checked as well.
    """
    raise NotImplementedError
