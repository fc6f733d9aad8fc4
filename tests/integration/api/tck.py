"""The TCK as a program outside runs it: files deployed, decisions asked, compared.

It knows the API's promise alone: ids from the file, JSON in, JSON out.
"""

import json
import urllib.parse
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

from lxml import etree

from tests import conformance

T = "{http://www.omg.org/spec/DMN/20160719/testcase}"
TYPE = "{http://www.w3.org/2001/XMLSchema-instance}type"
NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
NUMBERS = ("decimal", "double", "integer", "int", "float", "long")


@dataclass(frozen=True)
class Case:
    """One case of a file: what is given, and what each of its results must be."""

    id: str
    folder: Path
    model: str
    service: str | None
    inputs: dict[str, Any]
    results: tuple[tuple[str, Any], ...]


def folders() -> list[Path]:
    return sorted({file.parent for file in conformance.files("dmn-tck", "*.dmn")})


def cases_of(folder: str) -> list[Case]:
    found = [one for one in folders() if one.name == folder]
    return [case for one in found for case in _cases(one)]


def _cases(folder: Path) -> Iterator[Case]:
    for file in sorted(folder.glob("*-test-*.xml")):
        root = etree.parse(str(file)).getroot()
        for case in root.iter(T + "testCase"):
            is_service = case.get("type") == "decisionService"
            yield Case(
                f"{file.stem}/{case.get('id')}",
                folder,
                root.findtext(T + "modelName") or "",
                case.get("invocableName") if is_service else None,
                {
                    str(one.get("name")): _value(one)
                    for one in case.findall(T + "inputNode")
                },
                tuple(
                    (str(one.get("name")), _value(one.find(T + "expected")))
                    for one in case.findall(T + "resultNode")
                ),
            )


def _value(node: Any) -> Any:
    if node is None:
        return None
    listed = node.find(T + "list")
    if listed is not None:
        if listed.get(NIL) == "true":
            return None
        return [_value(item) for item in listed.findall(T + "item")]
    parts = node.findall(T + "component")
    if parts:
        return {part.get("name"): _value(part) for part in parts}
    value = node.find(T + "value")
    if value is None or value.get(NIL) == "true":
        return None
    text, kind = value.text or "", (value.get(TYPE) or "").split(":")[-1]
    if kind in NUMBERS:
        return Decimal(text) if text not in ("INF", "-INF", "NaN") else text
    if kind == "boolean":
        return text.strip() in ("true", "1")
    return text


class Suite:
    """Runs cases through one caller, who deploys and evaluates."""

    SOME = (
        "0001-input-data-string",
        "0004-simpletable-U",
        "0017-tableTests",
        "0036-dt-variable-input",
        "0086-import",
        "0089-nested-inputdata-imports",
        "0115-sum-collect-hitpolicy",
    )

    def __init__(self, caller: Any) -> None:
        self.caller = caller
        self.deployed: Path | None = None

    def run(self, case: Case) -> Iterator[tuple[str, str, bool]]:
        """(what was asked, the answer, whether it is right) for each result."""
        self._deploy(case.folder)
        ids = _ids(case.folder / case.model)
        for name, expected in case.results:
            asked = case.service or name
            path = urllib.parse.quote(ids.get(asked, asked), safe="")
            body = {"variables": case.inputs, "lenient": True}
            answer = self.caller.post(
                f"/api/v1/decisions/{path}/evaluate",
                data=json.dumps(body, default=float),
                content_type="application/json",
            )
            told = json.loads(answer.text, parse_float=Decimal)
            found = told.get("result", told)
            if case.service and len(case.results) > 1:
                found = found[name]
            is_right = answer.status_code == 200 and same(found, expected)
            yield name, f"{answer.text[:300]} for {expected!r}", is_right

    def _deploy(self, folder: Path) -> None:
        if folder != self.deployed:
            files = {one.name: one.read_bytes() for one in folder.glob("*.dmn")}
            answer = self.caller.post_files("/api/v1/deployments", files)
            assert answer.status_code == 201, answer.text
            self.deployed = folder


def _ids(file: Path) -> dict[str, str]:
    root = etree.parse(str(file)).getroot()
    return {
        str(one.get("name")): one.get("id") or str(one.get("name"))
        for one in root
        if isinstance(one.tag, str)
        and etree.QName(one).localname in ("decision", "decisionService")
    }


def same(found: Any, expected: Any) -> bool:
    """As the suite compares: numbers by value, to eight decimal places."""
    if isinstance(expected, Decimal):
        is_number = isinstance(found, int | Decimal) and not isinstance(found, bool)
        return is_number and abs(Decimal(found) - expected) < Decimal("1e-8")
    if isinstance(expected, list):
        return (
            isinstance(found, list)
            and len(found) == len(expected)
            and all(map(same, found, expected))
        )
    if isinstance(expected, dict):
        return (
            isinstance(found, dict)
            and found.keys() == expected.keys()
            and all(same(found[key], one) for key, one in expected.items())
        )
    return type(found) is type(expected) and found == expected
