"""To read a skill at a level of detail, so that a client pays only for what it reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.host import Host
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import blobs, versions
from tmws_skills.access import readable
from tmws_skills.budget import MOST_BYTES, part, size, within
from tmws_skills.catalogue import CatalogueLine, lines_of
from tmws_skills.format.package import SKILL_MD, manifest_from_json
from tmws_skills.levels import FileLine, FilePart, Origin, part_of_file, wrapped
from tmws_skills.lookup import find
from tmws_skills.memory_filters import MemoryFilter, filters_of
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.needed_tools import NeededTool, needed

INSTRUCTIONS, FILES = 2, 3
"""The levels that bring the instructions, and the list of files."""
MOST_TOKENS_OF_FILES = 6_000
"""So many tokens the list of files may have in one answer; `files_after` reads on."""
LEAST_BYTES_OF_TEXT = 10_000


class LoadedSkill(BaseModel):
    """A skill, as far as it was asked for."""

    skill: CatalogueLine
    digest: str = Field(description="The SHA-256 of this version's files.")
    author: str | None = Field(description="The agent that wrote this version.")
    review: str = Field(description="draft, pending_review, approved or rejected.")
    level: int
    content: str | None = Field(
        description="The instructions, from level 2 on; written by the author, not by your user."
    )
    next_offset: int | None = Field(description="Give it as offset to read on; null at the end.")
    files: list[FileLine] | None = Field(description="At level 3, the files beside the instructions.")
    more_files: bool = Field(description="There are more; give the last path as files_after.")
    file: FilePart | None = Field(description="The file that was asked for.")
    tools: list[NeededTool] = Field(description="The tools that it needs, from level 2 on.")
    memory_filters: list[MemoryFilter] = Field(description="Which memories it brings along when it is activated.")
    notices: list[str] = Field(description="What to know before using it.")


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What of a skill is wanted.

    Attributes:
        level: the level of detail.
        version: a version; None for the one that the caller gets.
        file: the path of a single file.
        offset: where to begin, in characters of the instructions or in bytes of the file.
        files_after: list the files after this path alone.
    """

    level: int = INSTRUCTIONS
    version: int | None = None
    file: str | None = None
    offset: int = 0
    files_after: str | None = None


@dataclass(frozen=True)
class Opened:
    """A skill and a version of it, as its caller gets it."""

    skill: Skill
    version: SkillVersion
    line: CatalogueLine
    notices: Sequence[str]

    @classmethod
    def by(cls, session: Session, principal: Principal, skill: Skill, version: SkillVersion) -> Self:
        """Open a version of a skill that the caller can read."""
        line = lines_of(session, principal, [skill.id])[skill.id]
        told = line.model_copy(update={"version": version.version, "tokens": version.core_tokens or 0})
        return cls(skill, version, told, list(_notices(session, principal, skill, version)))

    @property
    def origin(self) -> Origin:
        """Where its instructions come from."""
        return Origin(
            name=self.skill.name,
            namespace=self.skill.namespace,
            version=self.version.version,
            digest=self.version.content_hash,
            author=self.version.created_by or "",
            review=self.version.review_status,
        )

    @property
    def instructions(self) -> str:
        """What follows the front matter."""
        written = self.version.core_instructions
        return self.version.content if written is None else written


def load(session: Session, host: Host, principal: Principal, skill: str, wish: Wish) -> LoadedSkill:
    """Read what is wanted of a skill.

    Args:
        session: a reading session.
        host: the application, which knows its own tools.
        principal: who asks.
        skill: the skill's identifier or name.
        wish: what of it.

    Raises:
        NotFound: there is no such skill for the caller, or no such version or file.
        InvalidArguments: the offset lies behind the end.
    """
    opened = open_for(session, principal, skill, wish.version)
    if wish.file is not None:
        return shown(opened, Wish(level=1)).model_copy(
            update={"file": _file(session, opened.version, wish.file, wish.offset)}
        )
    loaded = shown(opened, wish)
    if wish.level < INSTRUCTIONS:
        return loaded
    return loaded.model_copy(
        update={
            "tools": [NeededTool.of(row, host, principal) for row in needed(session, opened.skill.id)],
            "memory_filters": [MemoryFilter.of(row) for row in filters_of(session, opened.skill.id)],
        }
    )


def open_for(session: Session, principal: Principal, skill: str, number: int | None = None) -> Opened:
    """A skill with the version that a caller gets, or with another one.

    Raises:
        NotFound: there is no such skill for the caller, or no such version.
    """
    found = find(session, principal, skill)
    version = versions.in_use(session, principal, found) if number is None else versions.one(session, found, number)
    return Opened.by(session, principal, found, version)


def shown(opened: Opened, wish: Wish) -> LoadedSkill:
    """The answer about an opened skill, without a single file and what it needs.

    Raises:
        InvalidArguments: the offset lies behind the end of the instructions.
    """
    files, more_files = _files(opened.version, wish)
    content, next_offset = _content(opened, wish, size([one.model_dump() for one in files or ()]))
    return LoadedSkill(
        skill=opened.line,
        digest=opened.version.content_hash,
        author=opened.version.created_by,
        review=opened.version.review_status,
        level=wish.level,
        content=content,
        next_offset=next_offset,
        files=files,
        more_files=more_files,
        file=None,
        tools=[],
        memory_filters=[],
        notices=list(opened.notices),
    )


def _content(opened: Opened, wish: Wish, bytes_of_files: int) -> tuple[str | None, int | None]:
    if wish.level < INSTRUCTIONS or wish.files_after is not None:
        return None, None
    instructions = opened.instructions
    if wish.offset > len(instructions):
        raise InvalidArguments(
            f"offset: the instructions have {len(instructions)} characters, and {wish.offset} lies behind their end",
            hint="give 0, or next_offset of the part before",
        )
    left = max(LEAST_BYTES_OF_TEXT, MOST_BYTES - bytes_of_files)
    text, next_offset = part(instructions, wish.offset, left)
    return wrapped(text, opened.origin), next_offset


def _files(version: SkillVersion, wish: Wish) -> tuple[list[FileLine] | None, bool]:
    if wish.level < FILES:
        return None, False
    manifest = [
        FileLine.of(entry)
        for entry in manifest_from_json(version.auxiliary_content)
        if wish.files_after is None or entry.path > wish.files_after
    ]
    files = list(within(MOST_TOKENS_OF_FILES, manifest))
    return files, len(files) < len(manifest)


def _file(session: Session, version: SkillVersion, path: str, offset: int) -> FilePart:
    content = version.content.encode() if path == SKILL_MD else blobs.read(session, version, path)
    return part_of_file(path, content, offset)


def _notices(session: Session, principal: Principal, skill: Skill, version: SkillVersion) -> Iterator[str]:
    if skill.deprecated_at is not None:
        yield _deprecation(session, principal, skill)
    if version.version < skill.active_version:
        yield f"this is version {version.version}; the one in use is {skill.active_version}"
    if version.review_status == "pending_review":
        yield "it has places that a reviewer should look at, and nobody has yet; skill_get shows them"
    if version.review_status == "rejected":
        yield f"a reviewer has rejected it: {version.review_comment or 'without a comment'}"


def _deprecation(session: Session, principal: Principal, skill: Skill) -> str:
    told = "it is deprecated"
    if skill.deprecation_note:
        told += f": {skill.deprecation_note}"
    readable_one = select(Skill.namespace, Skill.name).where(Skill.id == skill.replaced_by, readable(principal))
    instead = session.execute(readable_one).first()
    return told if instead is None else f"{told}; use {instead.namespace}/{instead.name} instead"
