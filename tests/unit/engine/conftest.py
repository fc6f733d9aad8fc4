"""One FEEL parser for all tests of the engine, and cases that run drawings."""

import pytest
from engine_kit import Run, drawing

from workflows import engine, feel


@pytest.fixture(scope="session")
def parser():
    with feel.Parser() as parser:
        yield parser


@pytest.fixture
def define(parser):
    def load(body, called, decisions=None, **options):
        xml = drawing(body, **options)
        try:
            read = engine.read(xml, "d.bpmn", parser)[0]
        except engine.DrawingRefused as refusal:
            pytest.fail("\n".join(one.message for one in refusal.findings))
        return engine.load(xml, read.key, read.trees, called, decisions)

    def make(body, called=None, **options):
        """A definition; `called` are the bodies of other processes, by key."""
        known = {}
        shared = {name: options[name] for name in ("declared",) if name in options}
        for key, other in (called or {}).items():
            known[key] = load(other, known, key=key, **shared)
        return load(body, known, **options)

    return make


@pytest.fixture(params=["saved after every step", "kept in memory"])
def run(define, request):
    """Run a drawing's body; each test runs twice, once with saves, once without."""

    def start(body, variables=None, start_event=None, **options):
        keep = request.param == "kept in memory"
        return Run(define(body, **options), variables, keep, start_event)

    return start


@pytest.fixture
def refused(parser):
    """The error findings of a drawing that must be refused."""

    def read(xml):
        with pytest.raises(engine.DrawingRefused) as refusal:
            engine.read(xml, "d.bpmn", parser)
        return [one for one in refusal.value.findings if one.severity == "error"]

    return read
