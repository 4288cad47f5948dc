"""The methods of the extension: `skills/list`, `skills/get` and `resources/directory/read`."""

from collections.abc import Sequence
from typing import Annotated

from pydantic import BaseModel, Field, TypeAdapter

from tmws_core import Context, mcp_method
from tmws_core import cursor as cursors
from tmws_core.fields import StorableText
from tmws_skills.access import READ
from tmws_skills.protocol import directories, entries
from tmws_skills.protocol.directories import Child
from tmws_skills.protocol.entries import ServedPage, SkillEntry
from tmws_skills.protocol.extension import SKILLS
from tmws_skills.state import SkillState

SECONDS_FRESH = 60
MOST_CHILDREN = 500
"""So many files and folders of one folder stand on one page."""
LAST_SKILL: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[StorableText, StorableText])
"""Namespace and name of the skill after which a page begins."""
Uri = Annotated[str, Field(max_length=8_000)]
Cursor = Annotated[str | None, Field(max_length=2_000)]


class SkillList(BaseModel):
    """The result of `skills/list`."""

    skills: list[SkillEntry]
    next_cursor: str | None = Field(None, serialization_alias="nextCursor")


class OneSkill(BaseModel):
    """The result of `skills/get`."""

    skill: SkillEntry


class Directory(BaseModel):
    """The result of `resources/directory/read`."""

    resources: list[Child]
    next_cursor: str | None = Field(None, serialization_alias="nextCursor")


@mcp_method("skills/list", extension=SKILLS, scope=READ, read_only=True, lifetime=SECONDS_FRESH)
async def list_skills(ctx: Context, cursor: Cursor = None) -> SkillList:
    """List the skills that the caller can read, each as it gets it."""
    page, following = await served_page(ctx, cursor, "skills/list")
    return SkillList(skills=[SkillEntry.of(one.address, one.manifest) for one in page.skills], next_cursor=following)


@mcp_method("skills/get", extension=SKILLS, scope=READ, read_only=True, lifetime=SECONDS_FRESH)
async def get_skill(ctx: Context, uri: Uri) -> OneSkill:
    """Tell of one skill, by the URI of its SKILL.md."""
    manifests = ctx.state(SkillState).manifests
    return OneSkill(skill=await ctx.transaction(lambda session: entries.entry(session, ctx.principal, manifests, uri)))


@mcp_method("resources/directory/read", extension=SKILLS, scope=READ, read_only=True)
async def read_directory(ctx: Context, uri: Uri, cursor: Cursor = None) -> Directory:
    """List what stands directly below a skill or a folder of it."""
    question = f"resources/directory/read {uri}"
    begin = 0 if cursor is None else cursors.decode(cursor, ctx.principal, question)
    manifests = ctx.state(SkillState).manifests
    found: Sequence[Child] = await ctx.transaction(
        lambda session: directories.children(session, ctx.principal, manifests, uri)
    )
    end = begin + MOST_CHILDREN
    following = cursors.encode(end, ctx.principal, question) if end < len(found) else None
    return Directory(resources=list(found[begin:end]), next_cursor=following)


async def served_page(ctx: Context, cursor: str | None, question: str) -> tuple[ServedPage, str | None]:
    """A page of the skills that are served to the caller, and the cursor for the next one.

    Args:
        ctx: the call.
        cursor: what the page before gave.
        question: what was asked for.

    Raises:
        InvalidArguments: the cursor is not the caller's.
    """
    after = None if cursor is None else cursors.decode(cursor, ctx.principal, question, LAST_SKILL)
    manifests = ctx.state(SkillState).manifests
    page = await ctx.transaction(lambda session: entries.page(session, ctx.principal, manifests, after))
    return page, None if page.last is None else cursors.encode(page.last, ctx.principal, question)
