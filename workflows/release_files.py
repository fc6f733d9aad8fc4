"""The files of a release: read and checked, all that is wrong told at once."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import forms
from workflows import decision_files, engine, feel, form_files, procedure_file
from workflows.model import Finding, RasimError

FORM_SUFFIX = ".form.json"


@dataclass(frozen=True)
class Part:
    """One file of a release, read and checked, before it has a version."""

    key: str
    kind: str
    file: str
    source: bytes
    names: Mapping[str, str]
    compiled: Mapping[str, Any]

    @property
    def content_hash(self) -> bytes:
        return hashlib.sha256(self.source).digest()


def check(
    files: Mapping[str, bytes], store: decision_files.Store | None = None
) -> tuple[list[Part], list[Finding]]:
    """Read every file of a release; the findings tell all that is wrong at once.

    `store` has the decision models that those of the release may import.
    """
    parts: list[Part] = []
    findings: list[Finding] = []
    with feel.Parser() as parser:
        for file, source in sorted(files.items()):
            if file.endswith(decision_files.SUFFIX):
                continue
            try:
                made, found = _read(file, source, parser)
            except (RasimError, forms.FormsError) as error:
                findings += _findings(error, file)
            else:
                parts += made
                findings += found
        drawn = {
            file: source
            for file, source in files.items()
            if file.endswith(decision_files.SUFFIX)
        }
        models, found = decision_files.read(drawn, parser, store)
    parts += [part for model in models for part in _of_model(model)]
    findings += found
    findings += _twice(parts)
    return parts, findings


def _read(
    file: str, source: bytes, parser: feel.Parser
) -> tuple[list[Part], list[Finding]]:
    if file.endswith(".bpmn"):
        drawings = engine.read(source, file, parser)
        parts = [
            Part(
                drawing.key,
                "process",
                file,
                source,
                drawing.names,
                {"trees": drawing.trees, "summary": drawing.summary},
            )
            for drawing in drawings
        ]
        findings = [one for drawing in drawings for one in drawing.findings]
        return parts, findings
    if file.endswith(FORM_SUFFIX):
        form, trees, found = form_files.read(source, file, parser)
        names = dict.fromkeys(("kk", "ru", "en"), form.id)
        found += [_finding(one, file) for one in form.warnings]
        return [Part(form.id, "form", file, source, names, {"trees": trees})], found
    if file.rsplit("/", 1)[-1] == "procedure.yaml":
        read = procedure_file.read(source, file)
        compiled = {
            "configuration": read.configuration_values(),
            "subject": read.subject,
            "search_variables": {
                each.path: each.names for each in read.search_variables
            },
            # A list, for its order: PostgreSQL keeps no order of names.
            "variables": [
                {
                    "path": each.path,
                    "names": each.names,
                    "values": each.values,
                    "concerns": each.concerns,
                }
                for each in read.variables
            ],
            "office": read.office,
        }
        return [Part(read.key, "procedure", file, source, read.names, compiled)], []
    message = "Only .bpmn, .dmn, .form.json and procedure.yaml files can be released."
    return [], [Finding(file, None, "file-kind", "error", message)]


def _of_model(read: decision_files.ReadModel) -> list[Part]:
    """The model as a whole, and each decision that others can ask."""
    namespace, file, source = read.model.namespace, read.file, read.source
    decisions = [
        Part(key, "decision", file, source, offered.names, offered.compiled)
        for key, offered in read.elements.items()
    ]
    model = Part(namespace, "model", file, source, read.names, read.compiled)
    return [model, *decisions] if namespace else []


def _findings(error: Exception, file: str) -> list[Finding]:
    found = getattr(error, "findings", None)
    if found:
        return [_finding(one, file) for one in found]
    return [Finding(file, None, "refused", "error", str(error))]


def _finding(found: Any, file: str) -> Finding:
    """A finding of ours; those of forms, who do not know us, have the same fields."""
    return Finding(
        file, found.element_id, found.rule, found.severity, str(found.message)
    )


def _twice(parts: list[Part]) -> list[Finding]:
    seen: dict[tuple[str, str], str] = {}
    findings = []
    for part in parts:
        first = seen.setdefault((part.kind, part.key), part.file)
        if first != part.file:
            message = f"{part.kind} {part.key} is also in {first}: rename one of them."
            findings.append(Finding(part.file, None, "key-twice", "error", message))
    return findings
