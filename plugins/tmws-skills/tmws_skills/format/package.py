"""Packages: all files of one version of a skill, their manifest and the digest that is the version's identity."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256
from typing import Any

from pydantic import BaseModel, ConfigDict, TypeAdapter

from tmws_skills.format import paths
from tmws_skills.format.media_type import media_type

SKILL_MD = "SKILL.md"
"""The one file that every skill has."""


class ManifestEntry(BaseModel):
    """What a manifest says of one file."""

    model_config = ConfigDict(frozen=True)

    path: str
    digest: str
    size: int
    media_type: str
    executable: bool = False


_MANIFEST = TypeAdapter(tuple[ManifestEntry, ...])


@dataclass(frozen=True)
class SkillFile:
    """One file of a skill beside its SKILL.md.

    Attributes:
        path: below the skill's folder, with `/`.
        content: its bytes.
        executable: whether its owner may run it; this server never does.
    """

    path: str
    content: bytes
    executable: bool = False

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of the content, in lower-case hex."""
        return sha256(self.content).hexdigest()

    @cached_property
    def entry(self) -> ManifestEntry:
        """What the manifest says of it."""
        return ManifestEntry(
            path=self.path,
            digest=self.digest,
            size=len(self.content),
            media_type=media_type(self.path, self.content),
            executable=self.executable,
        )


@dataclass(frozen=True)
class Package:
    """One version of a skill as files.

    Attributes:
        skill_md: the text of SKILL.md, with its byte order mark and line ends as they are.
        files: the other files; sorted by path once the package is made.

    Raises:
        UnsafePath: a path leads out of the skill's folder, or two are one file on some systems.
        ValueError: the text cannot be stored as UTF-8.
    """

    skill_md: str
    files: Sequence[SkillFile] = ()

    def __post_init__(self) -> None:
        self.skill_md.encode()
        for file in self.files:
            paths.refuse_unsafe(file.path)
        paths.refuse_ambiguous([SKILL_MD, *(file.path for file in self.files)])
        object.__setattr__(self, "files", tuple(sorted(self.files, key=lambda file: file.path)))

    @cached_property
    def skill_md_digest(self) -> str:
        """The SHA-256 of SKILL.md, in lower-case hex."""
        return sha256(self.skill_md.encode()).hexdigest()

    @cached_property
    def manifest(self) -> tuple[ManifestEntry, ...]:
        """What the files other than SKILL.md are, in the order of their paths."""
        return tuple(file.entry for file in self.files)

    @cached_property
    def digest(self) -> str:
        """The identity of a version: see `digest_of`."""
        return digest_of(self.skill_md_digest, self.manifest)

    @property
    def size(self) -> int:
        """How many bytes all files have."""
        return len(self.skill_md.encode()) + sum(len(file.content) for file in self.files)


def digest_of(skill_md_digest: str, manifest: Iterable[ManifestEntry]) -> str:
    """The digest of a version: the SHA-256 of what `sha256sum` would print for all its files, SKILL.md among them.

    Args:
        skill_md_digest: the SHA-256 of SKILL.md, in lower-case hex.
        manifest: the other files.

    Returns:
        64 lower-case hex digits.
    """
    digests = {SKILL_MD: skill_md_digest, **{entry.path: entry.digest for entry in manifest}}
    lines = (f"{digests[path]}  {path}\n" for path in sorted(digests))
    return sha256("".join(lines).encode()).hexdigest()


def manifest_as_json(manifest: Iterable[ManifestEntry]) -> str:
    """A manifest as `skill_versions.auxiliary_content` holds it: only what is executable says so."""
    return json.dumps([_plain(entry) for entry in manifest], ensure_ascii=False, separators=(",", ":"))


def manifest_from_json(text: str | None) -> tuple[ManifestEntry, ...]:
    """The manifest that `manifest_as_json` has written; nothing is an empty one.

    Raises:
        ValueError: it is no manifest.
    """
    return _MANIFEST.validate_json(text) if text else ()


def _plain(entry: ManifestEntry) -> dict[str, Any]:
    return entry.model_dump(exclude_defaults=True)
