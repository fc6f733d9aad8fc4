"""The house rules that no linter knows: sizes, beginnings of modules, no hosts."""

import ast
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("forms", "integrations", "server", "tests", "workflows")
LONGEST_MODULE = 400
LONGEST_FUNCTION = 60
LONGEST_BEGINNING = 12  # a module's docstring: what it is for, not what it does


def modules() -> Iterator[Path]:
    for package in PACKAGES:
        paths = (ROOT / package).rglob("*.py")
        yield from sorted(path for path in paths if "__pycache__" not in path.parts)


def functions(path: Path) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            yield node


def test_no_module_is_over_400_lines():
    lengths = {path: len(path.read_text().splitlines()) for path in modules()}

    assert len(lengths) > 20
    assert {p: n for p, n in lengths.items() if n > LONGEST_MODULE} == {}


def test_no_function_is_over_60_lines():
    too_long = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in modules()
        for node in functions(path)
        if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION
    ]

    assert too_long == []


def test_every_module_begins_by_saying_what_it_is_responsible_for():
    silent = []
    for path in modules():
        text = ast.get_docstring(ast.parse(path.read_text())) or ""
        if path.read_text().strip() and not 1 <= len(text.splitlines()) <= (
            LONGEST_BEGINNING
        ):
            silent.append(str(path.relative_to(ROOT)))

    assert silent == []


@pytest.mark.parametrize("name", ["requirements.lock", "server/assets/node.lock"])
def test_every_python_package_is_pinned_with_hashes_and_no_index(name):
    text = (ROOT / name).read_text()

    heads = [line for line in text.splitlines() if line and not line.startswith(" ")]
    assert heads
    assert all(re.match(r"[\w.-]+==[\w.+!]+ .*\\$", head) for head in heads)
    assert "://" not in text
    assert "--index" not in text


def test_every_npm_package_is_pinned_by_its_content_and_names_no_registry():
    lock = json.loads((ROOT / "package-lock.json").read_text())

    packages = {name: each for name, each in lock["packages"].items() if name}
    assert packages
    assert all(each.get("integrity") for each in packages.values())
    assert not any(each.get("resolved") for each in packages.values())
