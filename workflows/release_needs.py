"""What a release needs beside its own files: forms, procedure files, connectors."""

import uuid
from typing import Any

import sqlalchemy as sa

from workflows.model import Finding
from workflows.release_files import Part
from workflows.store.tables import definition_versions


def bind(tx: sa.Connection, parts: list[Part]) -> tuple[list[uuid.UUID], list[Finding]]:
    """What processes need and the release does not bring: forms, procedure files."""
    bound: list[uuid.UUID] = []
    findings: list[Finding] = []
    brought = {(part.kind, part.key) for part in parts}
    for part in parts:
        if part.kind != "process":
            continue
        wanted = [("form", key) for key in part.compiled["summary"]["form_ids"]]
        for kind, key in [*wanted, ("procedure", part.key)]:
            if (kind, key) in brought:
                continue
            stored = newest_part(tx, kind, key)
            if stored is not None:
                bound.append(stored.id)
            elif kind == "form":
                message = (
                    f"The form {key} is neither in this release nor in an earlier one:"
                    " add its .form.json file, or correct the form's id."
                )
                users = _users_of_form(part, key)
                findings += [
                    Finding(part.file, user, "form-unknown", "error", message)
                    for user in users
                ]
    return bound, findings


def stored(tx: sa.Connection, version_ids: list[uuid.UUID]) -> list[Part]:
    """Stored parts that a release will need, read as its own are."""
    parts = definition_versions.c
    rows = tx.execute(
        sa.select(definition_versions).where(parts.id.in_(version_ids))
    ).all()
    return [
        Part(
            row.key,
            row.kind,
            f"{row.file} (earlier release)",
            bytes(row.source),
            row.names,
            row.compiled,
        )
        for row in sorted(rows, key=lambda row: (row.kind, row.key))
    ]


def forms_elsewhere(parts: list[Part]) -> list[Finding]:
    """Warnings, where nobody can look: the forms that no file of these brings."""
    brought = {part.key for part in parts if part.kind == "form"}
    return [
        Finding(
            part.file,
            user,
            "form-elsewhere",
            "warning",
            f"The form {key} is in none of these files: a deployment is refused unless"
            " an earlier one has stored it.",
        )
        for part in parts
        if part.kind == "process"
        for key in part.compiled["summary"]["form_ids"]
        if key not in brought
        for user in _users_of_form(part, key)
    ]


def unknown_jobs(parts: list[Part], known: frozenset[str] | None) -> list[Finding]:
    """Warnings: a job that no connector does becomes an incident when it is reached."""
    if known is None:
        return []
    return [
        Finding(
            part.file,
            element["id"],
            "job-type-unknown",
            "warning",
            f"No connector does the job type {element['job_type']}: each such job will"
            f" be an incident. The types are: {', '.join(sorted(known))}.",
        )
        for part in parts
        if part.kind == "process"
        for element in part.compiled["summary"]["elements"]
        if element.get("job_type") and element["job_type"] not in known
    ]


def newest_part(tx: sa.Connection, kind: str, key: str) -> sa.Row[Any] | None:
    """The newest version of a part that is stored."""
    return tx.execute(
        sa.select(definition_versions)
        .where(definition_versions.c.kind == kind, definition_versions.c.key == key)
        .order_by(definition_versions.c.version.desc())
        .limit(1)
    ).one_or_none()


def _users_of_form(part: Part, form_id: str) -> list[str | None]:
    elements = part.compiled["summary"]["elements"]
    return [one["id"] for one in elements if one.get("form_id") == form_id] or [None]
