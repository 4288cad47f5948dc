"""Trees: what a folder, an archive and a commit have in common for whoever looks for skills in them."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, Protocol

Kind = Literal["file", "folder", "refused"]


class SourceUnusable(ValueError):
    """Nothing can be read from a source as a whole: it is not there, is none of its kind, or is too large."""


class Unreadable(ValueError):
    """One entry of a source cannot be read."""


@dataclass(frozen=True, slots=True)
class Entry:
    """Something in a source.

    Attributes:
        path: below the source, with `/`, as the source says it: it may be hostile.
        kind: a file, a folder, or what no skill may have, such as a link.
        size: how many bytes it claims to have.
        executable: whether its owner may run it.
        reason: of what is refused, why.
        told: of what is refused, whether somebody wants to know it although it lies in no skill.
        key: what the source itself finds it by.
    """

    path: str
    kind: Kind
    size: int = 0
    executable: bool = False
    reason: str = ""
    told: bool = False
    key: int | str = ""


class Tree(Protocol):
    """A source that was opened."""

    @property
    def name(self) -> str | None:
        """What a skill at its top is called by; None when nothing says so."""

    def entries(self) -> Iterable[Entry]:
        """Everything in it, in any order.

        Raises:
            SourceUnusable: it cannot be listed, or has too many entries.
        """

    def read(self, entry: Entry, most: int) -> bytes:
        """The bytes of a file, and one more than `most` at the most.

        Raises:
            Unreadable: it cannot be read.
        """


LINK = "is a symbolic link, which may lead out of the skill; put the file itself there"
"""Why a link is refused."""
SPECIAL = "is a device, a pipe or a socket; a skill has files only"
"""Why anything else is refused that is no file."""
