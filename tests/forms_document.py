"""docs/forms.md: its tables made of what the reader knows, its examples of those that
the tests run: `make docs`."""

import json
from collections.abc import Callable, Mapping
from pathlib import Path

from forms import documents
from forms.palette import COSMETIC, EVERY, FOLDED, KNOWN, ONLY, REFUSED, Runs
from tests.feel_document import put
from tests.form_examples import EXAMPLES, Example

ROOT = Path(__file__).resolve().parents[1]
DOCUMENT = ROOT / "docs" / "forms.md"


def components() -> str:
    return "\n".join(_component(name, runs) for name, runs in KNOWN.items())


def refused() -> str:
    lines = ["| | |", "|---|---|"]
    for name, mend in REFUSED.items():
        lines.append(f"| `{name}` | {mend.replace('{{', '&#123;&#123;')} |")
    return "\n".join(lines)


def files() -> str:
    """What may be handed in, and the kinds of documents that have a name."""
    endings = ", ".join(f"`{ending}`" for ending in documents.ENDINGS)
    lines = [f"Taken are {endings}.", "", "| `document` | | |", "|---|---|---|"]
    for name, kind in documents.kinds().items():
        lines.append(f"| `{name}` | {kind.name.kk} | {kind.name.en} |")
    return "\n".join(lines)


def _component(name: str, runs: Runs) -> str:
    shown = sorted(runs.properties - EVERY - FOLDED - COSMETIC - ONLY.keys())
    lines = [f"### {name}", "", runs.what, "", "| | |", "|---|---|"]
    lines += _line("properties", shown)
    lines += _line("only with one value", sorted(runs.properties & ONLY.keys()))
    lines += _line("`validate`", sorted(runs.validate))
    lines += _line("own `properties`", _bare(runs.own))
    lines += _line("`rasim`", sorted(runs.rasim))
    if len(lines) == 6:
        lines = lines[:3]
    else:
        lines.append("")
    lines += [_example(one) for one in EXAMPLES if one.type == name]
    return "\n".join(lines)


def _line(title: str, names: list[str]) -> list[str]:
    return [f"| {title} | {', '.join(f'`{one}`' for one in names)} |"] if names else []


def _bare(names: frozenset[str]) -> list[str]:
    """`label.ru` and `label.en` as one: `label.ru/en`."""
    russian = {one.removesuffix(".ru") for one in names if one.endswith(".ru")}
    others = {one for one in names if not one.endswith((".ru", ".en"))}
    return sorted(others | {f"{one}.ru/en" for one in russian})


def _example(one: Example) -> str:
    blocks = ["```json\n" + _json(_short(one.component)) + "\n```\n"]
    told = []
    if one.variables:
        told.append(f"with the variables `{_line_of(one.variables)}`")
    if one.told:
        codes = ", ".join(f"`{path}`: `{code}`" for path, code in one.told.items())
        told.append(f"answered `{_line_of(one.answers)}`: {codes}")
    elif one.result:
        told.append(f"answered `{_line_of(one.answers)}`: `{_line_of(one.result)}`")
    if told:
        text = ", ".join(told)
        blocks.append(f"{text[0].upper()}{text[1:]}.\n")
    return "\n".join(blocks)


def _short(component: object) -> object:
    """A picture's data would fill the page."""
    if isinstance(component, dict) and "source" in component:
        return component | {"source": component["source"][:40] + "..."}
    return component


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


def _line_of(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


# What is made of code and tests, between two comments of the document.
PARTS: Mapping[str, Callable[[], str]] = {
    "components": components,
    "refused": refused,
    "files": files,
}


def text_of() -> str:
    text = DOCUMENT.read_text(encoding="utf-8")
    for part, content in PARTS.items():
        text = put(text, part, content())
    return text


if __name__ == "__main__":
    DOCUMENT.write_text(text_of(), encoding="utf-8")
