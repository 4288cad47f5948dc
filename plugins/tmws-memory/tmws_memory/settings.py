"""The settings of tmws-memory."""

from pathlib import Path

from pydantic import BaseModel, Field

from tmws_memory.budget import MOST_BYTES_OF_FACTS


class MemorySettings(BaseModel):
    """The section `memory` of the settings."""

    max_content_bytes: int = Field(1_048_576, ge=1, description="How large one memory may be, in bytes of UTF-8.")
    max_context_bytes: int = Field(
        MOST_BYTES_OF_FACTS,
        ge=2,
        le=MOST_BYTES_OF_FACTS,
        description="How large the facts about one memory may be, in bytes of JSON; an answer tells them whole.",
    )
    longest_days_private: int = Field(3650, ge=1, description="The longest lifetime at the level private, in days.")
    longest_days_team: int = Field(365, ge=1, description="The longest lifetime at the level team, in days.")
    longest_days_shared: int = Field(90, ge=1, description="The longest lifetime at the level shared, in days.")
    longest_days_public: int = Field(30, ge=1, description="The longest lifetime at the level public, in days.")
    longest_days_system: int = Field(3650, ge=1, description="The longest lifetime at the level system, in days.")
    versions_kept: int = Field(20, ge=0, description="How many former versions of a memory stay readable.")
    undo_days: float = Field(7, ge=0, description="How long a deleted memory can be restored before it is gone.")
    maintenance_seconds: float = Field(
        3600, ge=1, description="How often expired and deleted memories are looked for, in seconds."
    )
    most_per_maintenance: int = Field(
        1000, ge=1, description="How many memories each step of a maintenance run takes at most."
    )
    half_life_days: float = Field(30, gt=0, description="After how many days without use a memory is half as relevant.")
    embeddings: bool = Field(True, description="Whether memories are found by meaning, besides their words.")
    onnx_folder: Path | None = Field(None, description="A sentence transformer of your own, as an ONNX folder.")
    embedder_seconds: float = Field(2.0, gt=0, description="How long a search waits for the embedder.")
    embedder_batch: int = Field(256, ge=1, description="How many memories are embedded at once.")
    vector_cache_megabytes: int = Field(512, ge=16, description="How much memory the vectors of searches may take.")
    weight_meaning: float = Field(0.3, ge=0, le=1, description="How much meaning counts against words in a search.")
    weight_importance: float = Field(0.04, ge=0, description="How much a memory's importance counts in a search.")
    weight_freshness: float = Field(0.04, ge=0, description="How much recent use counts in a search.")
    weight_trust: float = Field(0.04, ge=0, description="How much the trust in the author counts in a search.")

    def longest_days(self, access_level: str) -> int:
        """The longest lifetime at an access level, in days."""
        return int(getattr(self, f"longest_days_{access_level}"))
