"""What every document store does: the same of a folder and of a bucket."""

import hashlib
import io
import os
import stat
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from integrations.document_bucket import Bucket, DocumentBucket
from integrations.document_folder import STALE_SECONDS, DocumentFolder
from tests.integration.documents import bucket_server
from workflows.ports import ContentMissing, DocumentStore, DocumentsUnavailable

CONTENT = b"what a document holds" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(scope="module")
def bucket():
    with bucket_server.serving() as bucket:
        yield bucket


@pytest.fixture(params=["folder", "bucket"])
def files(request: pytest.FixtureRequest, tmp_path: Path) -> DocumentStore:
    if request.param == "folder":
        return DocumentFolder(tmp_path / "documents")
    bucket: Bucket = request.getfixturevalue("bucket")
    return DocumentBucket(replace(bucket, prefix=tmp_path.name))


def test_a_content_is_kept_under_its_hash_and_read_again(files: DocumentStore) -> None:
    stored = files.put(io.BytesIO(CONTENT))

    assert (stored.sha256, stored.size) == (SHA256, len(CONTENT))
    assert files.exists(SHA256)
    with files.open(SHA256) as source:
        assert source.read() == CONTENT


def test_what_is_not_there_is_said_to_be_missing(files: DocumentStore) -> None:
    assert not files.exists(SHA256)
    assert files.kept(SHA256, "v1-1-900.webp") is None
    with pytest.raises(ContentMissing):
        files.open(SHA256)
    files.delete(SHA256)


def test_a_content_takes_along_what_was_made_from_it(files: DocumentStore) -> None:
    other = files.put(io.BytesIO(b"other")).sha256
    files.put(io.BytesIO(CONTENT))
    files.keep(SHA256, "v1-1-900.webp", b"picture")
    files.keep(other, "v1-1-900.webp", b"other picture")
    assert files.kept(SHA256, "v1-1-900.webp") == b"picture"

    files.delete(SHA256)

    assert not files.exists(SHA256)
    assert files.kept(SHA256, "v1-1-900.webp") is None
    assert files.exists(other)
    assert files.kept(other, "v1-1-900.webp") == b"other picture"


def test_the_same_content_at_once_is_there_once(files: DocumentStore) -> None:
    with ThreadPoolExecutor(8) as threads:
        stored = list(threads.map(lambda _: files.put(io.BytesIO(CONTENT)), range(16)))

    assert {one.sha256 for one in stored} == {SHA256}
    with files.open(SHA256) as source:
        assert source.read() == CONTENT


@pytest.mark.parametrize(
    "name", ["../../etc/passwd", "", "a" * 63, "G" * 64, SHA256 + "/"]
)
def test_no_name_leads_out_of_the_store(files: DocumentStore, name: str) -> None:
    for use in (files.open, files.exists, files.delete):
        with pytest.raises(ValueError, match="SHA-256"):
            use(name)


@pytest.mark.parametrize("label", ["../x", "a/b", ".hidden", "A", "a" * 65])
def test_no_label_leads_out_of_the_store(files: DocumentStore, label: str) -> None:
    with pytest.raises(ValueError, match="label"):
        files.keep(SHA256, label, b"")


def test_files_of_a_folder_cannot_be_run_or_read_by_others(tmp_path: Path) -> None:
    files = DocumentFolder(tmp_path)
    files.put(io.BytesIO(b"#!/bin/sh\n"))

    modes = {stat.S_IMODE(p.stat().st_mode) for p in tmp_path.rglob("*") if p.is_file()}

    assert modes == {0o600}
    assert list(files.incoming.iterdir()) == []


def test_a_content_that_breaks_off_leaves_nothing(tmp_path: Path) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell() > 0:
                raise ConnectionResetError
            return super().read(10)

    files = DocumentFolder(tmp_path)

    with pytest.raises(DocumentsUnavailable):
        files.put(Broken(CONTENT))

    assert [path for path in tmp_path.rglob("*") if path.is_file()] == []


def test_what_a_killed_process_left_is_swept_away(tmp_path: Path) -> None:
    files = DocumentFolder(tmp_path)
    files.put(io.BytesIO(b"one"))
    old, young = files.incoming / "old", files.incoming / "young"
    for left in (old, young):
        left.write_bytes(b"half")
    long_ago = time.time() - STALE_SECONDS - 60
    os.utime(old, (long_ago, long_ago))

    files.put(io.BytesIO(b"two"))

    assert list(files.incoming.iterdir()) == [young]


def test_a_folder_that_is_no_folder_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "documents").write_bytes(b"")

    with pytest.raises(DocumentsUnavailable):
        DocumentFolder(tmp_path / "documents").put(io.BytesIO(CONTENT))


def test_a_bucket_that_does_not_answer_is_unavailable() -> None:
    (port,) = bucket_server.free_ports(1)
    bucket = Bucket("b", "", f"http://127.0.0.1:{port}", access_key="a", secret_key="b")

    with pytest.raises(DocumentsUnavailable):
        DocumentBucket(bucket).put(io.BytesIO(CONTENT))


def test_a_bucket_of_others_is_unavailable_and_not_empty(bucket: Bucket) -> None:
    stranger = DocumentBucket(replace(bucket, secret_key="w" * 40))

    with pytest.raises(DocumentsUnavailable):
        stranger.exists(SHA256)
    with pytest.raises(DocumentsUnavailable):
        stranger.open(SHA256)
