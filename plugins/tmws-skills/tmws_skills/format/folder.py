"""Skills in a folder. No link is followed, and nothing but ordinary files is opened."""

import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.package import SKILL_MD
from tmws_skills.format.paths import shown
from tmws_skills.format.reading import Reading
from tmws_skills.format.tree import LINK, SPECIAL, Entry, SourceUnusable, Unreadable

# a pipe that was put in the place of a file would otherwise make opening it wait for ever
_READ_ONLY = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
_FOLDER = os.O_RDONLY | getattr(os, "O_DIRECTORY", 0)
_HAS_DESCRIPTORS = os.open in os.supports_dir_fd
_OWNER_MAY_RUN = 0o100


@contextmanager
def open_folder(path: Path, limits: Limits = DEFAULT) -> Iterator[Reading]:
    """The skills in a folder: itself, or all below it.

    Args:
        path: the folder; it may be a link to one.
        limits: how much is taken.

    Raises:
        SourceUnusable: it is no folder, or cannot be listed.
    """
    yield Reading(_Folder(path, limits), limits)


class _Folder:
    def __init__(self, path: Path, limits: Limits) -> None:
        if not path.is_dir():
            raise SourceUnusable(f"{path} is no folder")
        self._path = path.resolve()
        self._most = limits.entries
        self.name: str | None = self._path.name or None

    def entries(self) -> Iterator[Entry]:
        waiting, seen = [""], 0
        while waiting:
            for entry in self._scan(waiting.pop()):
                seen += 1
                if seen > self._most:
                    raise SourceUnusable(f"{self._path} has more than {self._most} entries; name a folder below it")
                if entry.kind == "folder":
                    waiting.append(entry.path)
                yield entry

    def read(self, entry: Entry, most: int) -> bytes:
        try:
            with open(self._descriptor(entry.path), "rb") as stream:  # noqa: PTH123 -- a descriptor, which Path does not open
                if not stat.S_ISREG(os.fstat(stream.fileno()).st_mode):
                    raise Unreadable(f"{shown(entry.path)!r} {SPECIAL}")
                return stream.read(most + 1)
        except OSError as error:
            raise Unreadable(f"{shown(entry.path)!r} cannot be read: {error.strerror}") from error

    def _scan(self, folder: str) -> list[Entry]:
        try:
            with os.scandir(self._path / folder) as found:
                entries = sorted((entry for entry in found if entry.name != ".git"), key=lambda entry: entry.name)
        except OSError as error:
            if not folder:
                raise SourceUnusable(f"{self._path} cannot be listed: {error.strerror}") from error
            return [Entry(folder, "refused", reason=f"cannot be listed: {error.strerror}", told=True)]
        return [self._entry(f"{folder}/{entry.name}" if folder else entry.name, entry) for entry in entries]

    def _entry(self, path: str, entry: os.DirEntry[str]) -> Entry:
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError as error:
            return Entry(path, "refused", reason=f"cannot be looked at: {error.strerror}")
        if stat.S_ISLNK(status.st_mode):
            return Entry(path, "refused", reason=LINK, told=self._leads_to_skill(self._path / path))
        if stat.S_ISDIR(status.st_mode):
            return Entry(path, "folder")
        if not stat.S_ISREG(status.st_mode):
            return Entry(path, "refused", reason=SPECIAL)
        return Entry(path, "file", status.st_size, bool(status.st_mode & _OWNER_MAY_RUN))

    def _leads_to_skill(self, link: Path) -> bool:
        """Whether a link leads to a skill that is not found here without it."""
        try:
            return (link / SKILL_MD).is_file() and not link.resolve().is_relative_to(self._path)
        except (OSError, RuntimeError):
            return False

    def _descriptor(self, path: str) -> int:
        """Open a file step by step: a folder that was replaced by a link meanwhile is not gone through."""
        if not _HAS_DESCRIPTORS:
            return os.open(self._path / path, _READ_ONLY)
        *folders, name = path.split("/")
        at = os.open(self._path, _FOLDER)
        try:
            for folder in folders:
                below = os.open(folder, _FOLDER | os.O_NOFOLLOW, dir_fd=at)
                os.close(at)
                at = below
            return os.open(name, _READ_ONLY, dir_fd=at)
        finally:
            os.close(at)
