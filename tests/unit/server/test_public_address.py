"""The public address: how it is written, whose word counts, what is refused by name."""

from ipaddress import ip_network

import pytest

from server.environment import Reader, SettingRefused
from server.public_address import BehindProxies, Proxies, PublicAddress, read
from server.settings import Settings
from server.web import gunicorn_settings

ADDRESS = "https://rasim.example.kz"
NEAR = (ip_network("10.0.0.0/8"), ip_network("fd00::/8"))


def told(address=ADDRESS, proxies=""):
    return read(Reader({"RASIM_ADDRESS": address, "RASIM_PROXIES": proxies}))


@pytest.mark.parametrize(
    ("written", "origin"),
    [
        (ADDRESS, ADDRESS),
        ("https://Rasim.Example.kz/", ADDRESS),
        ("https://rasim.example.kz:443", ADDRESS),
        ("https://rasim.example.kz:8443", "https://rasim.example.kz:8443"),
        ("https://рәсім.example.kz", "https://xn--l1ahd8f75a.example.kz"),
        ("http://localhost:8000", "http://localhost:8000"),
        ("http://127.0.0.1:80/", "http://127.0.0.1"),
        ("https://[FD00::1]:8443", "https://[fd00::1]:8443"),
    ],
)
def test_an_address_is_written_as_browsers_write_it(written, origin):
    found = told(written)

    assert found.origin == origin
    assert found.is_https == origin.startswith("https")


@pytest.mark.parametrize(
    "written",
    [
        "rasim.example.kz",
        "http://rasim.example.kz",
        "http://127.0.0.1.evil.example",
        "https://",
        "https://user@rasim.example.kz",
        "https://rasim.example.kz/rasim",
        "https://rasim.example.kz?x=1",
        "https://rasim.example.kz:99999",
        "https://[broken",
        "https://a..example.kzү",
    ],
)
def test_what_is_no_address_is_refused_by_name(written):
    with pytest.raises(SettingRefused, match="RASIM_ADDRESS"):
        told(written)


@pytest.mark.parametrize(
    "written",
    ["many", "-1", "10", "99999999999", "10.0.0.1/8", "10.0.0.0/8,", "0.0.0.0/0", "٣"],
)
def test_what_are_no_proxies_is_refused_by_name(written):
    with pytest.raises(SettingRefused, match="RASIM_PROXIES"):
        told(proxies=written)


def test_behind_a_proxy_the_address_is_needed():
    with pytest.raises(SettingRefused, match="RASIM_ADDRESS: missing"):
        told(address="", proxies="1")


def test_nothing_said_is_no_proxy(tmp_path):
    assert Settings.from_environment({"RASIM_DATA": str(tmp_path)}).public is None
    assert told().proxies == told(proxies="0").proxies == Proxies()


def test_networks_and_their_number_are_read():
    assert told(proxies="2").proxies == Proxies(2)
    assert told(proxies="10.0.0.0/8, fd00::/8").proxies == Proxies(networks=NEAR)
    assert told(proxies="10.0.0.5").proxies.hops("10.0.0.5", ["8.8.8.8"]) == 1


@pytest.mark.parametrize(
    ("proxies", "peer", "forwarded", "sender"),
    [
        (Proxies(), "10.0.0.1", "8.8.8.8", "10.0.0.1"),
        (Proxies(1), "10.0.0.1", "8.8.8.8", "8.8.8.8"),
        (Proxies(1), "10.0.0.1", "6.6.6.6, 8.8.8.8", "8.8.8.8"),
        (Proxies(2), "10.0.0.1", "6.6.6.6, 8.8.8.8, 10.0.0.2", "8.8.8.8"),
        (Proxies(2), "10.0.0.1", "8.8.8.8", "10.0.0.1"),
        (Proxies(1), "10.0.0.1", "", "10.0.0.1"),
        (Proxies(networks=NEAR), "10.0.0.1", "8.8.8.8", "8.8.8.8"),
        (Proxies(networks=NEAR), "::ffff:10.0.0.1", "8.8.8.8", "8.8.8.8"),
        (Proxies(networks=NEAR), "fd00::1", "6.6.6.6,8.8.8.8,10.0.0.2", "8.8.8.8"),
        (Proxies(networks=NEAR), "10.0.0.1", "10.9.9.9", "10.9.9.9"),
        (Proxies(networks=NEAR), "8.8.8.8", "10.0.0.1", "8.8.8.8"),
        (Proxies(networks=NEAR), "", "8.8.8.8", ""),
        (Proxies(networks=NEAR), "10.0.0.1", "", "10.0.0.1"),
    ],
)
def test_the_sender_is_whom_our_proxies_name(proxies, peer, forwarded, sender):
    seen = {}

    def app(environ, _start):
        seen.update(environ)
        return []

    environ = {
        "REMOTE_ADDR": peer,
        "wsgi.url_scheme": "http",
        "HTTP_HOST": "rasim.example.kz",
        "HTTP_X_FORWARDED_HOST": "evil.example",
        "HTTP_X_FORWARDED_PROTO": "http",
        "HTTP_X_FORWARDED_PREFIX": "/evil",
    }
    if forwarded:
        environ["HTTP_X_FORWARDED_FOR"] = forwarded
    BehindProxies(app, PublicAddress(ADDRESS, proxies))(environ, None)

    assert seen["REMOTE_ADDR"] == sender
    assert seen["wsgi.url_scheme"] == "https"
    assert seen["HTTP_HOST"] == "rasim.example.kz"
    assert not seen.get("SCRIPT_NAME")


@pytest.mark.parametrize(
    ("host", "is_meant"),
    [
        ("rasim.example.kz", True),
        ("RASIM.example.kz:443", True),
        ("localhost:8000", True),
        ("127.0.0.1:8000", True),
        ("[::1]:8000", True),
        ("192.168.1.7:8000", True),
        ("evil.example", False),
        ("x.rasim.example.kz", False),
        ("rasim.example.kz.evil.example", False),
        ("[broken", False),
        ("", False),
    ],
)
def test_a_host_is_ours_or_another_s(host, is_meant):
    assert told().is_meant(host, "192.168.1.7") is is_meant


def test_gunicorn_believes_no_proxy_where_the_settings_say_who_is_believed(tmp_path):
    plain = {"RASIM_DATA": str(tmp_path)}
    public = plain | {"RASIM_ADDRESS": ADDRESS, "RASIM_PROXIES": "1"}

    def believed(environment):
        made = gunicorn_settings(Settings.from_environment(environment))
        return made["forwarded_allow_ips"]

    assert believed(public) == ""
    assert believed(plain) == "127.0.0.1,::1"
