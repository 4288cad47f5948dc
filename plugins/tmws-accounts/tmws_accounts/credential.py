"""The text of a credential: `tmws_<kind>_<id>_<secret><checksum>`.

The fixed beginning lets scanners find a lost one, and the checksum tells a mistyped or invented one without a look into
the database (the form that GitHub gave its tokens in 2021). The identifier is public; whoever has the secret is let in.
"""

import hmac
import re
import secrets
from binascii import crc32
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Literal, get_args

Kind = Literal["key", "access", "refresh"]

IDENTIFIER_LENGTH = 16
SECRET_LENGTH = 32
"""In characters of base 62, of which each is worth 5.95 bits: 190 bits, where 112 make a plain hash enough (OWASP ASVS
5.0, 11.4.2)."""
_CHECKSUM_LENGTH = 6
_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
_CHARACTER = "[0-9A-Za-z]"
SHAPE = re.compile(
    f"tmws_({'|'.join(get_args(Kind))})_({_CHARACTER}{{{IDENTIFIER_LENGTH}}})"
    f"_({_CHARACTER}{{{SECRET_LENGTH}}})({_CHARACTER}{{{_CHECKSUM_LENGTH}}})"
)
"""What a credential looks like, for whoever looks for lost ones."""


@dataclass(frozen=True)
class Credential:
    """A credential in its parts; to show it says nothing of the secret.

    Attributes:
        kind: what it is for.
        identifier: what the database finds it by; it is no secret.
        text: the whole credential.
    """

    kind: Kind
    identifier: str
    text: str = field(repr=False)

    @property
    def name(self) -> str:
        """How it is called in logs and answers."""
        return f"{self.kind}:{self.identifier}"

    @property
    def digest(self) -> str:
        """What the database keeps of it."""
        return digest_of(self.text)

    def matches(self, digest: str | None) -> bool:
        """Whether a kept digest is this credential's; how long the comparison takes says nothing of either."""
        return hmac.compare_digest(self.digest, digest or "")

    def derived(self, kind: Kind, identifier: str, nonce: str) -> "Credential":
        """The credential that follows from this one and a nonce: the same each time.

        What is kept of both, a digest and the nonce, does not lead to it (HMAC-SHA-256, RFC 2104).
        """
        mac = hmac.digest(self.text.encode(), f"{kind} {identifier} {nonce}".encode(), "sha256")
        return _assembled(kind, identifier, _in_base_62(int.from_bytes(mac, "big"), SECRET_LENGTH))


def new_identifier() -> str:
    """A random identifier."""
    return _random(IDENTIFIER_LENGTH)


def new_credential(kind: Kind, identifier: str | None = None) -> Credential:
    """A credential with a random secret.

    Args:
        kind: what it is for.
        identifier: what the database will find it by; a random one when none is given.
    """
    return _assembled(kind, identifier or new_identifier(), _random(SECRET_LENGTH))


def read_credential(text: str) -> Credential | None:
    """The credential that a text is; None when it has not the form, or the checksum is wrong."""
    found = SHAPE.fullmatch(text)
    if found is None or _checksum(text[:-_CHECKSUM_LENGTH]) != found[4]:
        return None
    kinds: dict[str, Kind] = {kind: kind for kind in get_args(Kind)}
    return Credential(kinds[found[1]], found[2], text)


def digest_of(text: str) -> str:
    """The SHA-256 of a text, in hexadecimal."""
    return sha256(text.encode()).hexdigest()


def _assembled(kind: Kind, identifier: str, secret: str) -> Credential:
    body = f"tmws_{kind}_{identifier}_{secret}"
    return Credential(kind, identifier, body + _checksum(body))


def _checksum(body: str) -> str:
    return _in_base_62(crc32(body.encode()), _CHECKSUM_LENGTH)


def _in_base_62(number: int, length: int) -> str:
    digits = []
    for _ in range(length):
        number, digit = divmod(number, len(_ALPHABET))
        digits.append(_ALPHABET[digit])
    return "".join(reversed(digits))


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))
