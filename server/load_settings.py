"""How much of the service one may ask for, and where webhooks may go."""

from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Network, ip_network

from server.environment import Reader, refused

Network = IPv4Network | IPv6Network
NETWORKS = "RASIM_WEBHOOK_NETWORKS"


@dataclass(frozen=True)
class LoadSettings:
    """Requests a minute, for each of the machines that serve; 0: as many as one likes.

    No clerk comes near them: they are for programs that run wild.
    """

    api: int  # of one account, over the API
    sign_in: int  # from one address; a ministry may be behind a single one
    anonymous: int  # of other writes from one address, by who is not signed in
    wait_seconds: float  # a request that has waited longer is not served any more


def read(reader: Reader) -> LoadSettings:
    """Raise SettingRefused for the first value that will not do."""
    most = 10_000_000
    return LoadSettings(
        api=reader.number("RASIM_API_PER_MINUTE", 60_000, 0, most),
        sign_in=reader.number("RASIM_SIGN_INS_PER_MINUTE", 600, 0, most),
        anonymous=reader.number("RASIM_ANONYMOUS_PER_MINUTE", 600, 0, most),
        wait_seconds=reader.number("RASIM_WAIT_MILLISECONDS", 5_000, 50, 60_000) / 1000,
    )


def webhook_networks(reader: Reader) -> tuple[Network, ...]:
    """Networks of one's own that webhooks may reach though they are not public."""
    found = []
    for told in reader.text(NETWORKS, "").replace(",", " ").split():
        try:
            found.append(ip_network(told))
        except ValueError:
            mend = "Write networks such as 10.1.0.0/16, with commas between them."
            raise refused(NETWORKS, told, mend) from None
    return tuple(found)
