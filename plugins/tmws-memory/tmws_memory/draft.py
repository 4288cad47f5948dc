"""A memory that is yet to be stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any

from tmws_core.tool_errors import TooLarge
from tmws_memory.budget import size
from tmws_memory.settings import MemorySettings


@dataclass(frozen=True)
class DraftGrant:
    """What another agent may do with the memory: `read`, `write` or `delete`, perhaps until a moment."""

    agent_id: str
    permission: str
    expires_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class Draft:
    """What is to be stored.

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
        id: the identifier that it had elsewhere, which it keeps when it is free here.
        agent_id: its owner, who is registered; without one it is who stores it.
        updated_at: when it was last changed, when that is not now.
        archived_at: when it was put aside; nobody finds it then.
        version: how often it was written.
        grants: whom its owner shares it with; they are registered, and each is named once.
        facts: what the plugin knows of it besides its session and origin.
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
    id: str | None = None
    agent_id: str | None = None
    updated_at: datetime | None = None
    archived_at: datetime | None = None
    version: int = 1
    grants: Sequence[DraftGrant] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
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
