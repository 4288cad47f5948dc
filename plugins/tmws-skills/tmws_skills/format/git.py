"""The program git, told to do nothing but to fetch one commit and to give out what is in it.

Nothing is checked out: no filter, no LFS, no conversion of line ends and no link of a hostile repository comes into
play, and neither do hooks or submodules. `git archive` is not used either: it obeys `export-subst`, `export-ignore` and
filters, and would not give the files as they are.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path

from tmws_skills.format.paths import shown
from tmws_skills.format.remote import Remote, without_credentials
from tmws_skills.format.tree import SourceUnusable

SECONDS = 300.0
"""How long one fetch may take."""
_POLL_SECONDS = 0.05
_CONFIGURATION = (
    "core.hooksPath=/dev/null",
    "core.fsmonitor=false",
    "core.symlinks=false",
    "fetch.recurseSubmodules=false",
    "submodule.recurse=false",
    "gc.auto=0",
    "maintenance.auto=false",
    "advice.detachedHead=false",
)


class Git:
    """A bare repository of our own in an empty folder, and the program."""

    def __init__(self, folder: Path, protocols: str, most_bytes: int) -> None:
        """Make the repository.

        Args:
            folder: an empty folder.
            protocols: the only ones that may be used, with `:` between them.
            most_bytes: how large it may become.

        Raises:
            SourceUnusable: there is no git here.
        """
        program = shutil.which("git")
        if program is None:
            raise SourceUnusable("the program git is not there; install it, or import a folder or an archive")
        self._program = program
        self._folder = folder
        self._most_bytes = most_bytes
        self._environment = _environment(protocols)
        self.run("init", "--quiet", "--bare", "--template=", "--", str(folder))

    def fetch(self, remote: Remote, commit: str | None) -> str:
        """Fetch one commit without its history; when the server does not give it by its hash, all branches and tags.

        Returns:
            The hash of the commit.

        Raises:
            SourceUnusable: it cannot be fetched, or there is no such commit.
        """
        once = ("fetch", "--quiet", "--no-tags", "--no-recurse-submodules", "--no-auto-maintenance")
        try:
            self.run(*once, "--depth=1", "--", remote.address, commit or "HEAD")
            return self.resolve("FETCH_HEAD")
        except SourceUnusable:
            if commit is None:
                raise
        everything = ("+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*")
        self.run(*once, "--", remote.address, *everything)
        return self.resolve(commit, f"refs/remotes/origin/{commit}")

    def resolve(self, *names: str) -> str:
        """The hash of the commit that the first of some names means which means any.

        Raises:
            SourceUnusable: none does.
        """
        for name in names:
            with suppress(SourceUnusable):
                return self.run("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}").strip()
        raise SourceUnusable(f"the repository has no commit {shown(names[0])!r}")

    def run(self, *arguments: str) -> str:
        """Run git to its end.

        Raises:
            SourceUnusable: it failed, took too long, or fetched too much.
        """
        with self.started(*arguments) as process:
            until = time.monotonic() + SECONDS
            while True:
                try:
                    output, errors = process.communicate(timeout=_POLL_SECONDS)
                    break
                except subprocess.TimeoutExpired:
                    self._refuse_excess(until)
        if process.returncode:
            told = without_credentials(" ".join(errors.decode("utf-8", "replace").split())) or "it says nothing"
            raise SourceUnusable(f"git {arguments[0]} failed: {told}")
        return output.decode("utf-8", "surrogateescape")

    @contextmanager
    def started(self, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
        """A running git, which is killed with all that it has started when the block is left before it has ended."""
        command = [self._program, *(part for line in _CONFIGURATION for part in ("-c", line)), *arguments]
        process = subprocess.Popen(  # noqa: S603 -- a list and never a shell; every argument was looked at
            command,
            cwd=self._folder,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
        )
        with process:
            try:
                yield process
            finally:
                _end(process)

    def _refuse_excess(self, until: float) -> None:
        if time.monotonic() > until:
            raise SourceUnusable(f"git took longer than {SECONDS:.0f} seconds")
        if _size(self._folder) > self._most_bytes:
            raise SourceUnusable(f"the repository has more than {self._most_bytes} bytes; import a folder of it")


def _end(process: "subprocess.Popen[bytes]") -> None:
    if process.poll() is None:
        if hasattr(os, "killpg"):
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
        else:
            process.kill()


def _size(folder: Path) -> int:
    total = 0
    for path in folder.rglob("*"):
        with suppress(OSError):
            total += path.lstat().st_size
    return total


def _environment(protocols: str) -> Mapping[str, str]:
    """The environment without what leads git elsewhere; what a person needs to log in is kept."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("GIT_") or _is_login(name)}
    return {
        **kept,
        "GIT_ALLOW_PROTOCOL": protocols,
        "GIT_CEILING_DIRECTORIES": "/",
        "GIT_LFS_SKIP_SMUDGE": "1",
        "GIT_NO_LAZY_FETCH": "1",
        "GIT_NO_REPLACE_OBJECTS": "1",
        "GIT_OPTIONAL_LOCKS": "0",
        "GIT_PAGER": "cat",
        "GIT_TERMINAL_PROMPT": "0",
        "LC_ALL": "C",
    }


def _is_login(name: str) -> bool:
    return name.startswith(("GIT_SSH", "GIT_SSL", "GIT_ASKPASS", "GIT_CONFIG_GLOBAL", "GIT_CONFIG_NOSYSTEM"))
