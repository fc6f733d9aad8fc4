"""Whether the way to a database is open, by its URL."""

import logging

import pytest

from server import database_link


@pytest.fixture(autouse=True)
def _nothing_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PGSSLMODE", raising=False)


@pytest.mark.parametrize(
    "url",
    [
        "postgresql:///rasim",
        "postgresql://u:p@localhost/rasim",
        "postgresql://u:p@127.0.0.1:5432/rasim",
        "postgresql+psycopg://u:p@[::1]/rasim",
        "postgresql://u:p@/rasim?host=/var/run/postgresql",
        "postgresql://u:p@db.example.kz/rasim?sslmode=verify-full",
        "postgresql://u:p@a,b/rasim?sslmode=verify-ca",
        "postgresql://u:p@db.example.kz/rasim?no-such-thing=1",
    ],
)
def test_what_stays_here_or_asks_for_a_certificate_is_closed(url):
    assert database_link.open_to(url) is None


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("postgresql://u:p@db.example.kz/rasim", "db.example.kz"),
        ("postgresql+psycopg://u:p@10.0.0.7/rasim?sslmode=require", "10.0.0.7"),
        ("postgresql://u:p@db.example.kz/rasim?sslmode=disable", "db.example.kz"),
        ("postgresql://u:p@localhost,far/rasim", "far"),
        ("postgresql://u:p@/rasim?host=far", "far"),
    ],
)
def test_what_goes_out_without_one_is_open(url, host):
    assert database_link.open_to(url) == host


def test_libpqs_own_variable_counts(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("PGSSLMODE", "verify-full")

    assert database_link.open_to("postgresql://u:p@far/rasim") is None


def test_the_log_is_told_without_the_password(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        database_link.warn(None, None)
        database_link.warn("postgresql://u:hidden@localhost/rasim", None)
        assert not caplog.records
        database_link.warn("postgresql://u:hidden@far/rasim", None)

    assert "far is open" in caplog.text
    assert "hidden" not in caplog.text


def test_who_serves_should_not_know_the_owner(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.WARNING):
        database_link.warn(None, "postgresql://u:hidden@localhost/rasim")

    assert "RASIM_DATABASE_OWNER_URL is for rasim db upgrade" in caplog.text
    assert "hidden" not in caplog.text
