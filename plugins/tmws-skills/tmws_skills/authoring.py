"""To create skills and to change them: each change of the content is a new version, and a version never changes."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter, ValidationError
from sqlalchemy import or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.fields import StorableText, look_alike
from tmws_core.tool_errors import AlreadyChanged, InvalidArguments
from tmws_skills import blobs, documents, scanning, versions
from tmws_skills.access import own, present, refuse_level, refuse_namespace, writable
from tmws_skills.draft import Draft, Source
from tmws_skills.format.document import Document
from tmws_skills.format.package import Package, manifest_as_json
from tmws_skills.format.validation import is_name, tokens
from tmws_skills.lookup import find_to
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

_TEXT: TypeAdapter[str] = TypeAdapter(StorableText)


@dataclass(frozen=True)
class Revision:
    """What became of a package.

    Attributes:
        skill: the skill.
        version: the version that it is now at.
        is_new: whether there was none with this content.
    """

    skill: Skill
    version: SkillVersion
    is_new: bool


def create(session: Session, principal: Principal, draft: Draft) -> Skill:
    """Create a skill with its first version.

    Args:
        session: a writing session.
        principal: who creates it, its owner.
        draft: what it is; its size has been checked.

    Raises:
        InvalidArguments: it has no name that a skill can have, or a text that cannot be stored.
        AlreadyChanged: the namespace has a skill with that name, or with one that looks like it.
        PermissionDenied: the caller may not use that level or that namespace.
    """
    refuse_level(principal, draft.access_level)
    refuse_namespace(principal, draft.namespace)
    document = read(draft.package)
    name = _name(draft, document)
    ensure_registered(session, principal)
    refuse_taken(session, draft.namespace, name)
    skill = Skill(
        name=name,
        display_name=draft.display_name,
        description=document.description,
        namespace=draft.namespace,
        created_by=principal.agent_id,
        persona=draft.persona,
        access_level=draft.access_level,
        tags=list(draft.tags),
    )
    insert_named(session, skill)
    version = _add_version(session, principal, skill, 1, draft.package, document, draft.source)
    documents.renew(session, skill, version)
    return skill


def revise(
    session: Session,
    principal: Principal,
    skill: str,
    package: Package,
    expected_version: int | None,
    *,
    source: Source = "manual",
) -> SkillVersion:
    """Give a skill another content; see `revision`, which also says whether that made a version."""
    return revision(session, principal, skill, package, expected_version, source=source).version


def revision(
    session: Session,
    principal: Principal,
    skill: str,
    package: Package,
    expected_version: int | None,
    *,
    source: Source = "manual",
) -> Revision:
    """Give a skill another content: a new version, or a former one when that had the very same.

    Args:
        session: a writing session.
        principal: who writes it.
        skill: the skill's identifier or name.
        package: all its files; their size has been checked.
        expected_version: the active version that the caller has read; None to replace whatever is there.
        source: how the content came to be.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: the caller may read it, and not change it.
        AlreadyChanged: another version than the expected one is active.
        InvalidArguments: its front matter has another name than the skill, or a text cannot be stored.
    """
    document = read(package)
    found = find_to(session, principal, skill, writable, "change")
    refuse_stale(found, expected_version)
    ensure_registered(session, principal)
    _refuse_another_name(session, found, document)
    return write(session, principal, found, package, document, source)


def write(
    session: Session, principal: Principal, skill: Skill, package: Package, document: Document, source: Source
) -> Revision:
    """Make a package the active version of a skill that the caller holds and may change."""
    twin = session.scalars(
        select(SkillVersion).where(SkillVersion.skill_id == skill.id, SkillVersion.content_hash == package.digest)
    ).first()
    version = twin
    if version is None:
        number = skill.version_count + 1
        version = _add_version(session, principal, skill, number, package, document, source)
        skill.version_count = number
    activate(session, skill, version)
    return Revision(skill, version, is_new=twin is None)


def activate(session: Session, skill: Skill, version: SkillVersion) -> None:
    """Make a version of a skill the one that its followers get; its name for people and its words follow."""
    skill.active_version = version.version
    skill.description = Document.parse(version.content).description
    session.flush()
    documents.renew(session, skill, version)


def change(session: Session, principal: Principal, skill: str, changes: Mapping[str, Any]) -> Skill:
    """Change what is beside the content of a skill: its tags, persona, name for people and access level.

    Args:
        session: a writing session.
        principal: who changes it.
        skill: the skill's identifier or name.
        changes: the columns that change, with their new values.

    Raises:
        NotFound: there is no such skill for the caller.
        PermissionDenied: the caller may not change it, or not who may read it, which is its owner's to say.
    """
    found = find_to(session, principal, skill, writable, "change")
    different = {column: value for column, value in changes.items() if getattr(found, column) != value}
    if "access_level" in different:
        refuse_level(principal, different["access_level"])
        find_to(session, principal, found.id, own, "change who may read")
    for column, value in different.items():
        setattr(found, column, value)
    session.flush()
    if not different.keys().isdisjoint(("tags", "display_name")):
        documents.renew(session, found, versions.active(session, found))
    return found


def read(package: Package) -> Document:
    """The SKILL.md of a package, read leniently.

    Raises:
        InvalidArguments: a text in it cannot be stored.
    """
    document = Document.parse(package.skill_md)
    for what, text in (
        ("SKILL.md", package.skill_md),
        ("the name in its front matter", document.name),
        ("the description in its front matter", document.description),
        ("its front matter", document.front_matter_json),
    ):
        try:
            _TEXT.validate_python(text or "")
        except ValidationError as error:
            reason = str(error.errors()[0]["ctx"]["error"])
            raise InvalidArguments(f"{what} cannot be stored: {reason}") from error
    return document


def refuse_stale(skill: Skill, expected_version: int | None) -> None:
    """Refuse a change by somebody who has not seen the active version.

    Raises:
        AlreadyChanged: another version than the expected one is active.
    """
    if expected_version is not None and skill.active_version != expected_version:
        raise AlreadyChanged(
            f"the skill {skill.name!r} is at version {skill.active_version}, not {expected_version}: somebody else has "
            "changed it",
            hint="read it again, then change it",
            details={"version": skill.active_version},
        )


def refuse_taken(session: Session, namespace: str, name: str) -> None:
    """Refuse a name that a skill of the namespace has, or that looks like one.

    It does not say which one that is: the caller might not be allowed to see it.

    Raises:
        AlreadyChanged: it is taken.
    """
    same = or_(Skill.look_alike == look_alike(name), Skill.name == name)
    there = select(Skill.id).where(Skill.namespace == namespace, same, present())
    if session.execute(there.limit(1)).first() is not None:
        raise taken(namespace, name)


def insert_named(session: Session, skill: Skill) -> None:
    """Write a skill whose name nobody had a moment ago.

    Raises:
        AlreadyChanged: another process has taken the name since.
    """
    try:
        with session.begin_nested():
            session.add(skill)
    except IntegrityError as error:  # only PostgreSQL lets another process take the name at this very moment
        if "uq_skills_namespace" not in str(error.orig):
            raise
        raise taken(skill.namespace, skill.name) from error


def taken(namespace: str, name: str) -> AlreadyChanged:
    """The one answer for a name that is taken."""
    return AlreadyChanged(
        f"in the namespace {namespace!r} the name {name!r} is taken, or looks like a name that is taken",
        hint="take another one, or change the skill that has it with skill_update",
    )


def _name(draft: Draft, document: Document) -> str:
    name = draft.name if draft.name is not None else document.name
    if name is None:
        raise InvalidArguments(
            "the skill has no name", hint="begin SKILL.md with a line ---, name, description, and a line ---"
        )
    if not is_name(name):
        raise InvalidArguments(
            f"{name[:80]!r} is no name for a skill",
            hint="use 1 to 64 lower-case letters and digits, with single hyphens between them",
        )
    return name


def _refuse_another_name(session: Session, skill: Skill, document: Document) -> None:
    """A skill keeps its name; what its front matter has called it so far, such as an imported one's, may stay there."""
    if document.name in (None, skill.name):
        return
    if document.name != Document.parse(versions.active(session, skill).content).name:
        raise InvalidArguments(
            f"the front matter names {str(document.name)[:80]!r}, and the skill is {skill.name!r}",
            hint="keep the name; create another skill for another name",
        )


def _add_version(
    session: Session,
    principal: Principal,
    skill: Skill,
    number: int,
    package: Package,
    document: Document,
    source: Source,
) -> SkillVersion:
    findings = scanning.scan(package)
    manifest = manifest_as_json(package.manifest)
    version = SkillVersion(
        skill_id=skill.id,
        version=number,
        content=package.skill_md,
        metadata_json=document.front_matter_json,
        core_instructions=document.body,
        auxiliary_content=manifest,
        metadata_tokens=tokens(f"{skill.name} {document.description or ''}"),
        core_tokens=tokens(document.body),
        auxiliary_tokens=tokens(manifest),
        content_hash=package.digest,
        created_by=principal.agent_id,
        source=source,
        review_status="pending_review" if findings else "draft",
        findings=[finding.as_json() for finding in findings],
    )
    session.add(version)
    session.flush()
    blobs.store(session, version, package.files)
    return version
