"""To write packages out: every byte as it came in, as folders or as one archive."""

import os
import stat
import zipfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path
from secrets import token_hex
from shutil import rmtree
from tempfile import mkdtemp
from typing import BinaryIO

from tmws_skills.format.package import SKILL_MD, Package, SkillFile

Write = Callable[[str, Package], None]

_NEW = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
_READABLE, _RUNNABLE = 0o666, 0o777
# the first moment that an archive can tell, so that the same skills make the same archive at any time
_MOMENT = (1980, 1, 1, 0, 0, 0)
_UNIX = 3
_LEVEL = 6


def write_folder(parent: Path, name: str, package: Package) -> None:
    """Write a package as a new folder, all of it or nothing.

    Args:
        parent: a folder that is there.
        name: what the new folder is called.
        package: what is written.

    Raises:
        FileExistsError: there is something of that name.
        OSError: it cannot be written.
    """
    target = parent / name
    if os.path.lexists(target):
        raise FileExistsError(f"{target} is there already; remove it, or name another folder")
    temporary = Path(mkdtemp(prefix=f".{name}-", dir=parent))
    try:
        for file in _all_files(package):
            _write_file(temporary / file.path, file)
        temporary.chmod(_RUNNABLE & ~_umask(temporary))
        temporary.rename(target)
    except BaseException:
        rmtree(temporary, ignore_errors=True)
        raise


@contextmanager
def writing_archive(path: Path) -> Iterator[Write]:
    """A zip archive that is written to package by package, and is there once all are in it.

    The same packages in the same order make the same bytes.

    Args:
        path: the file, which is replaced.

    Yields:
        What writes a package into the archive, below a folder of a name.

    Raises:
        OSError: it cannot be written.
    """
    temporary = path.with_name(f".{path.name}.{token_hex(8)}")
    try:
        with open(os.open(temporary, _NEW, _READABLE), "wb") as stream, _archive(stream) as write:  # noqa: PTH123 -- a descriptor, which Path does not open
            yield write
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def archive_of(packages: Iterable[tuple[str, Package]]) -> bytes:
    """The bytes of an archive with some packages, each below a folder of its name."""
    stream = BytesIO()
    with _archive(stream) as write:
        for name, package in packages:
            write(name, package)
    return stream.getvalue()


@contextmanager
def _archive(stream: BinaryIO) -> Iterator[Write]:
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:

        def write(name: str, package: Package) -> None:
            for file in _all_files(package):
                archive.writestr(_info(name, file), file.content)

        yield write


def _all_files(package: Package) -> Iterator[SkillFile]:
    yield SkillFile(SKILL_MD, package.skill_md.encode())
    yield from package.files


def _write_file(path: Path, file: SkillFile) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(path, _NEW, _RUNNABLE if file.executable else _READABLE)
    with open(descriptor, "wb") as stream:  # noqa: PTH123 -- a descriptor, which Path does not open
        stream.write(file.content)


def _umask(folder: Path) -> int:
    """What a new folder may not be, found without changing the process's own mask, which other threads use."""
    probe = folder / ".tmws-mask"
    probe.mkdir(_RUNNABLE)
    mode = stat.S_IMODE(probe.stat().st_mode)
    probe.rmdir()
    return _RUNNABLE & ~mode


def _info(name: str, file: SkillFile) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(f"{name}/{file.path}", _MOMENT)
    info.compress_type = zipfile.ZIP_DEFLATED
    info.create_system = _UNIX
    info.external_attr = (stat.S_IFREG | (0o755 if file.executable else 0o644)) << 16
    return info
