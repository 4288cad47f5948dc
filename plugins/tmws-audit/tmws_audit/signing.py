"""The key that signs checkpoints, and the keys whose signatures are believed.

Ed25519 (RFC 8032) rather than HMAC: whoever verifies needs the public key alone, so that an auditor or another server
can check the logs without being able to sign others.
"""

import base64
import logging
import os
import stat
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tmws_core.errors import ConfigurationError

if TYPE_CHECKING:  # the library is imported when something is signed or verified: not by every start
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

logger = logging.getLogger(__name__)

_KIND: Final = "ed25519"
_FOR_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


class KeyUnusable(ConfigurationError):
    """The signing key is missing, damaged, or others can read it; rows are recorded, but nothing is signed."""


@dataclass(frozen=True)
class SigningKey:
    """A private key.

    Attributes:
        key_id: by which its signatures are told from those of other keys.
    """

    key_id: str
    _private: "Ed25519PrivateKey"

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a key.

        Raises:
            KeyUnusable: it is missing, is no such key, or others than its owner have rights to the file.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import load_pem_private_key

        try:
            with file.open("rb") as opened:
                mode = os.fstat(opened.fileno()).st_mode
                text = opened.read()
        except OSError as error:
            raise KeyUnusable(
                f"the signing key {file} cannot be read: {error.strerror or error}; bring it back from a backup, or "
                "make a new one with `tmws audit new-key`"
            ) from error
        if os.name == "posix" and mode & _FOR_OTHERS:
            raise KeyUnusable(
                f"the signing key {file} has the mode {stat.S_IMODE(mode):04o}, so that others have rights to it; if "
                f"nobody used them, `chmod 600 {file}`, else make a new one with `tmws audit new-key`"
            )
        try:
            private = load_pem_private_key(text, None)
        except (ValueError, TypeError) as error:
            raise KeyUnusable(f"the signing key {file} is damaged: {error}; bring it back from a backup") from error
        if not isinstance(private, Ed25519PrivateKey):
            raise KeyUnusable(f"the key {file} is not of the kind Ed25519; make one with `tmws audit new-key`")
        return cls(_key_id(private.public_key()), private)

    @classmethod
    def create(cls, file: Path) -> Self:
        """Make a key, which only the file's owner can read.

        Raises:
            FileExistsError: there is a file of that name; it is left alone.
            OSError: the file cannot be written.
        """
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

        private = Ed25519PrivateKey.generate()
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        text = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
            opened.write(text)
            opened.flush()
            os.fsync(opened.fileno())
        return cls(_key_id(private.public_key()), private)

    @property
    def public_line(self) -> str:
        """The public key, as it stands in a file of trusted keys."""
        raw = self._private.public_key().public_bytes_raw()
        return f"{_KIND} {base64.b64encode(raw).decode()} {self.key_id}"

    def sign(self, message: bytes) -> str:
        """The signature of a message, in base64."""
        return base64.b64encode(self._private.sign(message)).decode()


class TrustedKeys:
    """The public keys whose signatures are believed: one on each line of a file, those of former keys too."""

    def __init__(self, keys: "Mapping[str, Ed25519PublicKey]") -> None:
        self._keys = dict(keys)

    @property
    def key_ids(self) -> frozenset[str]:
        """By which the keys are told apart."""
        return frozenset(self._keys)

    @classmethod
    def load(cls, file: Path) -> Self:
        """Read a file of trusted keys; none are trusted when it is not there.

        Raises:
            KeyUnusable: the file cannot be read, or a line of it is no key.
        """
        try:
            lines = file.read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return cls({})
        except (OSError, UnicodeDecodeError) as error:
            raise KeyUnusable(f"the trusted keys in {file} cannot be read: {error}") from error
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        keys: dict[str, Ed25519PublicKey] = {}
        for number, line in enumerate(lines, 1):
            if not line.strip() or line.startswith("#"):
                continue
            kind, _, rest = line.partition(" ")
            try:
                if kind != _KIND:
                    raise ValueError(f"the kind {kind!r} is unknown")
                key = Ed25519PublicKey.from_public_bytes(base64.b64decode(rest.split()[0], validate=True))
            except (ValueError, IndexError) as error:
                raise KeyUnusable(f"{file}, line {number}: no public key ({error}); remove the line") from error
            keys[_key_id(key)] = key
        return cls(keys)

    @staticmethod
    def trust(file: Path, key: SigningKey) -> None:
        """Add a key to a file of trusted keys, unless it is there.

        Raises:
            KeyUnusable: the file cannot be used.
        """
        if key.key_id in TrustedKeys.load(file).key_ids:
            return
        try:
            with file.open("a", encoding="utf-8") as opened:
                opened.write(f"{key.public_line}\n")
        except OSError as error:
            raise KeyUnusable(f"the trusted keys in {file} cannot be written: {error}") from error

    def believes(self, key_id: str, signature: str, message: bytes) -> bool:
        """Whether the key is trusted and has signed the message."""
        key = self._keys.get(key_id)
        if key is None:
            return False
        from cryptography.exceptions import InvalidSignature

        try:
            key.verify(base64.b64decode(signature, validate=True), message)
        except (InvalidSignature, ValueError):
            return False
        return True


def _key_id(key: "Ed25519PublicKey") -> str:
    return sha256(key.public_bytes_raw()).hexdigest()[:16]
