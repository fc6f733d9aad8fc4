"""npm feelin, the FEEL of the designers' editors, beside which ours is tested."""

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from py_mini_racer import JSEvalException, MiniRacer

from server.assets import hatch_build

# What does not parse.
Refused = JSEvalException

ROOT = Path(__file__).resolve().parents[1]


@contextmanager
def opened() -> Iterator[MiniRacer]:
    """A V8 isolate in which `feelin` is the package."""
    racer = MiniRacer()
    try:
        racer.eval(_bundle())
        yield racer
    finally:
        racer.close()


def _bundle() -> str:
    """feelin as one script, made by esbuild and thrown away."""
    with tempfile.TemporaryDirectory() as folder:
        out = Path(folder) / "feelin.js"
        hatch_build.run_node(
            ROOT,
            "node",
            "node_modules/esbuild/bin/esbuild",
            "node_modules/feelin/dist/index.js",
            "--bundle",
            "--format=iife",
            "--global-name=feelin",
            "--log-level=warning",
            f"--outfile={out}",
        )
        return out.read_text(encoding="utf-8")
