"""A memory that is yet to be stored."""

from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from tmws_core.tool_errors import TooLarge
from tmws_memory.budget import size
from tmws_memory.settings import MemorySettings


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be stored; the owner is who stores it.

    Attributes:
        content: the text.
        namespace: where it belongs.
        memory_type: its kind.
        tags: words to find it by, besides its text.
        importance: how much it matters, from 0 to 1.
        context: free facts.
        source_url: where it comes from.
        access_level: who may see it.
        expires_at: when its lifetime ends.
        session: the conversation or task that it belongs to.
        origin: how it came here: `agent`, `import` or `consolidation`.
        created_at: when it was remembered first, when that is not now.
        summary: a short form of the text.
        relevance: how relevant its use has made it, from 0 to 1.
    """

    content: str
    namespace: str
    memory_type: str = "general"
    tags: list[str] = field(default_factory=list)
    importance: float = 0.5
    context: dict[str, Any] = field(default_factory=dict)
    source_url: str | None = None
    access_level: str = "private"
    expires_at: datetime | None = None
    session: str | None = None
    origin: str = "agent"
    created_at: datetime | None = None
    summary: str | None = None
    relevance: float = 0.5

    @property
    def digest(self) -> str:
        """What tells whether two memories have the same text."""
        return digest(self.content)


def digest(content: str) -> str:
    """The SHA-256 of a text in UTF-8, in hexadecimal."""
    return sha256(content.encode()).hexdigest()


def refuse_too_large(content: str, settings: MemorySettings) -> None:
    """Refuse a text that is larger than the setting allows.

    Raises:
        TooLarge: it is; the text names both sizes.
    """
    size, most = len(content.encode()), settings.max_content_bytes
    if size > most:
        raise TooLarge(
            f"content has {size} bytes, and a memory may have {most}",
            hint="store it in parts, or raise TMWS_MEMORY_MAX_CONTENT_BYTES",
        )


def refuse_large_facts(context: dict[str, Any], settings: MemorySettings) -> None:
    """Refuse facts that are larger than the setting allows.

    Raises:
        TooLarge: they are; the text names both sizes.
    """
    large, most = size(context), settings.max_context_bytes
    if large > most:
        raise TooLarge(
            f"context has {large} bytes as JSON, and a memory's may have {most}",
            hint="put what is to be read into the content, and keep the facts short",
        )
