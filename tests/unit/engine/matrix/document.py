"""docs/bpmn-support.md and its pictures, generated from the matrix: `make docs`."""

import re
from pathlib import Path

from workflows import engine, feel

from . import world
from .case import Refused, Runs, slug
from .matrix import GROUPS, rows
from .pictures import ROOT, hash_of, paint, picture_of
from .play import xml_of

DOCUMENT = ROOT / "docs/bpmn-support.md"
PICTURES = ROOT / "docs/bpmn-support"
INTRODUCTION = Path(__file__).with_name("introduction.md")


def pictures():
    """(picture name of each case, what is to be painted by name); alike ones once."""
    named, wanted, by_hash, counted = {}, {}, {}, {}
    for row, _, element, case in rows():
        picture = picture_of(case)
        if picture is None:
            continue
        found = hash_of(picture[0])
        if found not in by_hash:
            stem = slug(element.name)
            counted[stem] = counted.get(stem, 0) + 1
            by_hash[found] = f"{stem}-{counted[stem]}"
            wanted[by_hash[found]] = picture
        named[row] = by_hash[found]
    return named, wanted


def text(parser, named):
    """The whole document."""
    runs = sum(isinstance(case, Runs) for *_, case in rows())
    refused = sum(isinstance(case, Refused) for *_, case in rows())
    parts = [
        INTRODUCTION.read_text()
        .replace("{runs}", str(runs))
        .replace("{refused}", str(refused)),
        "\n".join(
            f"- [{title}](#{slug(title)})"
            for title in (*(one.title for one in GROUPS), world.TITLE)
        )
        + "\n",
    ]
    for group in GROUPS:
        parts.append(f"## {group.title}\n\n{group.about}\n")
        for element in group.elements:
            parts.append(f"### {element.name}\n\n{_norm(element.clause)}\n")
            lines = [
                _line(
                    parser,
                    case,
                    named.get(slug(group.title, element.name, case.variant)),
                )
                for case in element.cases
            ]
            parts.append(
                "| | Variant | Here | |\n|---|---|---|---|\n" + "\n".join(lines) + "\n"
            )
    parts.append(f"## {world.TITLE}\n\n{world.ABOUT}\n\n{world.table()}")
    return "\n".join(parts)


def _norm(clause):
    words = [f"§ {one}" if one[0].isdigit() else one for one in clause.split(", ")]
    return "BPMN 2.0.2, " + ", ".join(words) + "."


def _line(parser, case, picture):
    seen = f"![{_cell(case.variant)}](bpmn-support/{picture}.svg)" if picture else ""
    if isinstance(case, Runs):
        return f"| {seen} | {_cell(case.variant)} | runs | {_cell(case.does)} |"
    said = _cell(_message(parser, case))
    return f"| {seen} | {_cell(case.variant)} | refused: `{case.rule}` | {said} |"


def _message(parser, case):
    """What the author is told, with the mend."""
    try:
        engine.read(xml_of(case), "d.bpmn", parser)
    except engine.DrawingRefused as refusal:
        wanted = (case.rule, case.at)
        return next(
            one.message
            for one in refusal.findings
            if (one.rule, one.element_id) == wanted
        )
    raise AssertionError(f"{case.variant} is not refused")


def _cell(words):
    return re.sub(r"([|<\\`*_])", r"\\\1", " ".join(words.split()))


def hash_in(svg):
    found = re.search(r"<!-- drawing: (\w+) -->", svg)
    return found and found[1]


def main():
    """Write the document; paint only the pictures that have changed."""
    named, wanted = pictures()
    PICTURES.mkdir(exist_ok=True)
    kept = {}
    for path in PICTURES.glob("*.svg"):
        svg = path.read_text()
        kept[hash_in(svg)] = svg
        path.unlink()
    missing = {
        name: picture
        for name, picture in wanted.items()
        if hash_of(picture[0]) not in kept
    }
    painted = paint(missing) if missing else {}
    for name, picture in wanted.items():
        svg = painted.get(name) or kept[hash_of(picture[0])]
        (PICTURES / f"{name}.svg").write_text(svg)
    with feel.Parser() as parser:
        DOCUMENT.write_text(text(parser, named))


if __name__ == "__main__":
    main()
