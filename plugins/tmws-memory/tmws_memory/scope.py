"""Tokens by which the full-text index narrows a search before it ranks: audience, owner, type, tags, session."""

from collections.abc import Iterable, Sequence
from hashlib import blake2b
from typing import Protocol

AUDIENCE_LENGTH = 9
"""How many characters the token of an audience has."""
_CONSONANTS = "bcdfghjklmnpqrstvwxz0123456789"


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


def private_audience(namespace: str, agent_id: str) -> str:
    """An owner alone, in a namespace."""
    return _audience(f"{namespace_token(namespace)} {_owner_token(agent_id)}")


def open_audience(namespace: str) -> str:
    """Those who may be able to read what is not private in a namespace; whether they are, the access rule decides."""
    return _audience(namespace_token(namespace))


def scope_of(memory: Scoped) -> str:
    """All tokens of a memory, its audience first."""
    private = memory.access_level == "private"
    audience = private_audience(memory.namespace, memory.agent_id) if private else open_audience(memory.namespace)
    return " ".join([audience, *tokens(memory.agent_id, memory.memory_type, memory.tags)])


def tokens(agent_id: str | None, memory_type: str | None, tags: Iterable[str]) -> list[str]:
    """The tokens that a memory has, or that it must have to be found; None is any."""
    owner = [] if agent_id is None else [_owner_token(agent_id)]
    kind = [] if memory_type is None else [_token("ty", memory_type)]
    return [*owner, *kind, *(_token("tg", tag) for tag in tags)]


def _owner_token(agent_id: str) -> str:
    return _token("ow", agent_id)


def _token(kind: str, value: str) -> str:
    return f"{kind}{blake2b(value.encode(), digest_size=8).hexdigest()}"


def _audience(value: str) -> str:
    """A word without a vowel, so that a stemmer cuts the same from a word that begins with it as from the word alone.

    Porter's rules (1980) ask where the vowels of a word are, and take all consonants before the first one as one. A
    letter comes first, for PostgreSQL reads what begins with a digit as a number.
    """
    number = int.from_bytes(blake2b(value.encode(), digest_size=8).digest())
    word = "q"
    while len(word) < AUDIENCE_LENGTH:
        number, place = divmod(number, len(_CONSONANTS))
        word += _CONSONANTS[place]
    return word
