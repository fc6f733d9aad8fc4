"""A decision model ready to run: compiled once, evaluated for every case."""

from collections.abc import Mapping

from workflows import feel
from workflows.dmn.model import Invocable
from workflows.dmn.outcome import Outcome
from workflows.feel import Tree, Value


class Definitions:
    """A compiled model; safe to share among threads."""

    namespace: str
    name: str
    decisions: tuple[Invocable, ...]

    def evaluate(
        self,
        key: str,
        variables: Mapping[str, Value],
        environment: feel.Environment,
    ) -> Outcome:
        """The value of a decision, a service or a function, by id or name.

        `variables` are FEEL values by the names of input data (for a function: of its
        parameters); for a service also of its input decisions. UnknownDecision,
        DecisionError.
        """
        raise NotImplementedError


def load(
    source: bytes,
    trees: Mapping[str, Tree],
    imported: Mapping[str, Definitions] | None = None,
) -> Definitions:
    """Compile what `read` accepted; `imported` are its imports by namespace."""
    raise NotImplementedError
