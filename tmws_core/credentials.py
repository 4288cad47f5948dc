"""What a caller shows to be known."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credentials:
    """What comes with an HTTP request.

    Attributes:
        token: the value of `Authorization: Bearer …` (RFC 6750, section 2.1); None when there is none. It never shows
            in the representation, so that no log gets it.
        client: the caller's IP address.
        loopback: whether the server listens on a loopback address and was called by a name of it, so that the caller is
            a program on this machine, and none that a proxy lets in under another name.
    """

    token: str | None = field(repr=False)
    client: str | None
    loopback: bool
