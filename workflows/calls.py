"""Calls between processes: which version each call of a release runs, bound for good.

A release holds one version of each process that its cases may run. That is the one
among its files; else, for what its own files call, the newest that is stored; else,
for what a stored process calls, the one that this was released with. Where a call's
`processId` is an expression, every process that is stored may be called.
"""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Set
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import distinct_on

from workflows import taken
from workflows.engine.documents import BPMN, parse_document
from workflows.engine.extensions import CALLED, read_extensions
from workflows.model import Finding
from workflows.release_files import Part
from workflows.store.tables import definition_versions
from workflows.taken import Taken

PROCESS = "process"


@dataclass(frozen=True)
class Stored:
    """One stored version of a process, and the release that its forms are of."""

    key: str
    version: int
    version_id: uuid.UUID
    release_id: uuid.UUID
    content_hash: bytes
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class _Known:
    """What a release may call, to tell what is wrong with its calls."""

    summaries: Mapping[str, Mapping[str, Any]]
    configured: Set[str]  # processes whose cases have a configuration
    is_all: bool = True  # False where stored processes are not known


def bind(tx: sa.Connection, parts: list[Part]) -> tuple[list[Taken], list[Finding]]:
    """The stored processes that the cases of a release may call, with what is wrong.

    `parts` are all parts of the release; processes among them are called as they are
    there, and are not in the answer.
    """
    drawn = {part.key: part for part in parts if part.kind == "process"}
    bound: dict[str, Stored] = {}
    findings: list[Finding] = []
    for part in drawn.values():
        wanted = [key for key in _called(part.compiled["summary"]) if key not in drawn]
        bound |= _newest(tx, wanted)
    _bind_further(tx, drawn, bound, findings)
    if any(part.compiled["summary"]["calls_by_expression"] for part in drawn.values()):
        others = {
            key: stored
            for key, stored in _newest(tx).items()
            if key not in drawn and key not in bound and _can_be_called(stored.summary)
        }
        bound |= others
        _bind_further(tx, drawn, bound, findings)
    summaries = {key: part.compiled["summary"] for key, part in drawn.items()}
    summaries |= {key: stored.summary for key, stored in bound.items()}
    named = [key for part in drawn.values() for key in _called(summaries[part.key])]
    known = _Known(summaries, _configured(parts) | _configured_earlier(tx, named))
    for part in drawn.values():
        findings += _wrong_calls(part, known)
    found = [
        Taken(PROCESS, one.key, one.version_id, one.release_id)
        for one in bound.values()
    ]
    return found, list(dict.fromkeys(findings))


def among_files(parts: list[Part]) -> list[Finding]:
    """What is wrong with the calls of files, as far as they alone can tell.

    A process that is in none of them is a warning: it may be stored.
    """
    drawn = [part for part in parts if part.kind == "process"]
    summaries = {part.key: part.compiled["summary"] for part in drawn}
    known = _Known(summaries, _configured(parts), is_all=False)
    return [found for part in drawn for found in _wrong_calls(part, known)]


def reached(key: str, summaries: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """The processes that a case of `key` may come to run, itself first."""
    found = {key: None}
    todo = [key]
    while todo:
        summary = summaries[todo.pop()]
        by_expression = summary.get("calls_by_expression")
        for each in summaries if by_expression else _called(summary):
            if each in summaries and each not in found:
                found[each] = None
                todo.append(each)
    return list(found)


def _bind_further(
    tx: sa.Connection,
    drawn: Mapping[str, Part],
    bound: dict[str, Stored],
    findings: list[Finding],
) -> None:
    """Add what the bound processes call, as they were released with it."""
    todo = list(bound.values())
    while todo:
        caller = todo.pop(0)
        theirs = _released_with(tx, caller.release_id)
        for key in reached(
            caller.key, {key: one.summary for key, one in theirs.items()}
        ):
            if key in drawn or key in bound:
                if key in _called(caller.summary):
                    findings += _other_version(caller, theirs[key], drawn, bound)
            else:
                bound[key] = theirs[key]
                todo.append(theirs[key])


def _other_version(
    caller: Stored,
    theirs: Stored,
    drawn: Mapping[str, Part],
    bound: Mapping[str, Stored],
) -> Iterator[Finding]:
    """A warning where a stored process meets another version than it was made with."""
    key = theirs.key
    instead_hash = (drawn if key in drawn else bound)[key].content_hash
    if instead_hash == theirs.content_hash:
        return
    instead = f"version {bound[key].version}" if key in bound else "that of this one"
    yield Finding(
        drawn[key].file if key in drawn else "",
        key,
        "called-version",
        "warning",
        f"{caller.key}, which is stored, was released with version {theirs.version} of"
        f" {key}; in cases of this release it calls {instead}. Release {caller.key}"
        " together with it, if that is not meant.",
    )


def _wrong_calls(part: Part, known: _Known) -> Iterator[Finding]:
    for element_id, key in _drawn_calls(part):
        for rule, severity, message in _wrong(element_id, key, known):
            if severity == "error" or key != part.key:
                yield Finding(part.file, element_id, rule, severity, message)


def _wrong(element_id: str, key: str, known: _Known) -> Iterator[tuple[str, str, str]]:
    """(rule, severity, message) of what is wrong with the call of a process."""
    summary = known.summaries.get(key)
    if summary is None:
        where = "not among these files; only a stored version could run"
        if known.is_all:
            where = "neither in this release nor in an earlier one"
        yield (
            "called-unknown",
            "error" if known.is_all else "warning",
            (
                f"{element_id} calls the process {key}, which is {where}: add its .bpmn"
                " file, or correct the process id."
            ),
        )
        return
    if not _can_be_called(summary):
        yield (
            "called-without-start",
            "error",
            (
                f"{element_id} calls the process {key}, which only events start: give"
                f" {key} a start event without trigger too."
            ),
        )
    if summary.get("deadline"):
        yield (
            "called-deadline",
            "warning",
            (
                f"The deadline of {key} counts for cases of its own and not where"
                f" {element_id} calls it: there the deadline of the whole case does."
            ),
        )
    if key in known.configured:
        yield (
            "called-configuration",
            "warning",
            (
                f"The configuration of {key} is that of cases of its own: where"
                f" {element_id} calls it, it has the caller's. Hand over what it needs"
                " by input mappings."
            ),
        )


def _configured(parts: list[Part]) -> set[str]:
    """The processes whose procedure files among the parts set a configuration."""
    return {
        part.key
        for part in parts
        if part.kind == "procedure" and part.compiled["configuration"]
    }


def _configured_earlier(tx: sa.Connection, keys: list[str]) -> set[str]:
    """Those of the processes whose newest stored procedure file sets one."""
    parts = definition_versions.c
    rows = tx.execute(
        sa.select(parts.key, parts.compiled["configuration"].label("configuration"))
        .ext(distinct_on(parts.key))
        .where(parts.kind == "procedure", parts.key.in_(keys))
        .order_by(parts.key, parts.version.desc())
    )
    return {row.key for row in rows if row.configuration}


def _drawn_calls(part: Part) -> Iterator[tuple[str, str]]:
    """(call activity, process) of every call that a drawing names itself."""
    literal = set(_called(part.compiled["summary"]))
    for node in parse_document(part.source).iter(BPMN + "process"):
        if node.get("id") != part.key:
            continue
        for activity in node.iter(BPMN + "callActivity"):
            key = read_extensions(activity).get(CALLED, "processId")
            if key in literal:
                yield activity.get("id") or "", key


def _can_be_called(summary: Mapping[str, Any]) -> bool:
    """Whether a process has a start event without trigger."""
    return any(start["kind"] == "none" for start in summary.get("starts", ()))


def _called(summary: Mapping[str, Any]) -> Iterable[str]:
    """The processes that a drawing names; a summary of before calls has none."""
    found: Iterable[str] = summary.get("called", ())
    return found


def _newest(tx: sa.Connection, keys: list[str] | None = None) -> dict[str, Stored]:
    """The newest version of each process, of all of them without `keys`."""
    query = taken.newest(PROCESS, *_columns())
    if keys is not None:
        query = query.where(definition_versions.c.key.in_(keys))
    return _by_key(tx, query)


def _released_with(tx: sa.Connection, release_id: uuid.UUID) -> dict[str, Stored]:
    """The processes of a stored release: its own, and those that it calls."""
    return _by_key(tx, taken.of_release(release_id, PROCESS, *_columns()))


def _columns() -> list[Any]:
    parts = definition_versions.c
    return [
        parts.key,
        parts.version,
        parts.id.label("version_id"),
        parts.content_hash,
        parts.compiled["summary"].label("summary"),
    ]


def _by_key(tx: sa.Connection, query: sa.Executable) -> dict[str, Stored]:
    return {
        row.key: Stored(
            row.key,
            row.version,
            row.version_id,
            row.of_release,
            bytes(row.content_hash),
            row.summary,
        )
        for row in tx.execute(query)
    }
