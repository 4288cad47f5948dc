"""The settings of tmws-memory."""

from pydantic import BaseModel, Field


class MemorySettings(BaseModel):
    """The section `memory` of the settings."""

    max_content_bytes: int = Field(1_048_576, ge=1, description="How large one memory may be, in bytes of UTF-8.")
