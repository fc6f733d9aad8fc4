"""The contract with SpiffWorkflow: what we override is listed, and is still there."""

import importlib
import importlib.metadata
import inspect
import pkgutil

import pytest

import workflows.engine
from workflows.engine import overrides

OURS = "workflows.engine"


def classes():
    for module in pkgutil.iter_modules(workflows.engine.__path__, f"{OURS}."):
        for one in vars(importlib.import_module(module.name)).values():
            if inspect.isclass(one) and one.__module__.startswith(OURS):
                yield one


def overridden():
    """Spiff's class -> the names that a class of ours puts in front of its own."""
    found = {}
    for one in classes():
        theirs = [base for base in one.__mro__ if base.__module__.startswith("Spiff")]
        own = [base for base in one.__mro__ if base.__module__.startswith(OURS)]
        for name in {name for base in own for name in vars(base)}:
            if name.startswith("__") and name != "__init__":
                continue
            owner = next((base for base in theirs if name in vars(base)), None)
            if owner is not None:
                path = f"{owner.__module__}.{owner.__name__}"
                found.setdefault(path, set()).add(name)
    return found


def test_the_version_is_the_one_that_was_tried():
    assert importlib.metadata.version("SpiffWorkflow") == overrides.VERSION


@pytest.mark.parametrize("path", overrides.OVERRIDDEN)
def test_every_overridden_name_exists(path):
    module, _, name = path.rpartition(".")
    theirs = getattr(importlib.import_module(module), name)

    assert {
        one for one in overrides.OVERRIDDEN[path] if one not in vars(theirs)
    } == set()


def test_no_override_is_missing_from_the_list():
    assert overridden() == {path: set(v) for path, v in overrides.OVERRIDDEN.items()}
