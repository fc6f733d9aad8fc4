"""Every text that people see, gathered from the code for the translators.

`python -m server.catalogue` brings the .po files up to date: new texts come in empty,
texts that are gone go out. Beside gettext calls it knows where our refusals are: the
docstrings of error classes, the words passed to them, and the tables of problems.
"""

import ast
import io
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po, write_po

from server import i18n

ROOT = Path(__file__).parents[1]
SOURCES = ("forms", "integrations", "server", "workflows")
METHODS = [
    ("server/templates/**.html", "jinja2"),
    ("**.py", "python"),
]
OPTIONS = {"server/templates/**.html": {"trimmed": "true", "silent": "false"}}
KEYWORDS = {
    "_": None,
    "gettext": None,
    "lazy_gettext": None,
    "ngettext": (1, 2),
}
# Modules whose tables hold sentences outside any call of gettext.
TABLES = ("forms/problems.py", "server/errors.py")
# Their refusals are read on a terminal, in English.
OPERATIONS = (
    "server/backup/",
    "server/clock.py",
    "server/commands/",
    "server/postgres/",
    "server/processes.py",
    "server/environment.py",
    "server/up.py",
    "workflows/plain_yaml.py",
    "workflows/procedure_file.py",
    "workflows/scenario",
    "workflows/story.py",
)
# What a refusal is told about: `MoveRefused(kind="task", state=..., move="completed")`.
TOLD = frozenset({"kind", "move", "action", "reason"})
HEADER = "# Texts of Rásim. Address the reader politely; one term per thing.\n#"

# Header lines that would change on every run, or that nobody fills in.
NOISE = re.compile(
    rb'"(POT-Creation|PO-Revision|Report-Msgid|Last-Tr|Language-Team|Generated-By|Proj)'
)

Text = str | tuple[str, str]


def gather() -> Catalog:
    """A catalogue of all texts, with no translations."""
    catalogue = Catalog(
        project="rasim", charset="utf-8", fuzzy=False, header_comment=HEADER
    )
    for text in sorted({*_called(), *_told()}, key=str):
        catalogue.add(text, flags=_flags(text))
    return catalogue


def path_of(locale: str) -> Path:
    return i18n.FOLDER / locale / "LC_MESSAGES" / "messages.po"


def read(locale: str) -> Catalog:
    with path_of(locale).open("rb") as file:
        return read_po(file, locale=locale)


def update(locale: str) -> None:
    """Bring one language's file up to date; what was translated stays."""
    path = path_of(locale)
    fresh = gather()
    fresh.locale = locale
    if path.exists():
        for message in read(locale):
            known = fresh.get(message.id) if message.id else None
            if known is not None:
                known.string = message.string
    path.parent.mkdir(parents=True, exist_ok=True)
    text = io.BytesIO()
    write_po(text, fresh, width=88, sort_output=True, no_location=True)
    kept = [line for line in text.getvalue().splitlines(True) if not NOISE.match(line)]
    path.write_bytes(b"".join(kept))


def _called() -> Iterator[Text]:
    for source in SOURCES:
        found = extract_from_dir(
            str(ROOT / source),
            method_map=_methods(source),
            options_map={p.removeprefix(f"{source}/"): o for p, o in OPTIONS.items()},
            keywords=KEYWORDS,
        )
        for _file, _line, text, _comments, _context in found:
            yield text if isinstance(text, str) else (text[0], text[1])


def _methods(source: str) -> list[tuple[str, str]]:
    return [(pattern.removeprefix(f"{source}/"), how) for pattern, how in METHODS]


def _told() -> Iterator[str]:
    trees = {
        path.relative_to(ROOT).as_posix(): ast.parse(path.read_text("utf-8"))
        for source in SOURCES
        for path in sorted((ROOT / source).rglob("*.py"))
    }
    classes = _error_classes(trees)
    for tree in trees.values():
        yield from _words(tree, classes)
    for path, tree in trees.items():
        if not path.startswith(OPERATIONS):
            yield from _docstrings(tree, classes)
    for table in TABLES:
        yield from _sentences(trees[table])


def _error_classes(trees: dict[str, ast.Module]) -> set[str]:
    """Names of RasimError and of every class below it, over all modules."""
    bases = {
        node.name: {
            getattr(base, "attr", getattr(base, "id", "")) for base in node.bases
        }
        for tree in trees.values()
        for node in ast.walk(tree)
        if isinstance(node, ast.ClassDef)
    }
    found = {"RasimError"}
    while True:
        more = {name for name, above in bases.items() if above & found} - found
        if not more:
            return found
        found |= more


def _docstrings(tree: ast.Module, classes: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef) and node.name in classes:
            yield " ".join((ast.get_docstring(node) or "").split())


def _words(tree: ast.Module, classes: set[str]) -> Iterator[str]:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = getattr(node.func, "attr", getattr(node.func, "id", ""))
        for told in node.keywords:
            if told.arg in TOLD and name in classes:
                yield from _texts_in(told.value)


def _texts_in(told: ast.expr) -> Iterator[str]:
    """A constant, or both sides of `"call" if is_api() else "page"`."""
    sides = [told.body, told.orelse] if isinstance(told, ast.IfExp) else [told]
    for side in sides:
        if isinstance(side, ast.Constant) and isinstance(side.value, str):
            yield side.value


def _sentences(tree: ast.Module) -> Iterator[str]:
    """Constants that read as sentences, but for docstrings."""
    documentation = {
        ast.get_docstring(node, clean=False)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef)
    }
    constants = (node for node in ast.walk(tree) if isinstance(node, ast.Constant))
    for text in (node.value for node in constants):
        if not isinstance(text, str) or text in documentation or set(text) & set("%="):
            continue
        if " " in text and text[0].isupper():
            yield text


def _flags(text: Text) -> set[str]:
    whole = "".join(text)
    return {"python-format"} if "%(" in whole else set()


if __name__ == "__main__":
    for each in ("kk", "ru"):
        update(each)
