"""Cases from text: `## name`, the drawing, `--`, and the steps; docs in README.md."""

import re
from dataclasses import dataclass
from pathlib import Path

from tests.integration.conformance.drawing import Drawing

FOLDER = Path(__file__).parent / "cases"


@dataclass(frozen=True)
class Case:
    name: str
    drawings: dict[str, str]  # by what stands behind `===`; the first one has ""
    steps: list[str]

    @property
    def is_refused(self):
        return self.steps == ["refused"]

    def files(self, key):
        """The drawings as BPMN; `KEY` in them is the key of the first process."""
        return {
            f"{name or 'main'}.bpmn": Drawing(
                f"{key}_{name}" if name else key, text.replace("KEY", key)
            )
            .xml()
            .encode()
            for name, text in self.drawings.items()
        }


def read_cases():
    """All cases of the folder, by file and name."""
    return {
        f"{path.stem}-{case.name}": case
        for path in sorted(FOLDER.glob("*.txt"))
        for case in _cases(path.read_text())
    }


def _cases(text):
    for part in re.split(r"^## ", text, flags=re.M)[1:]:
        name, rest = part.split("\n", 1)
        drawn, steps = re.split(r"^--\n", rest, maxsplit=1, flags=re.M)
        first, *others = re.split(r"^=== ", drawn, flags=re.M)
        drawings = {"": first}
        for other in others:
            called, text_of = other.split("\n", 1)
            drawings[called.strip()] = text_of
        lines = [line.strip() for line in steps.splitlines()]
        yield Case(name.strip(), drawings, [line for line in lines if line])
