"""The ways to find the turns of a conversation: the memory feature's tools, and what is simpler than they."""

import sqlite3
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Protocol

import numpy as np

from benchmarks.locomo.dataset import Conversation, Turn
from benchmarks.locomo.words import content_words, words
from benchmarks.memories import STORE, Memories, NewMemory, Question
from benchmarks.static_vectors import StaticVectors

DEPTH = 100
MOST_FREQUENT = 0.1

Advance = Callable[[], None]


class System(Protocol):
    """A way to search; it knows one conversation at a time."""

    @property
    def name(self) -> str:
        """What it is called in the tables."""

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Take the turns of a conversation, and tell of each that it is taken."""

    async def find(self, question: str) -> Sequence[str]:
        """The turns that it finds for a question, best first, at most a hundred."""


class Grep:
    """Counts the question's words that a turn contains; among equals the earlier one is better."""

    name = "grep"

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Keep the texts in lower case."""
        self._turns = [(turn.id, turn.text.lower()) for turn in _each(conversation.turns, advance)]

    async def find(self, question: str) -> Sequence[str]:
        """The turns with most of the words."""
        asked = content_words(question)
        counts = {turn: sum(word in text for word in asked) for turn, text in self._turns}
        return [turn for turn, count in Counter(counts).most_common(DEPTH) if count]


class FullText:
    """SQLite's FTS5 alone: any of the question's content words, reduced to their stems, ranked by bm25."""

    name = "BM25 (FTS5)"

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Index the texts in memory."""
        self._connection = sqlite3.connect(":memory:")
        self._connection.execute(
            "CREATE VIRTUAL TABLE turns USING fts5(turn UNINDEXED, body, tokenize='porter unicode61')"
        )
        rows = ((turn.id, turn.text) for turn in _each(conversation.turns, advance))
        self._connection.executemany("INSERT INTO turns VALUES (?, ?)", rows)

    async def find(self, question: str) -> Sequence[str]:
        """The best matches."""
        asked = " OR ".join(f'"{word}"' for word in content_words(question))
        if not asked:
            return []
        sql = "SELECT turn FROM turns WHERE turns MATCH ? ORDER BY bm25(turns), rowid LIMIT ?"
        return [turn for (turn,) in self._connection.execute(sql, (asked, DEPTH))]


class Vectors:
    """The cosine of static vectors alone."""

    name = "vectors"

    def __init__(self, vectors: StaticVectors) -> None:
        self._vectors = vectors

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Keep a vector of each text."""
        self._turns = [turn.id for turn in _each(conversation.turns, advance)]
        self._matrix = self._vectors.of([turn.text for turn in conversation.turns])

    async def find(self, question: str) -> Sequence[str]:
        """The nearest ones."""
        (asked,) = self._vectors.of([question])
        nearest = np.argsort(-(self._matrix @ asked), kind="stable")[:DEPTH]
        return [self._turns[place] for place in nearest]


class VectorsOfRareWords(Vectors):
    """The same, without the question's words that are in more than a tenth of the turns, such as names of speakers."""

    name = "vectors, frequent words dropped"

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Keep also in how many turns each word is."""
        await super().learn(conversation, advance)
        self._frequencies = Counter(word for turn in conversation.turns for word in set(words(turn.text)))

    async def find(self, question: str) -> Sequence[str]:
        """The ones nearest to the rare words."""
        most = MOST_FREQUENT * len(self._turns)
        rare = [word for word in words(question) if self._frequencies[word] <= most]
        return await super().find(" ".join(rare) or question)


class Tools:
    """`memory_store` and `memory_search`: a namespace for each conversation, a memory for each turn in its order."""

    name = "tmws"

    def __init__(self, memories: Memories) -> None:
        self._memories = memories
        self.knows_sessions = memories.offers(STORE, "session")

    async def learn(self, conversation: Conversation, advance: Advance) -> None:
        """Store every turn."""
        self._namespace = conversation.name
        self._turns: dict[str, str] = {}
        for turn in conversation.turns:
            session = turn.session if self.knows_sessions else None
            stored = await self._memories.store(NewMemory(turn.text, namespace=self._namespace, session=session))
            self._turns[stored] = turn.id
            advance()
        await self._memories.settled()

    async def find(self, question: str) -> Sequence[str]:
        """Search for the question as it is."""
        found = await self._memories.search(Question(question, namespace=self._namespace, limit=DEPTH))
        return [self._turns[identifier] for identifier in found]


def _each(turns: Sequence[Turn], advance: Advance) -> Sequence[Turn]:
    for _ in turns:
        advance()
    return turns
