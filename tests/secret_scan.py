"""`make lint`: no password, token or key in what is committed, but those looked at.

`.secrets.baseline` holds what was looked at and is none, by file and hash: a line may
move. After a look, `python -m tests.secret_scan --accept` takes what is there now.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from detect_secrets import SecretsCollection
from detect_secrets.settings import default_settings

ROOT = Path(__file__).resolve().parent.parent
BASELINE = ROOT / ".secrets.baseline"
# Made by programs out of other files, or pictures.
PASSED_OVER = (".svg", ".po", ".lock", ".png", ".webp", "package-lock.json")
AT_ONCE = 100  # files that one process looks at in a turn

Found = tuple[str, str, str]  # file, kind, hash


def committed() -> list[str]:
    """Every file that git knows, as a path from the root."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split("\0")
    return [
        name
        for name in listed
        if name and not name.endswith(PASSED_OVER) and name != BASELINE.name
    ]


def look(files: list[str]) -> list[tuple[Found, int]]:
    """What looks like a secret, and its line."""
    found = []
    with default_settings():
        secrets = SecretsCollection(root=str(ROOT))
        for file in files:
            if (ROOT / file).is_file():
                secrets.scan_file(file)
        for file, one in secrets:
            found.append(((file, one.type, one.secret_hash), one.line_number))
    return found


def known() -> set[Found]:
    read: list[list[str]] = json.loads(BASELINE.read_text(encoding="utf-8"))
    return {(file, kind, hash_) for file, kind, hash_ in read}


def _turns(files: list[str]) -> Iterator[list[str]]:
    for start in range(0, len(files), AT_ONCE):
        yield files[start : start + AT_ONCE]


def main(arguments: list[str]) -> int:
    with ProcessPoolExecutor() as pool:
        turns = pool.map(look, _turns(committed()))
        found = {one: line for turn in turns for one, line in turn}
    if arguments == ["--accept"]:
        rows = ",\n".join(json.dumps(one) for one in sorted(found))
        BASELINE.write_text(f"[\n{rows}\n]\n", encoding="utf-8")
        return 0
    fresh = sorted(found.keys() - known())
    for file, kind, _ in fresh:
        line = found[file, kind, _]
        sys.stdout.write(f"{file}:{line}: {kind}: take it out, or look and accept it\n")
    return 1 if fresh else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
