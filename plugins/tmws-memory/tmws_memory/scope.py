"""Tokens by which the full-text index narrows a search before it ranks: namespace, owner, type, tags, session."""

from collections.abc import Iterable
from hashlib import blake2b

from tmws_memory.models.memory import Memory


def namespace_token(namespace: str) -> str:
    """A namespace as one word of the index."""
    return _token("ns", namespace)


def session_token(agent_id: str, namespace: str, session: str | None) -> str | None:
    """An owner's session in a namespace as one word; None when there is no session."""
    return None if session is None else _token("se", f"{agent_id}\n{namespace}\n{session}")


def scope_of(memory: Memory) -> str:
    """All tokens of a memory."""
    return " ".join(tokens(memory.namespace, memory.agent_id, memory.memory_type, memory.tags))


def tokens(namespace: str, agent_id: str | None, memory_type: str | None, tags: Iterable[str]) -> list[str]:
    """The tokens that a memory has, or that it must have to be found; None is any."""
    wanted = [namespace_token(namespace)]
    if agent_id is not None:
        wanted.append(_token("ow", agent_id))
    if memory_type is not None:
        wanted.append(_token("ty", memory_type))
    return [*wanted, *(_token("tg", tag) for tag in tags)]


def _token(kind: str, value: str) -> str:
    return f"{kind}{blake2b(value.encode(), digest_size=8).hexdigest()}"
