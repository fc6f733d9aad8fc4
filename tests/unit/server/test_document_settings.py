"""Where documents are kept and who scans them, as the environment says it."""

from pathlib import Path

import pytest

from server.environment import SettingRefused
from server.settings import Settings

BUCKET = {"RASIM_DOCUMENTS": "s3://bucket/some/prefix/"}
KEYS = {"RASIM_S3_ACCESS_KEY": "reader", "RASIM_S3_SECRET_KEY": "very secret"}


def told(environment):
    return Settings.from_environment(environment).documents


def test_by_default_a_folder_keeps_twenty_megabytes_and_nobody_scans(tmp_path):
    documents = told({"RASIM_DATA": str(tmp_path)})

    assert documents.folder == Path(tmp_path) / "documents"
    assert (documents.bucket, documents.scanner) == (None, None)
    assert documents.most_bytes == 20 << 20


def test_a_bucket_is_named_with_its_prefix_and_keeps_its_key_to_itself():
    documents = told(BUCKET | KEYS | {"RASIM_S3_ENDPOINT": "http://127.0.0.1:9000"})

    assert (documents.bucket.name, documents.bucket.prefix) == ("bucket", "some/prefix")
    assert documents.bucket.secret_key == "very secret"
    assert "very secret" not in repr(documents)


@pytest.mark.parametrize(
    ("value", "scanner"),
    [
        ("tcp://scanner:3310", ("scanner", 3310)),
        ("unix:/run/clamd.sock", "/run/clamd.sock"),
    ],
)
def test_a_scanner_is_at_a_port_or_a_socket(value, scanner):
    assert told({"RASIM_VIRUS_SCANNER": value}).scanner == scanner


@pytest.mark.parametrize(
    ("name", "environment"),
    [
        ("RASIM_DOCUMENTS", {"RASIM_DOCUMENTS": "/a/folder"}),
        ("RASIM_DOCUMENTS", {"RASIM_DOCUMENTS": "s3://"}),
        ("RASIM_DOCUMENTS", {"RASIM_DOCUMENTS": "s3://key:secret@bucket"}),
        ("RASIM_S3_ENDPOINT", BUCKET | {"RASIM_S3_ENDPOINT": "http://store.example"}),
        ("RASIM_S3_SECRET_KEY", BUCKET | {"RASIM_S3_ACCESS_KEY": "reader"}),
        ("RASIM_S3_ACCESS_KEY", BUCKET | {"RASIM_S3_SECRET_KEY": "secret"}),
        ("RASIM_VIRUS_SCANNER", {"RASIM_VIRUS_SCANNER": "tcp://scanner"}),
        ("RASIM_VIRUS_SCANNER", {"RASIM_VIRUS_SCANNER": "http://scanner:1"}),
        ("RASIM_VIRUS_SCANNER", {"RASIM_VIRUS_SCANNER": "tcp://scanner:99999"}),
        ("RASIM_DOCUMENT_LIMIT", {"RASIM_DOCUMENT_LIMIT": "0"}),
    ],
)
def test_what_will_not_do_is_refused_by_its_name(name, environment):
    with pytest.raises(SettingRefused) as refused:
        told(environment)

    assert refused.value.name == name
    assert "secret@" not in str(refused.value)
