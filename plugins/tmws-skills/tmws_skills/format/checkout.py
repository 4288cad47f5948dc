"""Skills in a commit of a git repository, read object by object."""

import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO

from tmws_skills.format.git import Git
from tmws_skills.format.limits import DEFAULT, Limits
from tmws_skills.format.paths import shown
from tmws_skills.format.reading import Reading
from tmws_skills.format.remote import Remote, looks_remote, refuse_commit
from tmws_skills.format.tree import LINK, Entry, SourceUnusable, Unreadable

_LINK_MODE = "120000"
_EXECUTABLE_MODE = "100755"
_SUBMODULE = "is a submodule, which is another repository; import it by itself"
_CHUNK = 65536
_BYTES_PER_ENTRY = 1200


@dataclass(frozen=True, slots=True)
class Checkout:
    """A commit that is there to be read.

    Attributes:
        commit: its hash.
        reading: its skills.
    """

    commit: str
    reading: Reading


@contextmanager
def open_checkout(
    source: str | Path, commit: str | None, limits: Limits = DEFAULT, *, folder: str = ""
) -> Iterator[Checkout]:
    """The skills in a commit.

    Args:
        source: the address of a repository, or a folder of one that is here; of a folder within it only what is below.
        commit: its hash, a tag or a branch; None for what the repository shows first.
        limits: how much is taken; the commit is fetched to a temporary folder, which `total_bytes` bounds too.
        folder: only what lies below this folder of the repository, instead of the one that the source names.

    Raises:
        SourceUnusable: there is no git, no such repository or no such commit, or it is too large.
    """
    if commit is not None:
        refuse_commit(commit)
    remote, below, name = _place(source)
    if folder := folder.strip("/"):
        below, name = folder, folder.rpartition("/")[2]
    with TemporaryDirectory(prefix="tmws-skills-") as temporary, ExitStack() as stack:
        git = Git(Path(temporary), remote.allowed, limits.total_bytes)
        found = git.fetch(remote, commit)
        tree = _Commit(git, found, below, name, limits)
        stack.callback(tree.close)
        yield Checkout(found, Reading(tree, limits))


def _place(source: str | Path) -> tuple[Remote, str, str | None]:
    """The repository, the folder within it, and what a skill at the top is called by."""
    if isinstance(source, str) and looks_remote(source):
        remote = Remote.of(source)
        return remote, "", source.rstrip("/").rpartition("/")[2].rpartition(":")[2].removesuffix(".git") or None
    path = Path(source)
    if not path.is_dir():
        raise SourceUnusable(f"{source} is no folder")
    path = path.resolve()
    for root in (path, *path.parents):
        if (root / ".git").exists() or _is_bare(root):
            below = path.relative_to(root).as_posix()
            return Remote.of(root.as_uri()), "" if below == "." else below, path.name
    raise SourceUnusable(f"{source} is in no git repository; leave --commit out to import it as it is")


def _is_bare(path: Path) -> bool:
    return (path / "HEAD").is_file() and (path / "objects").is_dir() and (path / "refs").is_dir()


class _Commit:
    def __init__(self, git: Git, commit: str, below: str, name: str | None, limits: Limits) -> None:
        self._git = git
        self._commit = commit
        self._below = f"{below}/" if below else ""
        self._most = limits.entries
        self._stack = ExitStack()
        self._objects: subprocess.Popen[bytes] | None = None
        self.name = name

    def entries(self) -> Iterator[Entry]:
        with self._git.started("ls-tree", "-r", "-z", "-l", "--full-tree", self._commit) as process:
            listing = _all(_pipe(process.stdout), self._most * _BYTES_PER_ENTRY)
            if process.wait():
                raise SourceUnusable(f"git cannot list the commit {self._commit}; the repository is damaged")
        lines = listing.decode("utf-8", "surrogateescape").split("\0")[:-1]
        if len(lines) > self._most:
            raise SourceUnusable(f"the commit has more than {self._most} files; import a folder of it")
        for line in lines:
            described, _, path = line.partition("\t")
            if path.startswith(self._below):
                yield _entry(path.removeprefix(self._below), *described.split())

    def read(self, entry: Entry, most: int) -> bytes:
        objects = self._started()
        stdin, stdout = _pipe(objects.stdin), _pipe(objects.stdout)
        try:
            stdin.write(f"{entry.key}\n".encode())
            stdin.flush()
            header = stdout.readline().split()
            if header[:2] != [str(entry.key).encode(), b"blob"] or int(header[2]) > most:
                raise Unreadable(f"{shown(entry.path)!r} is not what the commit says of it")
            return stdout.read(int(header[2]) + 1)[:-1]
        except (OSError, IndexError, ValueError) as error:
            if isinstance(error, Unreadable):
                self.close()
                raise
            raise Unreadable(f"{shown(entry.path)!r} cannot be read from the repository") from error

    def close(self) -> None:
        """End the program that gives out objects."""
        self._stack.close()
        self._objects = None

    def _started(self) -> "subprocess.Popen[bytes]":
        if self._objects is None:
            self._objects = self._stack.enter_context(self._git.started("cat-file", "--batch"))
        return self._objects


def _entry(path: str, mode: str, kind: str, digest: str, size: str) -> Entry:
    if kind == "commit":
        return Entry(path, "refused", reason=_SUBMODULE)
    if mode == _LINK_MODE:
        return Entry(path, "refused", reason=LINK)
    return Entry(path, "file", int(size), mode == _EXECUTABLE_MODE, key=digest)


def _pipe(pipe: "IO[bytes] | None") -> IO[bytes]:
    if pipe is None:
        raise SourceUnusable("git has no pipe")
    return pipe


def _all(pipe: IO[bytes], most: int) -> bytes:
    """What a pipe gives, up to a limit that a hostile repository may have made git exceed."""
    chunks, size = [], 0
    while chunk := pipe.read(_CHUNK):
        size += len(chunk)
        if size > most:
            raise SourceUnusable("the commit's listing is too long; import a folder of it")
        chunks.append(chunk)
    return b"".join(chunks)
