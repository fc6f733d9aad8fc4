"""What the engine runs and the service around it does not serve: refused at release.

A signal or a start by an event would deploy and then wait for ever.
"""

from collections.abc import Iterator, Mapping
from typing import Any

from workflows.model import Finding


def unserved(file: str, key: str, summary: Mapping[str, Any]) -> Iterator[Finding]:
    """A finding for everything in a drawing that nobody would bring about."""
    for start in summary["starts"]:
        if start["kind"] != "none":
            yield _refused(
                file,
                start["id"],
                "start-not-served",
                f"{start['id']} is started by a {start['kind']}, which nothing brings"
                " yet: cases are started over the API. Use a start event without"
                " trigger.",
            )
    for name in dict.fromkeys((*summary["signals"], *summary["signals_thrown"])):
        yield _refused(
            file,
            key,
            "signal-not-served",
            f"The signal {name} of {key} would reach no other case yet. Use a message,"
            " an error or an escalation.",
        )


def _refused(file: str, element_id: str, rule: str, message: str) -> Finding:
    return Finding(file, element_id, rule, "error", message)
