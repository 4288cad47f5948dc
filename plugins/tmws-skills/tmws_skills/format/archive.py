"""Skills in a .zip or .skill archive. Nothing is unpacked to a disk, and what it claims is not believed."""

import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path, PurePosixPath
from typing import BinaryIO

from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.paths import shown
from tmws_skills.format.reading import Reading
from tmws_skills.format.tree import LINK, SPECIAL, Entry, SourceUnusable, Unreadable

ENDINGS = (".zip", ".skill")
"""How the names of archives end."""
_ENCRYPTED = 0x1
_OWNER_MAY_RUN = 0o100
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
# APPNOTE.TXT 4.3.16: the end of central directory record, which a comment of at most 65535 bytes follows
_END = struct.Struct("<4s4H2LH")
_END_SIGNATURE = b"PK\x05\x06"
_RECORD_SIGNATURE = b"PK\x01\x02"
_LONGEST_COMMENT = 0xFFFF
_IN_ZIP64 = 0xFFFFFFFF
_BYTES_PER_RECORD = 512
# what the Finder adds to every archive
_FINDER = "__MACOSX/"


@contextmanager
def open_archive(source: Path | bytes, limits: Limits = DEFAULT) -> Iterator[Reading]:
    """The skills in an archive: itself, or all in it.

    Args:
        source: the file, or what it holds.
        limits: how much is taken.

    Raises:
        SourceUnusable: it is no zip archive, is too large or has too many entries.
    """
    with _stream(source) as stream, _opened(stream, limits) as archive:
        name = PurePosixPath(source.name).stem if isinstance(source, Path) else None
        yield Reading(_Archive(archive, name), limits)


@contextmanager
def _stream(source: Path | bytes) -> Iterator[BinaryIO]:
    if isinstance(source, bytes):
        yield BytesIO(source)
        return
    if not source.is_file():
        raise SourceUnusable(f"{source} is no file")
    try:
        stream = source.open("rb")
    except OSError as error:
        raise SourceUnusable(f"{source} cannot be read: {error.strerror}") from error
    with stream:
        yield stream


@contextmanager
def _opened(stream: BinaryIO, limits: Limits) -> Iterator[zipfile.ZipFile]:
    _refuse_too_many(stream, limits)
    try:
        archive = zipfile.ZipFile(stream)
    except (zipfile.BadZipFile, NotImplementedError, OSError, ValueError, struct.error) as error:
        raise SourceUnusable(f"it is no zip archive: {error}") from error
    with archive:
        yield archive


def _refuse_too_many(stream: BinaryIO, limits: Limits) -> None:
    """Refuse an archive by its end, because `zipfile` builds an object for each entry when it opens it.

    The entries are counted in the directory itself: the number that the archive tells may be any.
    """
    size = stream.seek(0, 2)
    if size > limits.total_bytes:
        raise SourceUnusable(f"the archive has {size} bytes, and may have {limits.total_bytes}; divide it")
    stream.seek(max(0, size - _END.size - _LONGEST_COMMENT))
    tail = stream.read()
    at = tail.rfind(_END_SIGNATURE)
    if at < 0 or len(tail) - at < _END.size:
        raise SourceUnusable("it is no zip archive, or it is cut off")
    *_, directory_size, directory_start, _comment = _END.unpack_from(tail, at)
    if _IN_ZIP64 in {directory_size, directory_start} or directory_size > limits.entries * _BYTES_PER_RECORD:
        raise SourceUnusable(f"the archive's directory is too large for {limits.entries} entries; divide it")
    end = size - len(tail) + at
    stream.seek(max(0, end - directory_size))
    count = stream.read(directory_size).count(_RECORD_SIGNATURE)
    if count > limits.entries:
        raise SourceUnusable(f"the archive has {count} entries, and may have {limits.entries}; divide it")


class _Archive:
    def __init__(self, archive: zipfile.ZipFile, name: str | None) -> None:
        self._archive = archive
        self._members = archive.infolist()
        self.name = name

    def entries(self) -> Iterator[Entry]:
        for number, info in enumerate(self._members):
            # the name as it stands in the archive: zipfile cuts it off at a NUL, and turns backslashes on Windows
            if not info.orig_filename.startswith(_FINDER):
                yield _entry(info, number)

    def read(self, entry: Entry, most: int) -> bytes:
        try:
            with self._archive.open(self._members[int(entry.key)]) as stream:
                # zipfile unpacks as much as it is asked for before it looks at what the archive has claimed
                return stream.read(min(most, entry.size) + 1)
        except (zipfile.BadZipFile, zlib.error, EOFError, OSError, RuntimeError, ValueError, struct.error) as error:
            raise Unreadable(f"{shown(entry.path)!r} is damaged: {error}") from error


def _entry(info: zipfile.ZipInfo, number: int) -> Entry:
    name = info.orig_filename
    mode = info.external_attr >> 16
    kind = stat.S_IFMT(mode)
    if kind == stat.S_IFLNK:
        return Entry(name, "refused", reason=LINK)
    if kind not in {0, stat.S_IFREG, stat.S_IFDIR}:
        return Entry(name, "refused", reason=SPECIAL)
    if name.endswith("/"):
        return Entry(name.removesuffix("/"), "folder")
    if info.flag_bits & _ENCRYPTED:
        return Entry(name, "refused", reason="is encrypted; put it into an archive without a password")
    if info.compress_type not in _METHODS:
        return Entry(name, "refused", reason="is compressed in another way than deflate; make an ordinary zip archive")
    return Entry(name, "file", info.file_size, bool(mode & _OWNER_MAY_RUN), key=number)
