"""What a person names to import from: a folder, an archive, or a commit of a git repository."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from tmws_core.errors import ExitCode
from tmws_core.tool_errors import ToolError
from tmws_skills.format.archive import ENDINGS, open_archive
from tmws_skills.format.checkout import open_checkout
from tmws_skills.format.folder import open_folder
from tmws_skills.format.limits import Limits
from tmws_skills.format.reading import Reading
from tmws_skills.format.remote import looks_remote, without_credentials
from tmws_skills.format.tree import SourceUnusable


class SkillsUnusable(ToolError):
    """Nothing can be read from a source, or nothing can be written where it was to be."""

    code = "skills_unusable"
    status = 422
    exit_code = ExitCode.INPUT_OUTPUT


@dataclass(frozen=True, slots=True)
class Source:
    """A source that is open.

    Attributes:
        shown: what it is called before people; without the password of an address.
        commit: of a repository, the hash of the commit.
        reading: its skills.
    """

    shown: str
    commit: str | None
    reading: Reading


@contextmanager
def opened(named: str, limits: Limits, *, commit: str | None = None, folder: str = "") -> Iterator[Source]:
    """Open what a person has named.

    Args:
        named: the path of a folder or archive, or the address of a repository.
        limits: how much is taken.
        commit: a commit, a tag or a branch; with it a path is that of a repository.
        folder: of a repository, only what lies below this folder.

    Raises:
        SkillsUnusable: it cannot be read, or holds nothing that looks like a skill.
    """
    shown = without_credentials(named)
    try:
        with _opened(named, limits, commit, folder) as (reading, found):
            if not len(reading):
                raise SkillsUnusable(
                    f"{shown}: there is no skill", hint="a skill is a folder with a SKILL.md; name one, or one above it"
                )
            yield Source(shown, found, reading)
    except SourceUnusable as error:
        raise SkillsUnusable(f"{shown}: {error}") from error


@contextmanager
def _opened(named: str, limits: Limits, commit: str | None, folder: str) -> Iterator[tuple[Reading, str | None]]:
    path = Path(named).expanduser()
    if looks_remote(named) or commit is not None or folder:
        with open_checkout(named if looks_remote(named) else path, commit, limits, folder=folder) as checkout:
            yield checkout.reading, checkout.commit
        return
    if path.is_dir():
        with open_folder(path, limits) as reading:
            yield reading, None
        return
    if not path.exists():
        raise SourceUnusable("there is nothing; name a folder, an archive or the address of a repository")
    if path.suffix.lower() not in ENDINGS:
        raise SourceUnusable(f"it is neither a folder nor an archive, whose name ends in {' or '.join(ENDINGS)}")
    with open_archive(path, limits) as reading:
        yield reading, None
