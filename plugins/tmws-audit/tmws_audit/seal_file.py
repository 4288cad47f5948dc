"""The file outside the database to which seals are appended."""

import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tmws_audit.canonical import strict_json
from tmws_audit.seals import Seal

_TAIL = 65_536


@dataclass(frozen=True)
class SealLines:
    """What stands in the file.

    Attributes:
        seals: the seals, in their order.
        damaged: the numbers of the lines that are none.
    """

    seals: Sequence[Seal]
    damaged: Sequence[int]


class SealFile:
    """One seal on each line; it only grows."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def read(self) -> SealLines | None:
        """Everything in it; None when there is no such file.

        A line whose writing was torn off is not damaged: the whole seal follows it.

        Raises:
            OSError: it cannot be read.
        """
        try:
            lines = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return None
        seals: list[Seal] = []
        damaged: list[int] = []
        for number, line in enumerate(lines, 1):
            seal = _seal_in(line)
            if seal is not None:
                seals.append(seal)
            elif line.strip() and not any(later.startswith(line) for later in lines[number : number + 2]):
                damaged.append(number)
        return SealLines(seals, damaged)

    def newest(self) -> int:
        """The number of the last seal; 0 when there is none.

        Raises:
            OSError: it cannot be read.
        """
        try:
            with self.path.open("rb") as opened:
                opened.seek(max(0, opened.seek(0, os.SEEK_END) - _TAIL))
                lines = opened.read().split(b"\n")
        except FileNotFoundError:
            return 0
        return next((seal.number for line in reversed(lines) if (seal := _seal_in(line)) is not None), 0)

    def append(self, seals: Iterable[Seal]) -> None:
        """Append seals, and wait until the disk has them.

        Raises:
            OSError: it cannot be written.
        """
        lines = b"".join(seal.line for seal in seals)
        if not lines:
            return
        self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = os.open(self.path, os.O_RDWR | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            size = os.fstat(file).st_size
            if size and os.pread(file, 1, size - 1) != b"\n":  # the last line was torn off
                lines = b"\n" + lines
            while lines:
                lines = lines[os.write(file, lines) :]
            os.fsync(file)
        finally:
            os.close(file)


def _seal_in(line: bytes) -> Seal | None:
    try:
        return Seal.model_validate(strict_json(line))
    except ValueError:
        return None
