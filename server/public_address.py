"""The address that people type, and the proxies between them and us.

What a request says of itself (its Host, who sent it, whether it came over https) can be
written by anybody; the address is the settings' word, the sender that of our proxies.
"""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from itertools import takewhile
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from werkzeug.http import parse_list_header
from werkzeug.middleware.proxy_fix import ProxyFix

from server.environment import Reader, SettingRefused, is_here, refused

if TYPE_CHECKING:
    from collections.abc import Iterable

    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

ADDRESS = "RASIM_ADDRESS"
PROXIES = "RASIM_PROXIES"
MOST_PROXIES = 9

Network = IPv4Network | IPv6Network


@dataclass(frozen=True)
class Proxies:
    """Whose word on the sender of a request counts.

    `networks`: of whoever stands there, as many in a row as do; else of `count` in a
    row, wherever they stand.
    """

    count: int = 0
    networks: tuple[Network, ...] = ()

    def hops(self, peer: str, forwarded: list[str]) -> int:
        """How many of the last of `forwarded`, an X-Forwarded-For, are to be believed.

        `peer` is who speaks to us; each proxy adds whoever speaks to it at the end.
        """
        if not self.networks:
            return self.count
        ours = takewhile(self._has, [peer, *reversed(forwarded)])
        return min(len(forwarded), len(list(ours)))

    def _has(self, told: str) -> bool:
        try:
            address = ip_address(told.strip())
        except ValueError:
            return False
        # What listens on all addresses of both kinds sees 10.0.0.1 as ::ffff:10.0.0.1.
        if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return any(address in network for network in self.networks)


@dataclass(frozen=True)
class PublicAddress:
    """Where people find the service: `origin` is scheme, host and port, no path."""

    origin: str
    proxies: Proxies

    @property
    def is_https(self) -> bool:
        return self.origin.startswith("https://")

    @property
    def host(self) -> str:
        """In small letters, without the port."""
        return urlsplit(self.origin).hostname or ""

    def of(self, path: str) -> str:
        """The whole address of a path that begins with a slash."""
        return self.origin + path

    def is_meant(self, host: str, listens_at: str) -> bool:
        """Whether a request's Host is ours: the public one, or that of this machine."""
        try:
            named = urlsplit(f"//{host}").hostname or ""
        except ValueError:
            return False
        return named in (self.host, listens_at.lower()) or is_here(named)


class BehindProxies:
    """WSGI: the sender as our proxies tell it, the scheme as the settings do."""

    def __init__(self, app: "WSGIApplication", public: PublicAddress) -> None:
        self._app, self._proxies = app, public.proxies
        self._scheme = urlsplit(public.origin).scheme

    def __call__(
        self, environ: "WSGIEnvironment", start_response: "StartResponse"
    ) -> "Iterable[bytes]":
        environ["wsgi.url_scheme"] = self._scheme
        forwarded = parse_list_header(environ.get("HTTP_X_FORWARDED_FOR", ""))
        hops = self._proxies.hops(environ.get("REMOTE_ADDR", ""), forwarded)
        fixed = ProxyFix(self._app, x_for=hops, x_proto=0)
        return fixed(environ, start_response)


def read(reader: Reader) -> PublicAddress | None:
    """None where nothing is said of it; SettingRefused for what will not do."""
    told, proxies = reader.text(ADDRESS, ""), reader.text(PROXIES, "")
    if not told:
        if proxies:
            mend = f"Behind a proxy ({PROXIES}) people type another address: name it."
            raise SettingRefused(name=ADDRESS, reason="missing", mend=mend)
        return None
    return PublicAddress(_origin(told), _proxies(proxies))


def _origin(told: str) -> str:
    mend = "Write https://host or https://host:port; http is for this machine alone."
    try:
        parts = urlsplit(told)
        host, _ = parts.hostname or "", parts.port  # the port raises where it is none
    except ValueError as error:
        raise refused(ADDRESS, told, mend) from error
    is_bare = parts.path in ("", "/") and not parts.query and not parts.fragment
    is_alone = is_bare and parts.username is None
    is_safe = parts.scheme == "https" or (parts.scheme == "http" and is_here(host))
    if not (host and is_alone and is_safe):
        raise refused(ADDRESS, told, mend)
    return _written(parts)


def _written(parts: SplitResult) -> str:
    """As a browser writes it in `Origin`: small letters, no port that goes by itself.

    A name of another script is written in the letters that go over the network.
    """
    host = parts.hostname or ""
    try:
        host = host if host.isascii() else host.encode("idna").decode("ascii")
    except UnicodeError as error:
        raise refused(ADDRESS, host, "This is no name of a host.") from error
    host = f"[{host}]" if ":" in host else host
    usual = {"http": 80, "https": 443}[parts.scheme]
    port = "" if parts.port in (None, usual) else f":{parts.port}"
    return f"{parts.scheme}://{host}{port}"


def _proxies(told: str) -> Proxies:
    if told.isascii() and told.isdigit():
        count = int(told) if len(told) < 3 else MOST_PROXIES + 1
        if count > MOST_PROXIES:
            mend = f"Give a number from 0 to {MOST_PROXIES}, or their networks."
            raise refused(PROXIES, told, mend)
        return Proxies(count)
    return Proxies(networks=tuple(_network(part) for part in told.split(",") if told))


def _network(told: str) -> Network:
    mend = "Write how many there are, or their networks: 10.0.0.0/8,192.168.1.5."
    try:
        found = ip_network(told.strip())
    except ValueError as error:
        raise refused(PROXIES, told.strip(), mend) from error
    if found.prefixlen == 0:
        raise refused(PROXIES, told.strip(), "It is everybody. " + mend)
    return found
