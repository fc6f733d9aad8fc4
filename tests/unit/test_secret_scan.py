"""The scan of `make lint` finds what it must, and knows what it passed before."""

from pathlib import Path

import pytest

from tests import secret_scan


@pytest.mark.parametrize(
    "text",
    [
        "-----BEGIN RSA PRIVATE " + "KEY-----",
        'aws = "AKIA' + 'IOSFODNN7QRTPLMN"',
        'password = "' + 'kR7vnQ2xLw9tZb"',
        "postgresql://admin:" + "kR7vnQ2xLw9tZb@db/rasim",
    ],
)
def test_a_secret_is_found(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    (tmp_path / "settings.py").write_text(f"{text}\n")
    monkeypatch.setattr(secret_scan, "ROOT", tmp_path)

    assert secret_scan.look(["settings.py"])


def test_what_was_looked_at_is_in_files_that_are_committed() -> None:
    assert {file for file, _, _ in secret_scan.known()} <= set(secret_scan.committed())
