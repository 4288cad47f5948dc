"""To create, read, change, deprecate, delete and restore skills."""

from datetime import datetime
from functools import partial
from typing import Annotated, Any

from pydantic import Field
from sqlalchemy.orm import Session

from tmws_core import Context, tool
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import authoring, blobs, composition, deletion, deprecation, needed_tools, versions
from tmws_skills.access import READ, WRITE, deletable, writable
from tmws_skills.announcement import announce
from tmws_skills.answers import Receipt, SkillRecord, VersionReceipt
from tmws_skills.draft import Draft
from tmws_skills.format.package import Package
from tmws_skills.lookup import find, find_to
from tmws_skills.models.skill import Skill
from tmws_skills.settings import SkillsSettings
from tmws_skills.tools.arguments import (
    AccessLevel,
    DisplayName,
    ExpectedVersion,
    Files,
    Instructions,
    MetadataVersion,
    Namespace,
    Note,
    Path,
    Persona,
    SkillMd,
    SkillName,
    Tags,
    Version,
)


class DeletedSkill(Receipt):
    """A skill that was deleted."""

    restorable_until: datetime | None = Field(description="Until then skill_restore brings it back.")


@tool(scope=WRITE)
async def skill_create(
    ctx: Context,
    skill_md: Annotated[
        SkillMd | None, Field(description="The whole SKILL.md; or give name, description and instructions.")
    ] = None,
    name: Annotated[
        str | None, Field(max_length=64, description="Lower-case letters and digits with single hyphens between.")
    ] = None,
    description: Annotated[
        str | None, Field(min_length=1, max_length=1024, description="What it does, and when to use it.")
    ] = None,
    instructions: Instructions | None = None,
    metadata_version: MetadataVersion | None = None,
    files: Files = [],  # noqa: B006 -- pydantic copies a default before it is used
    tags: Tags = [],  # noqa: B006 -- see files
    persona: Persona | None = None,
    display_name: DisplayName | None = None,
    access_level: AccessLevel = "private",
    namespace: Namespace = None,
) -> VersionReceipt:
    """Create a skill: instructions for a kind of task under a name, with files if it needs some.

    It is yours alone until you share it or give it another level.
    """
    text = _skill_md(skill_md, name, description, instructions, metadata_version)
    limits = ctx.settings(SkillsSettings).limits
    draft = Draft(
        package=composition.package_of(text, [one.file() for one in files], limits),
        namespace=namespace or ctx.principal.namespace,
        access_level=access_level,
        tags=tags,
        persona=persona,
        display_name=display_name,
    )

    def work(session: Session) -> VersionReceipt:
        skill = authoring.create(session, ctx.principal, draft)
        return VersionReceipt.for_version(skill, versions.active(session, skill), is_new=True)

    return await ctx.transaction(work, partial(announce, ctx, "skill.created"))


@tool(scope=READ, read_only=True, idempotent=True)
async def skill_get(
    ctx: Context,
    skill: SkillName,
    version: Annotated[Version | None, Field(description="Number or digest; without it, the one you get.")] = None,
) -> SkillRecord:
    """Read what is known of a skill: owner, level, version, review, deprecation; skill_load reads what it teaches."""

    def work(session: Session) -> SkillRecord:
        found = find(session, ctx.principal, skill)
        chosen = (
            versions.in_use(session, ctx.principal, found) if version is None else versions.one(session, found, version)
        )
        return SkillRecord.of(session, ctx.principal, found, chosen)

    return await ctx.transaction(work)


@tool(scope=WRITE, destructive=True)
async def skill_update(
    ctx: Context,
    skill: SkillName,
    skill_md: Annotated[SkillMd | None, Field(description="Another SKILL.md, whole.")] = None,
    instructions: Annotated[Instructions | None, Field(description="Other text below its front matter.")] = None,
    metadata_version: MetadataVersion | None = None,
    files: Annotated[Files, Field(description="Files to add, or to put in the place of those with the path.")] = [],  # noqa: B006 -- pydantic copies a default before it is used
    remove_files: Annotated[list[Path], Field(max_length=512, description="Files to leave out from now on.")] = [],  # noqa: B006 -- see files
    tags: Annotated[Tags | None, Field(description="The new tags, instead of all former ones.")] = None,
    persona: Persona | None = None,
    display_name: DisplayName | None = None,
    access_level: Annotated[
        AccessLevel | None, Field(description="Who may read it from now on; its owner alone changes that.")
    ] = None,
    expected_version: ExpectedVersion = None,
) -> VersionReceipt:
    """Change a skill of yours, or one shared with you to write. What is not given stays as it is.

    Another content is a new version, and the former ones stay; what beside it is changed at once.
    """
    if skill_md is not None and instructions is not None:
        raise InvalidArguments("instructions: skill_md has them already", hint="give one of the two")
    limits, given = ctx.settings(SkillsSettings).limits, [one.file() for one in files]

    def composed(session: Session, found: Skill) -> Package:
        active = versions.active(session, found)
        text = active.content if skill_md is None else skill_md
        if instructions is not None:
            text = composition.with_instructions(text, instructions)
        if metadata_version is not None:
            text = composition.with_metadata_version(text, metadata_version)
        kept = composition.with_files(blobs.read_all(session, active), given, remove_files)
        return composition.package_of(text, kept, limits)

    beside = _given(tags=tags, persona=persona, display_name=display_name, access_level=access_level)
    content = (skill_md, instructions, metadata_version, *files, *remove_files)
    levels: list[str] = []

    def work(session: Session) -> VersionReceipt:
        found = find_to(session, ctx.principal, skill, writable, "change")
        authoring.refuse_stale(found, expected_version)
        levels.append(found.access_level)
        authoring.change(session, ctx.principal, found.id, beside)
        if all(one is None for one in content):
            return VersionReceipt.for_version(found, versions.active(session, found), is_new=False)
        package = composed(session, found)
        revised = authoring.revision(session, ctx.principal, found.id, package, expected_version)
        return VersionReceipt.for_version(found, revised.version, is_new=revised.is_new)

    return await ctx.transaction(work, lambda done: announce(ctx, "skill.updated", done, formerly=levels[0]))


@tool(scope=WRITE, idempotent=True)
async def skill_deprecate(
    ctx: Context,
    skill: SkillName,
    note: Annotated[Note | None, Field(description="Why, for whoever still uses it.")] = None,
    replaced_by: Annotated[SkillName | None, Field(description="The skill to use instead.")] = None,
    deprecated: Annotated[bool, Field(strict=True, description="False takes it back.")] = True,
) -> Receipt:
    """Mark a skill as one that should not be used any more. It still works, says so, and is found last."""
    if not deprecated and (note is not None or replaced_by is not None):
        raise InvalidArguments("deprecated: false takes note and replaced_by back", hint="leave them out")

    def work(session: Session) -> Receipt:
        if deprecated:
            return Receipt.of(deprecation.deprecate(session, ctx.principal, skill, note, replaced_by))
        return Receipt.of(deprecation.revive(session, ctx.principal, skill))

    return await ctx.transaction(work, partial(announce, ctx, "skill.deprecated" if deprecated else "skill.revived"))


@tool(scope=WRITE, destructive=True, idempotent=True)
async def skill_delete(ctx: Context, skill: SkillName) -> DeletedSkill:
    """Delete a skill of yours, or one shared with you to delete; wherever it is active, that ends.

    Its owner can bring it back with skill_restore for some days; then it is gone.
    """
    undo_days = ctx.settings(SkillsSettings).undo_days

    def work(session: Session) -> DeletedSkill:
        users = needed_tools.users_of(session, find_to(session, ctx.principal, skill, deletable, "delete").id)
        deleted = deletion.delete(session, ctx.principal, skill)
        ctx.list_changed("tools", agents=users)
        until = deletion.restorable_until(deleted, undo_days)
        return DeletedSkill(**Receipt.of(deleted).model_dump(), restorable_until=until)

    return await ctx.transaction(work, partial(announce, ctx, "skill.deleted"))


@tool(scope=WRITE, idempotent=True)
async def skill_restore(ctx: Context, skill: SkillName) -> Receipt:
    """Bring back a skill of yours that was deleted, with its versions, shares and pins."""

    def work(session: Session) -> Receipt:
        return Receipt.of(deletion.restore(session, ctx.principal, skill))

    return await ctx.transaction(work, partial(announce, ctx, "skill.restored"))


def _skill_md(
    skill_md: str | None,
    name: str | None,
    description: str | None,
    instructions: str | None,
    metadata_version: str | None,
) -> str:
    parts = (name, description, instructions)
    if skill_md is not None:
        if any(part is not None for part in parts):
            raise InvalidArguments(
                "skill_md: it has name, description and instructions already", hint="give it alone, or these three"
            )
        return skill_md if metadata_version is None else composition.with_metadata_version(skill_md, metadata_version)
    if name is None or description is None or instructions is None:
        raise InvalidArguments(
            "name, description and instructions are needed, all three", hint="give them, or a whole skill_md"
        )
    return composition.written(name, description, instructions, metadata_version)


def _given(**values: Any) -> dict[str, Any]:
    return {column: value for column, value in values.items() if value is not None}
