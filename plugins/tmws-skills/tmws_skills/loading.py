"""To read a skill at a level of detail, so that a client pays only for what it reads."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from pydantic import BaseModel, Field
from sqlalchemy import Select, and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from tmws_core import Principal
from tmws_core.host import Host
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import blobs, versions
from tmws_skills.access import readable
from tmws_skills.budget import MOST_BYTES, part, size, within
from tmws_skills.catalogue import CatalogueLine, CatalogueRow, catalogue
from tmws_skills.fields import is_storable
from tmws_skills.format.package import SKILL_MD, manifest_from_json
from tmws_skills.levels import FileLine, FilePart, Origin, part_of_file, wrapped
from tmws_skills.lookup import find, is_identifier, not_found
from tmws_skills.memory_filters import MemoryFilter, filters_of
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_memory_filter import SkillMemoryFilter
from tmws_skills.models.skill_tool import SkillTool
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.needed_tools import NeededTool, needed

INSTRUCTIONS, FILES = 2, 3
"""The levels that bring the instructions, and the list of files."""
MOST_TOKENS_OF_FILES = 6_000
"""So many tokens the list of files may have in one answer; `files_after` reads on."""
LEAST_BYTES_OF_TEXT = 10_000
_CALLERS_REMEMBERED = 256


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
    """A skill and a version of it, as its caller gets it.

    Attributes:
        skill: the skill.
        version: the version.
        line: its line in the catalogue.
        notices: what to know before using it.
        activation: the caller's use of it that is under way, of whatever version.
        needs_tools: whether it needs any tools.
        has_filters: whether it has memory filters.
    """

    skill: Skill
    version: SkillVersion
    line: CatalogueLine
    notices: Sequence[str]
    activation: SkillActivation | None
    needs_tools: bool
    has_filters: bool

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
    def reference(self) -> str:
        """Its namespace and name."""
        return f"{self.skill.namespace}/{self.skill.name}"

    @property
    def line_of_active(self) -> CatalogueLine:
        """Its line once it is active."""
        marks = dict.fromkeys(["active", *self.line.marks])
        return self.line.model_copy(update={"marks": list(marks)})

    @property
    def instructions(self) -> str:
        """What follows the front matter."""
        written = self.version.core_instructions
        return self.version.content if written is None else written

    def tools(self, session: Session) -> Sequence[SkillTool]:
        """The tools that it needs."""
        return needed(session, self.skill.id) if self.needs_tools else ()

    def filters(self, session: Session) -> Sequence[SkillMemoryFilter]:
        """Its memory filters, the highest priority first."""
        return filters_of(session, self.skill.id) if self.has_filters else ()


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
            "tools": [NeededTool.of(row, host, principal) for row in opened.tools(session)],
            "memory_filters": [MemoryFilter.of(row) for row in opened.filters(session)],
        }
    )


def open_for(session: Session, principal: Principal, skill: str, number: int | None = None) -> Opened:
    """A skill with the version that a caller gets, or with another one.

    Everything about it comes with one statement, made once for each caller: an agent waits for it.

    Raises:
        NotFound: there is no such skill for the caller, or no such version.
        InvalidArguments: several skills of other namespaces have the name.
    """
    namespace, _, name = skill.rpartition("/")
    rows: Sequence[Any] = ()
    if is_storable(skill):
        by = "id" if is_identifier(skill) else "reference" if namespace else "name"
        asked = {"id": {"skill_id": skill}, "name": {"name": name}, "reference": {"name": name, "namespace": namespace}}
        rows = session.execute(_opening(principal, by), asked[by]).all()
    if len(rows) != 1 and (not rows or rows[0].namespace != principal.namespace):
        find(session, principal, skill)  # says what is wrong
        raise not_found(skill)
    *columns, found, version, activation, needs_tools, has_filters = rows[0]
    line = CatalogueLine.of(CatalogueRow(*columns))
    if number is not None and number != version.version:
        version = versions.one(session, found, number)
        line = line.model_copy(update={"version": version.version, "tokens": version.core_tokens or 0})
    notices = list(_notices(session, principal, found, version))
    return Opened(found, version, line, notices, activation, needs_tools, has_filters)


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


@lru_cache(maxsize=_CALLERS_REMEMBERED)
def _opening(principal: Principal, by: str) -> Select[*tuple[Any, ...]]:
    """The query for a skill, by its `id`, its `name`, or its `reference` of namespace and name."""
    named = {
        "id": Skill.id == bindparam("skill_id"),
        "name": Skill.name == bindparam("name"),
        "reference": and_(Skill.name == bindparam("name"), Skill.namespace == bindparam("namespace")),
    }
    # under another name, for the catalogue asks the same table on its own
    current = aliased(SkillActivation)
    under_way = and_(current.skill_id == Skill.id, current.agent_id == principal.agent_id, current.state == "active")
    return (
        catalogue(principal)
        .add_columns(
            Skill,
            SkillVersion,
            current,
            select(SkillTool.id).where(SkillTool.skill_id == Skill.id).exists(),
            select(SkillMemoryFilter.id).where(SkillMemoryFilter.skill_id == Skill.id).exists(),
        )
        .outerjoin(current, under_way)
        .where(readable(principal), named[by])
        .order_by(Skill.namespace != principal.namespace, Skill.namespace)
        .limit(2)
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
