"""The outside systems as programs of our own, for development, tests and the demo."""

from integrations.simulators.app import build
from integrations.simulators.serving import run, serving

__all__ = ["build", "run", "serving"]
