"""Where people sign in elsewhere: what is read, and what cannot be right."""

import pytest

from server.environment import SettingRefused
from server.openid_settings import (
    ClaimsRefused,
    Entry,
    Roles,
    Strength,
    is_safe_issuer,
)
from server.settings import Settings
from workflows.model import Role

ROLES = """
claim: realm_access.roles
memberships:
  - {value: desk, role: clerk, office: "030440000128"}
"""


@pytest.fixture
def environment(tmp_path):
    file = tmp_path / "roles.yaml"
    file.write_text(ROLES)
    return {
        "RASIM_DATA": str(tmp_path / "data"),
        "RASIM_ADDRESS": "https://rasim.example.kz",
        "RASIM_OIDC_ISSUER": "https://id.example.kz/realms/edu",
        "RASIM_OIDC_CLIENT_ID": "rasim",
        "RASIM_OIDC_CLIENT_SECRET": "a secret",
        "RASIM_OIDC_ROLES": str(file),
    }


def test_nothing_said_is_nothing_to_sign_in_at(tmp_path):
    assert Settings.from_environment({"RASIM_DATA": str(tmp_path)}).openid is None


def test_everything_is_read(environment):
    told = Settings.from_environment(environment | {"RASIM_OIDC_SCOPE": "profile x"})

    assert told.openid.name == "id.example.kz"
    assert told.openid.scope == "openid profile x"
    assert told.openid.roles.entries == (Entry("desk", Role.CLERK, "030440000128"),)
    assert "a secret" not in repr(told)


@pytest.mark.parametrize("name", ["ISSUER", "CLIENT_ID", "CLIENT_SECRET", "ROLES"])
def test_a_missing_one_is_named(environment, name):
    del environment[f"RASIM_OIDC_{name}"]

    with pytest.raises(SettingRefused, match=f"RASIM_OIDC_{name}: missing"):
        Settings.from_environment(environment)


@pytest.mark.parametrize(
    ("url", "is_safe"),
    [
        ("https://id.example.kz", True),
        ("http://127.0.0.1:4000", True),
        ("http://localhost:4000", True),
        ("http://[::1]:4000", True),
        ("http://id.example.kz", False),
        ("http://127.0.0.1.evil.example", False),
        ("http://localhost.evil.example", False),
        ("https://user:password@id.example.kz", False),
        ("https://id.example.kz?x=1", False),
        ("ftp://127.0.0.1", False),
        ("id.example.kz", False),
        ("https://", False),
        ("https://[broken", False),
        ("", False),
    ],
)
def test_only_a_safe_way_will_do(environment, url, is_safe):
    assert is_safe_issuer(url) is is_safe
    if url and not is_safe:
        with pytest.raises(SettingRefused, match="RASIM_OIDC_ISSUER"):
            Settings.from_environment(environment | {"RASIM_OIDC_ISSUER": url})


@pytest.mark.parametrize(
    "text",
    [
        "",
        "claim: groups",
        "claim: groups\nmemberships: []",
        "claim: groups\nmemberships: [{value: a, role: clerk}]",
        "claim: groups\nmemberships: [{value: a, role: king, office: b}]",
        "claim: groups\nmemberships: [{value: a, role: service, office: b}]",
        "claim: groups\nmemberships: [{value: 7, role: clerk, office: b}]",
        "claim: groups\nmemberships: [{value: a, role: clerk, office: 7}]",
        "claim: groups\nmemberships: [{value: a, role: clerk, office: b, x: y}]",
        "claim: groups\nadmin: true\nmemberships: [{value: a, role: clerk, office: b}]",
        "claim: groups\noffice_claim: [a]\nmemberships: [{value: a, role: clerk}]",
        "claim: [groups]\nmemberships: [{value: a, role: clerk, office: b}]",
        "- a\n- b",
        "a: [",
    ],
)
def test_a_broken_file_of_roles_is_refused(environment, tmp_path, text):
    (tmp_path / "roles.yaml").write_text(text)

    with pytest.raises(SettingRefused, match="RASIM_OIDC_ROLES"):
        Settings.from_environment(environment)


def test_a_file_that_is_not_there_is_named(environment, tmp_path):
    (tmp_path / "roles.yaml").unlink()

    with pytest.raises(SettingRefused, match=r"roles\.yaml"):
        Settings.from_environment(environment)


CLERK, CHIEF = Entry("desk", Role.CLERK, None), Entry("chief", Role.SUPERVISOR, "east")


@pytest.mark.parametrize(
    ("claims", "roles"),
    [
        ({"r": {"x": ["desk"]}, "o": "a"}, {(Role.CLERK, "a")}),
        ({"r": {"x": "desk"}, "o": ["a", "b"]}, {(Role.CLERK, "a"), (Role.CLERK, "b")}),
        ({"r": {"x": ["chief", "desk"]}}, {(Role.SUPERVISOR, "east")}),
        ({"r": {"x": ["Desk", "clerk"]}, "o": "a"}, set()),
        ({"r": ["desk"], "o": "a"}, set()),
        ({"r.x": ["desk"], "o": "a"}, {(Role.CLERK, "a")}),
        ({}, set()),
    ],
)
def test_claims_become_roles_at_offices(claims, roles):
    assert set(Roles("r.x", "o", (CLERK, CHIEF)).of(claims)) == roles


@pytest.mark.parametrize("held", [7, True, {"a": 1}, ["desk", 7], [["desk"]]])
def test_a_claim_of_another_shape_is_refused(held):
    with pytest.raises(ClaimsRefused):
        Roles("r", "o", (CLERK,)).of({"r": held, "o": "a"})


def test_nothing_is_asked_of_the_provider_unless_it_is_said(environment):
    strength = Settings.from_environment(environment).openid.strength

    assert strength == Strength((), (), 0)
    assert strength.asked() == {}
    assert strength.lack({}, 0) == ""


def test_how_surely_the_provider_must_know_is_read(environment):
    told = {"ACR": "urn:gold  silver urn:gold", "AMR": "otp hwk"}
    told["MAX_AGE_MINUTES"] = "480"
    told = {f"RASIM_OIDC_{name}": value for name, value in told.items()}

    strength = Settings.from_environment(environment | told).openid.strength

    assert strength == Strength(("urn:gold", "silver"), ("otp", "hwk"), 28_800)
    assert strength.asked() == {"acr_values": "urn:gold silver", "max_age": "28800"}


@pytest.mark.parametrize("told", ["-1", "1.5", "soon", "43201"])
def test_an_age_that_is_none_is_refused(environment, told):
    with pytest.raises(SettingRefused, match="RASIM_OIDC_MAX_AGE_MINUTES"):
        Settings.from_environment(environment | {"RASIM_OIDC_MAX_AGE_MINUTES": told})


NOW = 1_800_000_000


@pytest.mark.parametrize(
    ("proven", "lack"),
    [
        ({"acr": "gold", "amr": ["pwd", "otp"], "auth_time": NOW - 600}, ""),
        ({"acr": "silver", "amr": ["hwk"], "auth_time": NOW - 659.5}, ""),
        ({"acr": "gold", "amr": ["otp"], "auth_time": NOW + 60}, ""),
        ({"acr": "Gold", "amr": ["otp"], "auth_time": NOW}, "weak"),
        ({"acr": "gold silver", "amr": ["otp"], "auth_time": NOW}, "weak"),
        ({"acr": ["gold"], "amr": ["otp"], "auth_time": NOW}, "weak"),
        ({"acr": None, "amr": ["otp"], "auth_time": NOW}, "weak"),
        ({"amr": ["otp"], "auth_time": NOW}, "weak"),
        ({"acr": "gold", "auth_time": NOW}, "weak"),
        ({"acr": "gold", "amr": [], "auth_time": NOW}, "weak"),
        ({"acr": "gold", "amr": "otp", "auth_time": NOW}, "weak"),
        ({"acr": "gold", "amr": ["pwd", ["otp"]], "auth_time": NOW}, "weak"),
        ({"acr": "gold", "amr": {"otp": 1}, "auth_time": NOW}, "weak"),
        ({"acr": "gold", "amr": ["otp"]}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": NOW - 661}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": NOW + 61}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": 0}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": True}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": str(NOW)}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": float("nan")}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": float("inf")}, "old"),
        ({"acr": "gold", "amr": ["otp"], "auth_time": 10**400}, "old"),
    ],
)
def test_what_is_not_proven_is_lacking(proven, lack):
    strength = Strength(("gold", "silver"), ("otp", "hwk"), 600)

    assert strength.lack(proven, NOW) == lack
