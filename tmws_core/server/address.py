"""The address of the HTTP server: which may be bound, and by which names a client may call it."""

import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from tmws_core.errors import ConfigurationError

_HTTP_PORT = 80
_BACKLOG = 2048


@dataclass(frozen=True)
class Address:
    """A bound loopback address.

    Attributes:
        host: the address, as it is written in a URL.
        port: the TCP port.
    """

    host: str
    port: int

    @property
    def url(self) -> str:
        """Where the server is."""
        return f"http://{self.host}:{self.port}"

    @property
    def allowed_hosts(self) -> list[str]:
        """The values of `Host` that are this server: a foreign one is a sign of DNS rebinding."""
        names = dict.fromkeys((self.host, "localhost"))
        with_port = [f"{name}:{self.port}" for name in names]
        return [*with_port, *names] if self.port == _HTTP_PORT else with_port

    @property
    def allowed_origins(self) -> list[str]:
        """The values of `Origin` that a page of this server itself would send."""
        return [f"http://{host}" for host in self.allowed_hosts]


def bind(host: str, port: int) -> tuple[socket.socket, Address]:
    """Bind a loopback address.

    Args:
        host: `localhost`, or an address of IPv4 or IPv6.
        port: 0 for any free one.

    Raises:
        ConfigurationError: the address is not a loopback one, or it cannot be bound.
    """
    address = _loopback(host)
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    try:
        bound = socket.create_server((str(address), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            f"{address} port {port} cannot be bound ({error.strerror}); stop the server that uses it, or set another "
            "with TMWS_API_PORT, 0 for any free one"
        ) from error
    shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return bound, Address(shown, bound.getsockname()[1])


def _loopback(host: str) -> IPv4Address | IPv6Address:
    try:
        address = ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError as error:
        raise ConfigurationError(f"TMWS_API_HOST: {host!r} is no IP address; write one such as 127.0.0.1") from error
    if not address.is_loopback:
        raise ConfigurationError(
            f"TMWS_API_HOST: {host} can be reached from other machines, and the server has no authentication for them; "
            "bind 127.0.0.1 or ::1"
        )
    return address
