"""The templates keep to the strict policy: no inline style, handler or bare script."""

import re
from pathlib import Path

import pytest
from jinja2 import Environment

FOLDER = Path(__file__).parents[3] / "server" / "templates"
TEMPLATES = sorted(FOLDER.rglob("*.html"))

INLINE_STYLE = re.compile(r"\sstyle\s*=|<style\b", re.IGNORECASE)
INLINE_HANDLER = re.compile(r"<[^>]*\son[a-z]+\s*=|\bhx-on\b", re.IGNORECASE)
BARE_SCRIPT = re.compile(r"<script(?![^>]*(\bsrc=|\bnonce=))", re.IGNORECASE)
POSTS = re.compile(r"<form[^>]*method=\"post\".*?</form>", re.DOTALL)
# Words between tags that nobody wrapped for translation; names of ours may stay.
BARE_WORDS = re.compile(r">\s*([A-Za-z][a-z]+(?: [a-z]+)+)[^<{]*<")


def name(path: Path) -> str:
    return path.relative_to(FOLDER).as_posix()


@pytest.fixture(params=TEMPLATES, ids=name)
def source(request: pytest.FixtureRequest) -> str:
    return str(request.param.read_text("utf-8"))


def test_there_are_templates() -> None:
    assert TEMPLATES


def test_a_template_has_nothing_inline(source: str) -> None:
    assert not INLINE_STYLE.search(source)
    assert not INLINE_HANDLER.search(source)
    assert not BARE_SCRIPT.search(source)


def test_every_form_that_posts_carries_the_token(source: str) -> None:
    assert all("ui.csrf()" in form for form in POSTS.findall(source))


def test_no_words_are_left_untranslatable(source: str) -> None:
    assert not BARE_WORDS.search(re.sub(r"\{#.*?#\}", "", source, flags=re.DOTALL))


def test_nothing_is_loaded_from_elsewhere(source: str) -> None:
    assert not re.search(r"(src|href)=\"(https?:)?//", source)


def test_a_template_can_be_parsed(source: str) -> None:
    assert Environment(autoescape=True, extensions=["jinja2.ext.i18n"]).parse(source)
