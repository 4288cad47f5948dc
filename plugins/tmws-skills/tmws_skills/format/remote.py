"""Remotes: the addresses of git repositories, and the names of commits in them, that a person may give."""

import re
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from tmws_skills.format.paths import shown
from tmws_skills.format.tree import SourceUnusable

_PROTOCOLS = ("https", "ssh", "file")
# git's own way to write ssh: [user@]host:path
_SSH = re.compile(r"(?:[A-Za-z0-9._-]+@)?[A-Za-z0-9][A-Za-z0-9.-]*:(?!//|:).+")
_COMMIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+-]{0,254}")
_CREDENTIALS = re.compile(r"(?<=://)[^/@\s]*@")


@dataclass(frozen=True, slots=True)
class Remote:
    """Where a repository is.

    Attributes:
        address: what git is given.
        protocol: how it is reached.
    """

    address: str
    protocol: str

    @property
    def allowed(self) -> str:
        """What git may use: `file` alone, or what a person's own `insteadOf` may turn https and ssh into."""
        return "file" if self.protocol == "file" else "https:ssh"

    @classmethod
    def of(cls, address: str) -> "Remote":
        """What a person has named.

        Args:
            address: `https://…`, `ssh://…`, `file://…`, `user@host:path`.

        Raises:
            SourceUnusable: it is none of these.
        """
        protocol, places = _parts(address)
        # git and ssh would take what begins with a hyphen for an option
        if protocol not in _PROTOCOLS or any(place.startswith("-") for place in places) or not address.isprintable():
            raise SourceUnusable(
                f"{without_credentials(address)!r} is no address of a repository; "
                f"use https://…, ssh://…, user@host:path or file://…"
            )
        return cls(address, protocol)


def _parts(address: str) -> tuple[str, tuple[str, ...]]:
    """The protocol of an address, or nothing; and its user and host, and its host alone."""
    if "://" not in address:
        return ("ssh" if _SSH.fullmatch(address) else ""), (address,)
    try:
        split = urlsplit(address)
    except ValueError:  # such as half an IPv6 address
        return "", ()
    return split.scheme, (split.netloc, split.netloc.rpartition("@")[2])


def looks_remote(text: str) -> bool:
    """Whether a person has named an address, not a path."""
    return "://" in text or "::" in text or (_SSH.fullmatch(text) is not None and not Path(text).exists())


def without_credentials(text: str) -> str:
    """A text without the user and the password that stand in an address."""
    return _CREDENTIALS.sub("", shown(text))


def refuse_commit(commit: str) -> None:
    """Refuse what cannot be the name of a commit, a tag or a branch, or would be an option or a refspec to git.

    Raises:
        SourceUnusable: it is none.
    """
    if _COMMIT.fullmatch(commit) is None or ".." in commit:
        raise SourceUnusable(f"{shown(commit)!r} names no commit; give its hash, a tag or a branch")
