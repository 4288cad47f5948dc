"""A git repository that a test makes, also such as no work tree could hold."""

import subprocess
from collections.abc import Mapping
from pathlib import Path

from .files import write


class Repository:
    """A repository with one branch, main."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.mkdir()
        self.git("init", "--quiet", "--initial-branch=main")
        self.git("config", "user.name", "Somebody")
        self.git("config", "user.email", "somebody@example.org")

    def git(self, *arguments: str, given: bytes = b"") -> str:
        """What git prints."""
        done = subprocess.run(["git", *arguments], cwd=self.path, input=given, capture_output=True, check=True)
        return done.stdout.decode().strip()

    def commit(self, files: Mapping[str, bytes]) -> str:
        """Write files and commit all there is; the hash of the commit."""
        write(self.path, files)
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", "change")
        return self.git("rev-parse", "HEAD")

    def commit_tree(self, *entries: tuple[str, str, str]) -> str:
        """Commit a tree of entries, each a mode, a hash and a name; the hash of the commit."""
        kinds = {"040000": "tree", "160000": "commit"}
        lines = (f"{mode} {kinds.get(mode, 'blob')} {digest}\t{name}\0" for mode, digest, name in entries)
        commit = self.git("commit-tree", self.tree("".join(lines)), "-m", "tree")
        self.git("update-ref", "refs/heads/main", commit)
        return commit

    def tree(self, lines: str) -> str:
        """The hash of a tree."""
        return self.git("mktree", "-z", "--missing", given=lines.encode())

    def blob(self, content: bytes) -> str:
        """The hash of a content."""
        return self.git("hash-object", "-w", "--stdin", given=content)
