"""The settings of tmws-audit."""

from dataclasses import dataclass
from pathlib import Path

from pydantic import BaseModel, Field

from tmws_core.settings import Settings


class AuditSettings(BaseModel):
    """The section `audit` of the settings."""

    retention_days: int = Field(400, ge=1, description="How many days rows are kept at least; a purge removes older.")
    checkpoint_rows: int = Field(1000, ge=1, description="After how many new rows a checkpoint is signed.")
    checkpoint_seconds: float = Field(
        3600, gt=0, description="After how many seconds a checkpoint is signed when there are fewer new rows."
    )
    checkpoint_file: Path | None = Field(
        None,
        description="The file outside the database to which each checkpoint is appended; without it, "
        "audit/checkpoints.jsonl in the home folder. Another disk or host is better.",
    )
    signing_key: Path | None = Field(
        None, description="The private key that signs checkpoints; without it, audit/signing.key in the home folder."
    )
    trusted_keys: Path | None = Field(
        None, description="The public keys that are believed; without it, audit/trusted.keys in the home folder."
    )
    flush_seconds: float = Field(
        1.0, gt=0, le=60, description="How long reads and refusals may wait before they are written together."
    )
    most_waiting: int = Field(
        10_000, ge=100, description="How many of them may wait when the database cannot be written; more are counted."
    )


@dataclass(frozen=True)
class Files:
    """The files outside the database.

    Attributes:
        checkpoints: one signed record on each line.
        key: the private key.
        trusted: the public keys that are believed.
    """

    checkpoints: Path
    key: Path
    trusted: Path

    @classmethod
    def of(cls, settings: Settings) -> "Files":
        """The files that the settings name."""
        section, folder = settings.section(AuditSettings), settings.home / "audit"
        return cls(
            (section.checkpoint_file or folder / "checkpoints.jsonl").expanduser(),
            (section.signing_key or folder / "signing.key").expanduser(),
            (section.trusted_keys or folder / "trusted.keys").expanduser(),
        )
