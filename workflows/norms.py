"""Norms: the articles of the acts that steps rest on, and facts of acts outside them.

`norms.json` holds the articles in the law's own words; `base_acts.json` what is known
of acts whose text is not at hand, with its source and how far it can be trusted;
`acts.json` the acts that both belong to.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from workflows.model import NotFound, RasimError

LANGUAGES = ("kk", "ru", "en")
Texts = Mapping[str, str]  # language ("kk", "ru", "en") -> text


class NormsUnreadable(RasimError):
    """The norms cannot be read from {file}: {reason}."""

    file: str
    reason: str


@dataclass(frozen=True)
class Act:
    """One act; `numbers` and `dates` (ISO 8601) go in pairs where bodies sign it."""

    id: str
    title: Texts
    short: Texts
    numbers: list[str]
    dates: list[str]


@dataclass(frozen=True)
class Norm:
    """One article, or one fact of an act outside.

    `texts["kk"]` are the act's own words if `is_literal`, else a retelling; the other
    languages are retellings always, and a norm may lack the Russian one. `confidence`
    ("A" the act or an official page, "B" somebody who quotes it, "C" practice) and
    `source` are set for facts alone: for an article the act itself is the source.
    `deadline` is the register's note on its term, None where it sets none.
    """

    id: str
    act: Act
    item: Texts
    texts: Texts
    is_literal: bool
    deadline: str | None = None
    confidence: str | None = None
    source: Texts | None = None

    @property
    def quote_kk(self) -> str:
        return self.texts["kk"]

    def say(self, locale: str) -> str:
        """In the language `locale`; where that is missing, in Kazakh."""
        return self.texts.get(locale) or self.texts["kk"]


class Norms:
    """Every norm by its id."""

    def __init__(self, norms: Mapping[str, Norm]) -> None:
        self._norms = MappingProxyType(dict(norms))

    @classmethod
    def load(cls, folder: Path) -> Norms:
        """Read the three files in `folder`; NormsUnreadable names the file at fault."""
        acts = {
            entry["id"]: Act(**entry)
            for entry in _read(folder / "acts.json", _ActSchema(many=True))
        }
        articles = _read(folder / "norms.json", _ArticleSchema(many=True))
        facts = _read(folder / "base_acts.json", _FactSchema(many=True))
        found: dict[str, Norm] = {}
        for file, norms in (
            ("norms.json", (_article(entry, acts) for entry in articles)),
            ("base_acts.json", (_fact(entry, acts) for entry in facts)),
        ):
            for norm in norms:
                if norm.id in found:
                    raise NormsUnreadable(file=file, reason=f"{norm.id} is there twice")
                found[norm.id] = norm
        return cls(found)

    def get(self, norm_id: str) -> Norm:
        """The norm of this id, else NotFound."""
        try:
            return self._norms[norm_id]
        except KeyError:
            raise NotFound(kind="norm", key=norm_id) from None

    def __contains__(self, norm_id: object) -> bool:
        return norm_id in self._norms

    def __iter__(self) -> Iterator[Norm]:
        return iter(self._norms.values())

    def __len__(self) -> int:
        return len(self._norms)


def _texts() -> fields.Nested:
    return fields.Nested(
        Schema.from_dict(
            {language: fields.String(required=True) for language in LANGUAGES}
        )(unknown=RAISE),
        required=True,
    )


class _ActSchema(Schema):
    id = fields.String(required=True)
    title = _texts()
    short = _texts()
    numbers = fields.List(fields.String(), required=True)
    dates = fields.List(fields.String(), required=True)


class _ArticleSchema(Schema):
    """What the register of norms notes of each; the last four help a designer only."""

    id = fields.String(required=True)
    act = fields.String(required=True)
    item = fields.String(required=True)
    quote_kk = fields.String(required=True)
    quote_is_literal = fields.Boolean(required=True)
    paraphrase_en = fields.String(required=True)
    paraphrase_ru = fields.String()
    deadline = fields.String(required=True)
    actor = fields.String(required=True)
    trigger = fields.String(required=True)
    needs = fields.String(required=True)
    element = fields.String(required=True)


class _FactSchema(Schema):
    id = fields.String(required=True)
    act = fields.String(required=True)
    item = _texts()
    text = _texts()
    confidence = fields.String(
        required=True, validate=validate.OneOf(["A", "A/B", "B", "C"])
    )
    source = _texts()


def _read(file: Path, schema: Schema) -> Any:
    try:
        return schema.load(json.loads(file.read_text("utf-8")), unknown=RAISE)
    except (OSError, ValueError, ValidationError) as e:
        reason = e.messages if isinstance(e, ValidationError) else e
        raise NormsUnreadable(file=file.name, reason=reason) from e


def _article(entry: Mapping[str, Any], acts: Mapping[str, Act]) -> Norm:
    texts = {
        "kk": entry["quote_kk"],
        "ru": entry.get("paraphrase_ru"),
        "en": entry["paraphrase_en"],
    }
    return Norm(
        id=entry["id"],
        act=_act(entry, acts, "norms.json"),
        item=dict.fromkeys(LANGUAGES, entry["item"]),
        texts={language: text for language, text in texts.items() if text},
        is_literal=entry["quote_is_literal"],
        deadline=None if entry["deadline"] in ("none", "—") else entry["deadline"],
    )


def _fact(entry: Mapping[str, Any], acts: Mapping[str, Act]) -> Norm:
    return Norm(
        id=entry["id"],
        act=_act(entry, acts, "base_acts.json"),
        item=entry["item"],
        texts=entry["text"],
        is_literal=False,
        confidence=entry["confidence"],
        source=entry["source"],
    )


def _act(entry: Mapping[str, Any], acts: Mapping[str, Act], file: str) -> Act:
    if entry["act"] not in acts:
        raise NormsUnreadable(
            file=file,
            reason=f"{entry['id']} is of the act {entry['act']}, which is not in "
            "acts.json",
        )
    return acts[entry["act"]]
