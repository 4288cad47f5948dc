"""The address of the HTTP server: which may be bound, and by which names a client may call it."""

import re
import socket
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address

from tmws_core.errors import ConfigurationError

_IPV4 = 4
_HTTP_PORT = 80
_BACKLOG = 2048
_NAME = re.compile(r"(?:(?P<scheme>https?)://)?(?P<host>[a-z0-9._-]+|\[[0-9a-f:.]+\])(?P<port>:\d{1,5})?/?")


@dataclass(frozen=True)
class Name:
    """A name by which clients call the server, as the operator gave it.

    Attributes:
        host: the host's name or address.
        port: the port with its colon; empty when none was given.
        scheme: `http`, or `https` behind a proxy that ends TLS; empty for both.
    """

    host: str
    port: str
    scheme: str

    @classmethod
    def of(cls, text: str) -> "Name":
        """Read a name such as `memory.example.org`, `memory.example.org:8443` or `https://memory.example.org`.

        Raises:
            ConfigurationError: it is none.
        """
        found = _NAME.fullmatch(text.lower())
        if found is None:
            raise ConfigurationError(
                f"TMWS_API_ALLOWED_HOSTS: {text!r} is no host; write one such as memory.example.org, "
                "memory.example.org:8443 or https://memory.example.org"
            )
        return cls(found["host"], found["port"] or "", found["scheme"] or "")

    @property
    def is_loopback(self) -> bool:
        """Whether it means this machine wherever it is used."""
        try:
            return self.host == "localhost" or ip_address(self.host.strip("[]")).is_loopback
        except ValueError:
            return False

    def hosts(self, port: int) -> Sequence[str]:
        """The values of `Host` that it allows.

        Args:
            port: the port that the server is bound to; it counts beside the scheme's own when none was given.
        """
        if self.port or self.scheme:
            return (f"{self.host}{self.port}",)
        return (self.host, f"{self.host}:{port}")

    def origins(self, port: int) -> Sequence[str]:
        """The values of `Origin` that it allows; see `hosts`."""
        schemes = (self.scheme,) if self.scheme else ("http", "https")
        return [f"{scheme}://{host}" for scheme in schemes for host in self.hosts(port)]


@dataclass(frozen=True)
class Address:
    """A bound address.

    Attributes:
        host: the address, as it is written in a URL.
        port: the TCP port.
        names: the names by which clients may call it besides.
    """

    host: str
    port: int
    names: Sequence[Name] = ()

    @property
    def url(self) -> str:
        """Where the server is; for others than this machine under the first of its names."""
        if self.names and not self.loopback:
            return self.url_for(self.names[0].hosts(self.port)[-1])
        return f"http://{self.own_hosts[0]}"

    @property
    def loopback(self) -> bool:
        """Whether only programs on this machine reach it."""
        return self._address.is_loopback

    @property
    def _address(self) -> IPv4Address | IPv6Address:
        return ip_address(self.host.strip("[]"))

    @property
    def own_hosts(self) -> list[str]:
        """The values of `Host` that are this server without any name that the operator gave."""
        names: dict[str, None] = dict.fromkeys((self.host,))
        if self.loopback:
            names["localhost"] = None
        elif self._address.is_unspecified:  # nobody calls a server by that
            names = dict.fromkeys(("127.0.0.1" if self._address.version == _IPV4 else "[::1]", "localhost"))
        with_port = [f"{name}:{self.port}" for name in names]
        return [*with_port, *names] if self.port == _HTTP_PORT else with_port

    @property
    def allowed_hosts(self) -> list[str]:
        """The values of `Host` that are this server: a foreign one is a sign of DNS rebinding."""
        return list(dict.fromkeys([*self.own_hosts, *(host for name in self.names for host in name.hosts(self.port))]))

    @property
    def allowed_origins(self) -> list[str]:
        """The values of `Origin` that a page of this server itself would send."""
        own = (f"http://{host}" for host in self.own_hosts)
        return list(dict.fromkeys([*own, *(origin for name in self.names for origin in name.origins(self.port))]))

    def is_local(self, host: str) -> bool:
        """Whether a request with this `Host` comes from this machine, and through no proxy that serves others."""
        return self.loopback and host.lower() in self.own_hosts

    def url_for(self, host: str) -> str:
        """The server's URL for a client that calls it by this allowed `Host`."""
        behind_tls = any(name.scheme == "https" and host.lower() in name.hosts(self.port) for name in self.names)
        return f"{'https' if behind_tls else 'http'}://{host}"


def bind(
    host: str, port: int, names: Iterable[str] = (), *, authenticated: bool = False
) -> tuple[socket.socket, Address]:
    """Bind an address.

    Args:
        host: `localhost`, or an address of IPv4 or IPv6.
        port: 0 for any free one.
        names: the names by which clients may call the server besides.
        authenticated: whether a plugin says who calls; without that, nobody but this machine may reach the server.

    Raises:
        ConfigurationError: the address or a name must not be served, or the address cannot be bound.
    """
    address = _address(host)
    allowed = [Name.of(name) for name in sorted(names)]
    if not authenticated:
        _refuse_others(address, allowed)
    family = socket.AF_INET6 if isinstance(address, IPv6Address) else socket.AF_INET
    try:
        bound = socket.create_server((str(address), port), family=family, backlog=_BACKLOG)
    except OSError as error:
        raise ConfigurationError(
            f"{address} port {port} cannot be bound ({error.strerror}); stop the server that uses it, or set another "
            "with TMWS_API_PORT, 0 for any free one"
        ) from error
    shown = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    return bound, Address(shown, bound.getsockname()[1], allowed)


def _address(host: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address("127.0.0.1" if host == "localhost" else host.strip("[]"))
    except ValueError as error:
        raise ConfigurationError(f"TMWS_API_HOST: {host!r} is no IP address; write one such as 127.0.0.1") from error


def _refuse_others(address: IPv4Address | IPv6Address, names: Sequence[Name]) -> None:
    if not address.is_loopback:
        raise ConfigurationError(
            f"TMWS_API_HOST: {address} can be reached from other machines, and no running plugin brings authentication "
            "for them; bind 127.0.0.1 or ::1, or install one such as tmws-accounts"
        )
    if foreign := [name for name in names if not name.is_loopback]:
        raise ConfigurationError(
            f"TMWS_API_ALLOWED_HOSTS: {foreign[0].host} lets others in through a proxy, and no running plugin brings "
            "authentication for them; unset it, or install one such as tmws-accounts"
        )
