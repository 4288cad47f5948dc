"""Entries: a skill as `skills/list` and `skills/get` tell of it, whole or not at all."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from pydantic import BaseModel, JsonValue
from sqlalchemy import and_, select, tuple_
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments, NotFound
from tmws_skills import versions
from tmws_skills.access import readable
from tmws_skills.catalogue import version_for
from tmws_skills.format.package import SKILL_MD
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion
from tmws_skills.protocol.address import Address
from tmws_skills.protocol.manifest import Manifest, Manifests

MOST_SKILLS, MOST_FILES = 100, 2_000
"""So many skills, and about so many files of theirs, stand on one page."""


class FileEntry(BaseModel):
    """A file of a skill (SEP-2640, `SkillResource`)."""

    uri: str
    digest: str
    size: int


class SkillEntry(BaseModel):
    """A skill (SEP-2640, `Skill`)."""

    uri: str
    frontmatter: dict[str, JsonValue]
    resources: list[FileEntry]

    @classmethod
    def of(cls, address: Address, manifest: Manifest) -> Self:
        """The entry of what stands at an address."""
        files = [
            FileEntry(uri=address.at(file.path).uri, digest=f"sha256:{file.digest}", size=file.size)
            for file in manifest.files
        ]
        return cls(uri=address.at(SKILL_MD).uri, frontmatter=dict(manifest.front_matter), resources=files)


@dataclass(frozen=True)
class Served:
    """A skill that is served.

    Attributes:
        address: where it stands.
        title: its name for people; empty when it has none.
        manifest: what is told of its version.
    """

    address: Address
    title: str
    manifest: Manifest


@dataclass(frozen=True)
class ServedPage:
    """A part of the skills that a caller follows.

    Attributes:
        skills: the skills that are served.
        last: namespace and name of the last that was looked at, when there are more.
    """

    skills: Sequence[Served]
    last: tuple[str, str] | None


def page(session: Session, principal: Principal, manifests: Manifests, after: tuple[str, str] | None) -> ServedPage:
    """The skills that a caller can read, in the version that it gets; by namespace and name.

    One that is no skill as agentskills.io has it is left out; the tools give it all the same.

    Args:
        session: a reading session.
        principal: who asks.
        manifests: the manifests that are remembered.
        after: namespace and name of the last one of the page before.
    """
    of_the_caller = and_(SkillVersion.skill_id == Skill.id, SkillVersion.version == version_for(principal))
    statement = (
        select(Skill.namespace, Skill.name, Skill.display_name, SkillVersion.id)
        .join(SkillVersion, of_the_caller)
        .where(readable(principal))
        .order_by(Skill.namespace, Skill.name)
        .limit(MOST_SKILLS + 1)
    )
    if after is not None:
        statement = statement.where(tuple_(Skill.namespace, Skill.name) > after)
    rows = session.execute(statement).all()
    known = manifests.of(session, [row.id for row in rows[:MOST_SKILLS]])
    served: list[Served] = []
    looked_at = files = 0
    for row in rows[:MOST_SKILLS]:
        manifest = known[row.id]
        files += len(manifest.files)
        if files > MOST_FILES and looked_at:
            break
        looked_at += 1
        if manifest.fault is None:
            served.append(Served(Address(row.namespace, row.name), row.display_name or "", manifest))
    last = rows[looked_at - 1] if looked_at < len(rows) else None
    return ServedPage(served, None if last is None else (last.namespace, last.name))


def find(session: Session, principal: Principal, address: Address) -> SkillVersion:
    """The version of a skill that an address means.

    Args:
        session: a reading session.
        principal: who asks.
        address: the address of the skill or of anything in it.

    Raises:
        NotFound: there is none, or the caller may not see it; the two are not told apart.
    """
    there = Skill.namespace == address.namespace, Skill.name == address.name
    skill = session.scalars(select(Skill).where(*there, readable(principal))).first()
    if skill is None:
        raise unserved(address.uri)
    if address.digest is None:
        return versions.in_use(session, principal, skill)
    try:
        return versions.one(session, skill, address.digest)
    except NotFound:
        raise unserved(address.uri) from None


def entry(session: Session, principal: Principal, manifests: Manifests, uri: str) -> SkillEntry:
    """The entry of the skill whose SKILL.md has a URI.

    Raises:
        NotFound: there is none, or the caller may not see it.
        InvalidArguments: it is there, and no skill as agentskills.io has it.
    """
    address = Address.parse(uri)
    if address is None or not address.is_skill:
        raise unserved(uri)
    version = find(session, principal, address)
    manifest = manifests.of(session, [version.id])[version.id]
    if manifest.fault is not None:
        raise InvalidArguments(
            f"what stands at {uri} is not served as a skill: {manifest.fault}", hint="read it with skill_load"
        )
    return SkillEntry.of(address, manifest)


def unserved(uri: str) -> NotFound:
    """The one answer for what is not there and for what the caller may not see."""
    return NotFound(f"no skill is served at {uri[:1000]}")
