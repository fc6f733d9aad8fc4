"""What the files of a release name that is kept elsewhere: roles and norms."""

from collections.abc import Iterator, Set

import forms
from workflows import dmn_titles, procedure_file
from workflows.model import Finding, Role
from workflows.release_files import Part

NORM_OF_DEADLINE = "deadline.norm"


def check(parts: list[Part], norm_ids: Set[str] | None) -> list[Finding]:
    """Warnings on roles that nobody has, and on norms that are not in the register.

    `norm_ids` are those of the register, None where it is not known.
    """
    findings: list[Finding] = []
    for part in parts:
        if part.kind == "process":
            findings += _unknown_groups(part)
        if norm_ids is None:
            continue
        for element_id, norm_id in _norms(part):
            if norm_id not in norm_ids:
                where = f" of {element_id}" if element_id else ""
                message = (
                    f"The norm {norm_id}{where} is not in the register of norms, so "
                    "nobody can look it up. Correct its id, or add it to "
                    "bpmn/norms.json or bpmn/base_acts.json."
                )
                findings.append(
                    Finding(part.file, element_id, "norm-unknown", "warning", message)
                )
    return list(dict.fromkeys(findings))


def _unknown_groups(part: Part) -> Iterator[Finding]:
    known = ", ".join(Role)
    for element in part.compiled["summary"]["elements"]:
        for group in element["candidate_groups"]:
            if group not in set(Role):
                yield Finding(
                    part.file,
                    element["id"],
                    "role-unknown",
                    "warning",
                    f"The candidate group {group} of {element['id']} is no role, so it "
                    f"offers the task to nobody. The roles are: {known}.",
                )


def _norms(part: Part) -> Iterator[tuple[str | None, str]]:
    """(element, norm id) wherever one is named."""
    if part.kind == "process":
        summary = part.compiled["summary"]
        yield from ((part.key, one) for one in summary["norms"])
        yield from _of_deadline(part.key, summary["properties"])
        for element in summary["elements"]:
            yield from ((element["id"], one) for one in element["norms"])
            yield from _of_deadline(element["id"], element["properties"])
    elif part.kind == "model":
        yield from dmn_titles.norms_of(part.source)
    elif part.kind == "form":
        form = forms.read(part.source, part.file)
        for field in form.fields:
            yield from ((field.id, one) for one in field.norms)
    elif part.kind == "procedure":
        read = procedure_file.read(part.source, part.file)
        yield from ((None, one) for one in read.norms)
        yield from ((None, one.norm) for one in read.settings)
        for scenario in read.scenarios:
            yield from ((None, one) for one in scenario.norms)


def _of_deadline(
    element_id: str, properties: dict[str, str]
) -> Iterator[tuple[str, str]]:
    for norm_id in properties.get(NORM_OF_DEADLINE, "").replace(",", " ").split():
        yield element_id, norm_id
