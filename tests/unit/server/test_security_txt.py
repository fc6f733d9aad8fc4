"""Whom to tell of a weakness: /.well-known/security.txt, where a contact is set."""

from datetime import UTC, datetime, timedelta

import pytest

from server import bootstrap
from server.environment import SettingRefused
from server.settings import Settings

PATH = "/.well-known/security.txt"


def settings_of(folder, **told):
    return Settings.from_environment(
        {
            "DATABASE_URL": "postgresql://nobody@localhost/none",
            "RASIM_DATA": str(folder),
            "RASIM_SECRET_KEY": "k" * 64,
            **told,
        }
    )


def ask(folder, **told):
    app = bootstrap.create_app(settings_of(folder, **told))
    try:
        return app.test_client().get(PATH)
    finally:
        app.extensions["rasim"].store.close()


@pytest.mark.parametrize(
    "contact", ["mailto:qauip@example.kz", "https://example.kz/x", "tel:+77172000000"]
)
def test_who_is_told_of_weaknesses_is_named_for_less_than_a_year(tmp_path, contact):
    answer = ask(tmp_path, RASIM_SECURITY_CONTACT=contact)

    assert answer.content_type == "text/plain; charset=utf-8"
    told = dict(line.split(": ", 1) for line in answer.text.splitlines())
    expires = datetime.fromisoformat(told.pop("Expires"))
    ahead = expires - datetime.now(UTC)
    assert timedelta(days=30) < ahead < timedelta(days=365)
    assert told == {"Contact": contact, "Preferred-Languages": "kk, ru, en"}


def test_the_address_that_people_type_is_told(tmp_path):
    address = "http://localhost:8000"
    contact = "mailto:qauip@example.kz"

    answer = ask(tmp_path, RASIM_SECURITY_CONTACT=contact, RASIM_ADDRESS=address)

    assert f"Canonical: {address}{PATH}\n" in answer.text


def test_where_nobody_is_named_there_is_no_such_page(tmp_path):
    assert ask(tmp_path).status_code == 404


@pytest.mark.parametrize(
    "contact",
    ["qauip@example.kz", "http://example.kz", "mailto:a\nExpires: 1", "tel:8"],
)
def test_a_contact_that_no_program_can_follow_is_refused(tmp_path, contact):
    with pytest.raises(SettingRefused, match=r"RASIM_SECURITY_CONTACT.*mailto:"):
        settings_of(tmp_path, RASIM_SECURITY_CONTACT=contact)
