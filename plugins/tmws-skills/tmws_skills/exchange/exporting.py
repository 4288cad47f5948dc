"""To give out packages exactly as they came in."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import ToolError
from tmws_skills import blobs, lookup, versions
from tmws_skills.access import own, readable
from tmws_skills.format.package import Package
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion


@dataclass(frozen=True, slots=True)
class Exported:
    """A version with its files.

    Attributes:
        skill_id: the skill.
        name: its name, and so that of its folder.
        namespace: where it is.
        version: the number of the version.
        package: its files.
    """

    skill_id: str
    name: str
    namespace: str
    version: int
    package: Package


def selected(session: Session, principal: Principal, names: Sequence[str], *, all_readable: bool) -> list[str]:
    """The identifiers of the skills to export, by name.

    Args:
        session: a reading session.
        principal: who asks.
        names: names or identifiers; without any, all that are the caller's own.
        all_readable: without any name, also those of others that the caller may see.

    Raises:
        NotFound: there is no skill of one of the names for the caller.
    """
    if names:
        return list(dict.fromkeys(lookup.find(session, principal, name).id for name in names))
    rule = readable(principal) if all_readable else own(principal)
    return list(session.scalars(select(Skill.id).where(rule).order_by(Skill.name, Skill.namespace)))


def load(session: Session, principal: Principal, skill: str, version: int | None = None) -> Exported:
    """A skill with all files of its active version, or of another one.

    Args:
        session: a reading session.
        principal: who asks.
        skill: its identifier or name.
        version: the number of a version.

    Raises:
        NotFound: there is no such skill or version for the caller.
        ToolError: what is stored is not what its digest says.
    """
    found = lookup.find(session, principal, skill)
    chosen = versions.active(session, found) if version is None else versions.one(session, found, version)
    return Exported(found.id, found.name, found.namespace, chosen.version, package_of(session, chosen))


def package_of(session: Session, version: SkillVersion) -> Package:
    """The files of a version.

    Raises:
        ToolError: they are not what its digest says.
    """
    package = Package(version.content, blobs.read_all(session, version))
    if package.digest != version.content_hash:
        raise ToolError(
            f"version {version.version} of the skill {version.skill_id} is damaged: its files have the digest "
            f"{package.digest}, and not {version.content_hash}",
            hint="restore the database from a backup",
        )
    return package
