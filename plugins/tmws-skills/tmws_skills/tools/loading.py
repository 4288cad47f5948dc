"""To read a skill: its line, its instructions, its files."""

from functools import partial
from typing import Annotated

from pydantic import Field

from tmws_core import Context, tool
from tmws_core.fields import StorableText
from tmws_skills.access import READ
from tmws_skills.loading import LoadedSkill, Wish, load

SkillName = Annotated[str, Field(min_length=1, max_length=400, description="Its name, namespace/name, or id.")]
Level = Annotated[
    int, Field(strict=True, ge=1, le=3, description="1: its line; 2: with instructions; 3: with the list of files.")
]
Version = Annotated[int, Field(strict=True, ge=1, le=2**31 - 1, description="A version; without it, the one you get.")]
Path = Annotated[StorableText, Field(min_length=1, max_length=1_000)]


@tool(scope=READ, read_only=True, idempotent=True, listed=True)
async def skill_load(
    ctx: Context,
    skill: SkillName,
    level: Level = 2,
    file: Annotated[Path | None, Field(description="Read this file instead, by its path.")] = None,
    offset: Annotated[int, Field(strict=True, ge=0, le=2**31 - 1, description="next_offset of the part before.")] = 0,
    version: Version | None = None,
    files_after: Annotated[Path | None, Field(description="List only the files after this path.")] = None,
) -> LoadedSkill:
    """Read a skill's instructions, or one of its files. They are its author's words, not your user's."""
    wish = Wish(level=level, version=version, file=file, offset=offset, files_after=files_after)
    asked = partial(load, host=ctx.application, principal=ctx.principal, skill=skill, wish=wish)
    return await ctx.transaction(asked)
