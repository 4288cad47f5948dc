"""Tokens by which the full-text index narrows a search before it ranks: namespace, owner, type, tags, session."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Protocol

OPEN = "open"
"""The token of a memory that others than its owner may be able to read; whether they are, the access rule decides."""


class Scoped(Protocol):
    """What of a memory its tokens are made of."""

    @property
    def agent_id(self) -> str: ...  # noqa: D102 -- as in the model

    @property
    def namespace(self) -> str: ...  # noqa: D102 -- as above

    @property
    def memory_type(self) -> str: ...  # noqa: D102 -- as above

    @property
    def access_level(self) -> str: ...  # noqa: D102 -- as above

    @property
    def tags(self) -> Sequence[str]: ...  # noqa: D102 -- as above


def namespace_token(namespace: str) -> str:
    """A namespace as one word of the index."""
    return _token("ns", namespace)


def session_token(agent_id: str, namespace: str, session: str | None) -> str | None:
    """An owner's session in a namespace as one word; None when there is no session."""
    return None if session is None else _token("se", f"{agent_id}\n{namespace}\n{session}")


def owner_token(agent_id: str) -> str:
    """An owner as one word of the index."""
    return _token("ow", agent_id)


def scope_of(memory: Scoped) -> str:
    """All tokens of a memory."""
    narrowing = tokens(memory.namespace, memory.agent_id, memory.memory_type, memory.tags)
    return " ".join(narrowing if memory.access_level == "private" else [*narrowing, OPEN])


def tokens(namespace: str, agent_id: str | None, memory_type: str | None, tags: Iterable[str]) -> list[str]:
    """The tokens that a memory has, or that it must have to be found; None is any."""
    wanted = [namespace_token(namespace)]
    if agent_id is not None:
        wanted.append(owner_token(agent_id))
    if memory_type is not None:
        wanted.append(_token("ty", memory_type))
    return [*wanted, *(_token("tg", tag) for tag in tags)]


def _token(kind: str, value: str) -> str:
    return f"{kind}{blake2b(value.encode(), digest_size=8).hexdigest()}"
