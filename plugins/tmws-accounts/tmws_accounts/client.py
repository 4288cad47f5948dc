"""Where a request comes from, as far as it can be told."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

LONGEST_AGENT = 500


@dataclass(frozen=True)
class Client:
    """Who holds a connection.

    Attributes:
        address: the IP address, where there is one.
        user_agent: what its program calls itself; it can be invented.
    """

    address: str | None = None
    user_agent: str | None = None

    def __post_init__(self) -> None:
        """Keep no more of the program's name than the database does."""
        object.__setattr__(self, "user_agent", (self.user_agent or "")[:LONGEST_AGENT] or None)


def parsed(address: str | None) -> IPv4Address | IPv6Address | None:
    """An address, where IPv4 inside IPv6 (RFC 4291, section 2.5.5.2) is IPv4; None when it is none."""
    try:
        found = ip_address(address or "")
    except ValueError:
        return None
    return getattr(found, "ipv4_mapped", None) or found


def place(address: str | None) -> str | None:
    """What one holder has of an address: all of IPv4, the first 64 bits of IPv6, whose rest anybody chooses freely."""
    found = parsed(address)
    if isinstance(found, IPv6Address):
        return str(ip_network((int(found) >> 64 << 64, 64)))
    return None if found is None else str(found)
