"""What imports, exports and checks answer."""

from collections import Counter
from collections.abc import Sequence
from typing import Literal, Self

from pydantic import BaseModel, Field

from tmws_skills.exchange.importing import Imported
from tmws_skills.format.diagnostic import Diagnostic
from tmws_skills.format.reading import Fault


class DiagnosticLine(BaseModel):
    """One thing that is odd or wrong about a skill, while it was taken nevertheless."""

    path: str = Field(description="Where the skill lies in the source.")
    severity: Literal["error", "warning"]
    code: str
    where: str = Field(description="The place in the skill.")
    message: str

    @classmethod
    def of(cls, path: str, diagnostic: Diagnostic) -> Self:
        """The line for a diagnostic."""
        return cls(
            path=path,
            severity=diagnostic.severity,
            code=diagnostic.code,
            where=diagnostic.where,
            message=diagnostic.message,
        )


class ImportedSkill(BaseModel):
    """A skill that was imported."""

    name: str
    outcome: Literal["created", "new version", "former version", "unchanged"]
    version: int = Field(description="The version that is active now.")
    metadata_version: str | None = Field(description="What its front matter calls it.")
    digest: str = Field(description="The SHA-256 of that version.")
    id: str

    @classmethod
    def of(cls, imported: Imported) -> Self:
        """The answer for what became of a package."""
        return cls(
            name=imported.receipt.name,
            outcome=imported.outcome,
            version=imported.receipt.active_version,
            metadata_version=imported.metadata_version,
            digest=imported.digest,
            id=imported.receipt.id,
        )


class LeftOut(BaseModel):
    """Something that was left out, while the rest went on."""

    path: str
    reason: str

    @classmethod
    def of(cls, fault: Fault) -> Self:
        """The answer for a fault."""
        return cls(path=fault.path, reason=fault.reason)


class ImportReport(BaseModel):
    """What an import did."""

    source: str | None = Field(description="What was read; none when the caller gave the skill itself.")
    commit: str | None = Field(description="Of a repository, the hash of the commit.")
    created: int
    new_versions: int
    former_versions: int = Field(description="They had these files before, and have them again.")
    unchanged: int = Field(description="They were there already, with the same files.")
    faults: int = Field(description="How many were left out.")
    skills: list[ImportedSkill]
    diagnostics: list[DiagnosticLine]
    left_out: list[LeftOut]

    @classmethod
    def of(cls, outcomes: Sequence[Imported | Fault], *, source: str | None = None, commit: str | None = None) -> Self:
        """The report of all outcomes.

        Args:
            outcomes: what became of each package.
            source: what was read.
            commit: of a repository, the hash of the commit.
        """
        imported = [one for one in outcomes if isinstance(one, Imported)]
        left_out = [LeftOut.of(one) for one in outcomes if isinstance(one, Fault)]
        counted = Counter(one.outcome for one in imported)
        return cls(
            source=source,
            commit=commit,
            created=counted["created"],
            new_versions=counted["new version"],
            former_versions=counted["former version"],
            unchanged=counted["unchanged"],
            faults=len(left_out),
            skills=[ImportedSkill.of(one) for one in imported],
            diagnostics=[DiagnosticLine.of(one.path, told) for one in imported for told in one.diagnostics],
            left_out=left_out,
        )


class ExportedSkill(BaseModel):
    """A skill that was written."""

    name: str
    namespace: str
    version: int
    digest: str
    files: int = Field(description="SKILL.md among them.")


class ExportReport(BaseModel):
    """What an export did."""

    target: str
    skills: list[ExportedSkill]
    faults: int = Field(description="How many could not be written.")
    left_out: list[LeftOut]


class CheckedSkill(BaseModel):
    """What the format says of a skill."""

    path: str
    name: str | None
    valid: bool


class ValidationReport(BaseModel):
    """What the format says of all skills of a source."""

    source: str
    commit: str | None
    valid: int
    invalid: int
    skills: list[CheckedSkill]
    diagnostics: list[DiagnosticLine]
