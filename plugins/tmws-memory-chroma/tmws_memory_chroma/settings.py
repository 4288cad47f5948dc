"""The settings of tmws-memory-chroma."""

from pathlib import Path

from pydantic import BaseModel, Field


class ChromaSettings(BaseModel):
    """The section `memory_chroma` of the settings."""

    enabled: bool = Field(False, description="Whether ChromaDB is the index of the meanings of memories.")
    folder: Path | None = Field(
        None, description="Where ChromaDB keeps its files; the folder chroma in the home folder."
    )
    collection_prefix: str = Field(
        "tmws", pattern=r"^[a-zA-Z0-9]{1,32}$", description="How the names of the collections begin."
    )
