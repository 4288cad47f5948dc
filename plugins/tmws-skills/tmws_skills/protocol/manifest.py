"""What is told of a version of a skill: its front matter, and each of its files with digest and size."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Self

from pydantic import JsonValue
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_skills.format.document import Document
from tmws_skills.format.package import SKILL_MD, ManifestEntry, manifest_from_json
from tmws_skills.format.validation import check_strict
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_version import SkillVersion

MARKDOWN = "text/markdown"
MOST_FILES = 512
"""So many files a host has to take (SEP-2640, limits)."""
MOST_BYTES = 16 * 1024 * 1024
"""So many bytes all files of a skill may have for a host to have to take it (SEP-2640, limits)."""
_TOLERATED = frozenset({"field_unknown", "byte_order_mark"})
"""What keeps a skill from being published here and is no reason not to serve it: every field passes unchanged."""
_MOST_REMEMBERED = 50_000


@dataclass(frozen=True)
class Manifest:
    """A version, without its contents.

    Attributes:
        front_matter: the front matter of SKILL.md as JSON.
        files: all files with SKILL.md, in the order of their paths.
        fault: why the version is not served as a skill; None when it is.
    """

    front_matter: Mapping[str, JsonValue]
    files: Sequence[ManifestEntry]
    fault: str | None

    @classmethod
    def of(cls, name: str, content: str, auxiliary_content: str | None) -> Self:
        """The manifest of a version.

        Args:
            name: the skill's name.
            content: its SKILL.md.
            auxiliary_content: the manifest of its other files, as `skill_versions` holds it.
        """
        document, data = Document.parse(content), content.encode()
        own = ManifestEntry(path=SKILL_MD, digest=sha256(data).hexdigest(), size=len(data), media_type=MARKDOWN)
        files = sorted((own, *manifest_from_json(auxiliary_content)), key=lambda file: file.path)
        return cls(document.front_matter, tuple(files), _fault(document, name, files))


class Manifests:
    """Remembers manifests, which never change, so that a list need not read the texts of all skills each time."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, Manifest] = OrderedDict()
        self._files = 0
        self._lock = Lock()

    def of(self, session: Session, version_ids: Sequence[str]) -> dict[str, Manifest]:
        """The manifests of versions, by their identifiers.

        Args:
            session: a reading session.
            version_ids: the versions; the caller may see them.
        """
        with self._lock:
            found = {one: self._known[one] for one in version_ids if one in self._known}
        missing = [one for one in version_ids if one not in found]
        for identifier, manifest in _read(session, missing) if missing else ():
            found[identifier] = manifest
            self._keep(identifier, manifest)
        return found

    def _keep(self, identifier: str, manifest: Manifest) -> None:
        with self._lock:
            if identifier in self._known:
                return
            self._known[identifier] = manifest
            self._files += len(manifest.files)
            while self._files > _MOST_REMEMBERED and len(self._known) > 1:
                _, oldest = self._known.popitem(last=False)
                self._files -= len(oldest.files)


def _read(session: Session, version_ids: Sequence[str]) -> Sequence[tuple[str, Manifest]]:
    statement = (
        select(SkillVersion.id, Skill.name, SkillVersion.content, SkillVersion.auxiliary_content)
        .join(Skill, Skill.id == SkillVersion.skill_id)
        .where(SkillVersion.id.in_(version_ids))
    )
    return [(row.id, Manifest.of(row.name, row.content, row.auxiliary_content)) for row in session.execute(statement)]


def _fault(document: Document, name: str, files: Sequence[ManifestEntry]) -> str | None:
    for found in check_strict(document, name):
        if found.severity == "error" and found.code not in _TOLERATED:
            return found.message
    if len(files) > MOST_FILES:
        return f"it has {len(files)} files, and hosts need not take more than {MOST_FILES}"
    if sum(file.size for file in files) > MOST_BYTES:
        return f"its files have more than {MOST_BYTES} bytes together, which hosts need not take"
    return None
