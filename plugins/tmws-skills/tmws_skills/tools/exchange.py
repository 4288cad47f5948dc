"""To import what a client sends, and to give a client a skill as an archive."""

import asyncio
import base64
import binascii
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import Annotated

from pydantic import BaseModel, Field
from sqlalchemy.orm import Session

from tmws_core import Context, Principal, tool
from tmws_core.tool_errors import InvalidArguments, TooLarge
from tmws_skills.access import READ, WRITE
from tmws_skills.draft import AccessLevel
from tmws_skills.exchange import exporting, importing
from tmws_skills.exchange.answers import ImportReport
from tmws_skills.exchange.events import tell
from tmws_skills.exchange.importing import Imported, Target
from tmws_skills.format.archive import open_archive
from tmws_skills.format.limits import Limits
from tmws_skills.format.package import Package
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.tree import SourceUnusable
from tmws_skills.format.writing import archive_of
from tmws_skills.settings import SkillsSettings
from tmws_skills.tools.arguments import Namespace, SkillName, VersionNumber

# the largest request that the server takes over HTTP
_MOST_CHARACTERS = 4 * 1024 * 1024
_MOST_ARCHIVE_BYTES = _MOST_CHARACTERS * 3 // 4


class SkillArchive(BaseModel):
    """A version of a skill with all its files."""

    skill_id: str
    name: str
    namespace: str
    version: int
    digest: str = Field(description="The SHA-256 of the version.")
    files: int = Field(description="How many there are, SKILL.md among them.")
    archive: str = Field(description="A zip archive with the skill's folder, in base64.")


@tool(scope=WRITE, idempotent=True)
async def skill_import_package(
    ctx: Context,
    skill_md: Annotated[
        str | None,
        Field(
            max_length=_MOST_CHARACTERS,
            description="The whole text of a SKILL.md, when the skill has no other file.",
            examples=["---\nname: code-review\ndescription: Reviews a change. Use it before a merge.\n---\nRead it."],
        ),
    ] = None,
    archive: Annotated[
        str | None,
        Field(max_length=_MOST_CHARACTERS, description="Instead a .zip or .skill archive of one or more, in base64."),
    ] = None,
    namespace: Namespace = None,
    access_level: Annotated[
        AccessLevel, Field(description="Who may see those that are new; those that are there stay as they are.")
    ] = "private",
) -> ImportReport:
    """Import skills in the format of agentskills.io: new ones are created, changed ones get a new version.

    What the format says against a skill is told in its diagnostics. Scripts are stored, and never run here.
    """
    target = Target(namespace or ctx.principal.namespace, access_level)
    target.refuse(ctx.principal)
    found = await asyncio.to_thread(_read, skill_md, archive, ctx.settings(SkillsSettings).limits)

    def work(session: Session) -> list[Imported | Fault]:
        return [_outcome(session, ctx.principal, one, target) for one in found]

    report = ImportReport.of(await ctx.transaction(work, partial(tell, ctx)))
    if not report.skills:
        told = "; ".join(f"{one.path}: {one.reason}" for one in report.left_out)
        raise InvalidArguments(
            f"nothing was imported: {told or 'there is no SKILL.md'}", hint="mend it, then try again"
        )
    return report


@tool(scope=READ, read_only=True)
async def skill_export_package(
    ctx: Context,
    skill: SkillName,
    version: Annotated[VersionNumber | None, Field(description="A version; without it, the active one.")] = None,
) -> SkillArchive:
    """Get a skill with all its files as a zip archive, every byte as it came in."""

    def work(session: Session) -> exporting.Exported:
        return exporting.load(session, ctx.principal, skill, version)

    exported = await ctx.transaction(work)
    content = await asyncio.to_thread(archive_of, [(exported.name, exported.package)])
    if len(content) > _MOST_ARCHIVE_BYTES:
        raise TooLarge(
            f"the archive of {exported.name!r} has {len(content)} bytes, of {_MOST_ARCHIVE_BYTES}",
            hint="read its files one by one with skill_load, or export it at the terminal with `tmws skills export`",
        )
    return SkillArchive(
        skill_id=exported.skill_id,
        name=exported.name,
        namespace=exported.namespace,
        version=exported.version,
        digest=exported.package.digest,
        files=len(exported.package.files) + 1,
        archive=base64.b64encode(content).decode(),
    )


def _outcome(session: Session, principal: Principal, found: Found | Fault, target: Target) -> Imported | Fault:
    return found if isinstance(found, Fault) else importing.store(session, principal, found, target)


def _read(skill_md: str | None, archive: str | None, limits: Limits) -> Sequence[Found | Fault]:
    if skill_md is not None and archive is None:
        return [_from_text(skill_md, limits)]
    if archive is not None and skill_md is None:
        return _from_archive(archive, limits)
    raise InvalidArguments("skill_md, archive: give one of the two", hint="skill_md is a text, archive is base64")


def _from_text(text: str, limits: Limits) -> Found:
    try:
        size = len(text.encode())
        package = Package(text)
    except UnicodeEncodeError as error:
        raise InvalidArguments("skill_md: it has half of a surrogate pair, which is no character; remove it") from error
    if size > limits.skill_md_bytes:
        raise TooLarge(f"skill_md: it has {size} bytes, of {limits.skill_md_bytes}", hint="move text into other files")
    return Found("SKILL.md", None, package)


def _from_archive(text: str, limits: Limits) -> list[Found | Fault]:
    """What an archive holds, which may be as much as one skill may."""
    try:
        content = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError) as error:
        raise InvalidArguments(f"archive: it is no base64: {error}") from error
    bounded = replace(limits, entries=2 * limits.files, total_bytes=limits.skill_bytes)
    try:
        with open_archive(content, bounded) as reading:
            return list(reading)
    except SourceUnusable as error:
        raise InvalidArguments(f"archive: {error}") from error
