"""Where webhooks may go: out into the world, never into the network that we stand in.

A webhook makes the service ask an address that somebody else chose; unless told
otherwise it must not reach what only this machine or its network can reach.
"""

from collections.abc import Sequence
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)
from urllib.parse import SplitResult, urlsplit

from workflows.model import InputRefused

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
MOST_LETTERS = 2000
# IPv4 in IPv6's clothes, by whom it is carried on: RFC 6052, 4380; and examples.
NAT64 = ip_network("64:ff9b::/96")
CLOSED = (ip_network("2001::/32"), ip_network("3fff::/20"))
WORLD = ip_network("2000::/3")  # all of IPv6 that was ever given to anybody


def checked(url: str, own: Sequence[Network] = ()) -> SplitResult:
    """The parts of an address that a webhook may have; InputRefused names why not.

    `own`: private networks that may be reached all the same. Only those of this very
    machine may be reached without encryption: nobody stands between.
    """
    if len(url) > MOST_LETTERS or not url.isascii() or not url.isprintable():
        raise _refused("an address of printable ASCII characters, 2000 at most")
    try:
        parts = urlsplit(url)
        parts.port  # noqa: B018 - raises for one that is no number
        host = parts.hostname
    except ValueError:
        raise _refused("it is not an address") from None
    if not host or " " in url or "\\" in url:
        raise _refused("it is not an address")
    if parts.username is not None or parts.password is not None:
        raise _refused("it holds a name or a password: take them out")
    if parts.fragment:
        raise _refused("it has a fragment (#): take it out")
    literal = literal_of(host)
    if literal is not None and not is_open(literal, own):
        raise _refused("it is an address of a closed network")
    if parts.scheme == "http":
        if literal is None or not (literal.is_loopback and is_open(literal, own)):
            raise _refused("it must begin with https://")
    elif parts.scheme != "https":
        raise _refused("it must begin with https://")
    return parts


def literal_of(host: str) -> Address | None:
    """The host as an address, where it is written as one."""
    try:
        return ip_address(host)
    except ValueError:
        return None


def is_open(address: Address, own: Sequence[Network] = ()) -> bool:
    """Whether it is out in the world, or in one of our `own` networks that we name."""
    meant = _meant(address)
    if any(meant in network for network in own if network.version == meant.version):
        return True
    if not meant.is_global or meant.is_multicast:
        return False
    if isinstance(meant, IPv4Address):
        return True
    return meant in WORLD and not any(meant in each for each in CLOSED)


def _meant(address: Address) -> Address:
    """The IPv4 address that one of IPv6 stands for, else itself."""
    if not isinstance(address, IPv6Address):
        return address
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in NAT64 or (int(address) >> 32 == 0 and int(address) > 1):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def _refused(reason: str) -> InputRefused:
    return InputRefused(field="url", reason=reason)
