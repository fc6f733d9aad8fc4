"""Text with FEEL in double braces, cut into parts; nothing is evaluated here."""

import re

from forms.model import Part

_EXPRESSION = re.compile(r"\{\{(.*?)\}\}", re.DOTALL)
_HTML = re.compile(r"<\s*[/!a-zA-Z]")


class TemplateRefused(ValueError):
    """A text that this house does not show; the message tells the mend."""


def cut(text: str) -> tuple[Part, ...]:
    """The parts of `text`: `= FEEL` as a whole, or words with `{{FEEL}}` between.

    Raises TemplateRefused for HTML, for the loops and conditions of form-js
    templates, and for braces that do not close.
    """
    if text.startswith("="):
        return (_expression(text[1:]),)
    if _HTML.search(text):
        raise TemplateRefused("HTML is not shown: write plain text")
    parts: list[Part] = []
    end = 0
    for found in _EXPRESSION.finditer(text):
        _add_words(parts, text[end : found.start()])
        parts.append(_expression(found[1]))
        end = found.end()
    _add_words(parts, text[end:])
    return tuple(parts)


def has_expression(text: str) -> bool:
    return text.startswith("=") or "{{" in text


def _expression(source: str) -> Part:
    source = source.strip()
    if not source:
        raise TemplateRefused("an expression is empty: write FEEL, or take it out")
    if source[0] in "#/":
        raise TemplateRefused("{{#if}} and {{#loop}} do not run: use FEEL `if`, `for`")
    return Part(source, is_expression=True)


def _add_words(parts: list[Part], words: str) -> None:
    if "{{" in words or "}}" in words:
        raise TemplateRefused("the braces {{ and }} do not pair")
    if words:
        parts.append(Part(words))
