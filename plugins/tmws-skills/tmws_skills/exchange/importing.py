"""To import packages: a skill that is not there is created, one that is there gets a version; twice changes nothing.

Import is lenient: what the format says against a skill is told, and keeps it out only when nobody could use it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.tool_errors import NotFound, ToolError
from tmws_skills import authoring, lookup, versions
from tmws_skills.access import refuse_level, refuse_namespace
from tmws_skills.answers import Receipt
from tmws_skills.draft import AccessLevel, Draft
from tmws_skills.format.diagnostic import Diagnostic, warning
from tmws_skills.format.document import Document
from tmws_skills.format.package import manifest_as_json
from tmws_skills.format.reading import Fault, Found
from tmws_skills.format.validation import check_lenient, usable_name
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

Outcome = Literal["created", "new version", "former version", "unchanged"]


@dataclass(frozen=True, slots=True)
class Target:
    """Where skills are imported to.

    Attributes:
        namespace: the namespace.
        access_level: who may see those that are created; those that are there stay as they are.
    """

    namespace: str
    access_level: AccessLevel = "private"

    def refuse(self, principal: Principal) -> None:
        """Refuse a place into which a caller may not put a skill.

        Raises:
            PermissionDenied: the level or the namespace is not the caller's to use.
        """
        refuse_level(principal, self.access_level)
        refuse_namespace(principal, self.namespace)


@dataclass(frozen=True, slots=True)
class Imported:
    """What became of a package.

    Attributes:
        path: where it lay in the source.
        receipt: the skill, with the version that is active now.
        digest: the digest of that version.
        metadata_version: what its front matter calls it.
        outcome: whether it made a skill, a version, took up a former version, or nothing.
        diagnostics: what was odd about it.
    """

    path: str
    receipt: Receipt
    digest: str
    metadata_version: str | None
    outcome: Outcome
    diagnostics: Sequence[Diagnostic]


def store(session: Session, principal: Principal, found: Found, target: Target) -> Imported | Fault:
    """Import one package, in a savepoint of its own; what keeps it out is a fault.

    Args:
        session: a writing session.
        principal: who imports.
        found: the package.
        target: where to.
    """
    document = Document.parse(found.package.skill_md)
    diagnostics = [*found.diagnostics, *check_lenient(document, found.directory_name)]
    errors = [one for one in diagnostics if one.severity == "error"]
    name = usable_name(document, found.directory_name)
    if errors or name is None:
        return Fault(found.path, "; ".join(map(str, errors)))
    try:
        with session.begin_nested():
            return _store(session, principal, found, target, name, diagnostics)
    except ToolError as error:
        return Fault(found.path, str(error))


def _store(
    session: Session, principal: Principal, found: Found, target: Target, name: str, diagnostics: list[Diagnostic]
) -> Imported:
    there = _there(session, principal, f"{target.namespace}/{name}")
    if there is None:
        draft = Draft(found.package, target.namespace, target.access_level, source="import", name=name)
        skill = authoring.create(session, principal, draft)
        return _imported(found, skill, versions.active(session, skill), "created", diagnostics)
    before = there.active_version
    revision = authoring.revision(session, principal, there.id, found.package, None, source="import")
    outcome: Outcome = "unchanged" if revision.version.version == before else "former version"
    if revision.is_new:
        outcome = "new version"
    elif revision.version.auxiliary_content != manifest_as_json(found.package.manifest):
        reason = "only what may be run differs from the version that is there, which stays as it is"
        diagnostics.append(warning("executable_differs", reason, found.path))
    return _imported(found, revision.skill, revision.version, outcome, diagnostics)


def _there(session: Session, principal: Principal, skill: str) -> Skill | None:
    try:
        return lookup.find(session, principal, skill)
    except NotFound:
        return None


def _imported(
    found: Found, skill: Skill, version: SkillVersion, outcome: Outcome, diagnostics: Sequence[Diagnostic]
) -> Imported:
    return Imported(
        path=found.path,
        receipt=Receipt.of(skill),
        digest=version.content_hash,
        metadata_version=Document.parse(version.content).version,
        outcome=outcome,
        diagnostics=(*diagnostics, *_awaited(version)),
    )


def _awaited(version: SkillVersion) -> Iterator[Diagnostic]:
    """What a reviewer is asked to look at."""
    if version.review_status == "pending_review":
        for finding in version.findings:
            where = f"{finding['path']}, line {finding['line']}"
            yield warning(str(finding["code"]), f"{finding['reason']}; a reviewer has to look at it", where)
