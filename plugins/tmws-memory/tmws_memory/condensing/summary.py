"""Summarises memories by their own sentences."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from operator import itemgetter

import numpy as np

from tmws_memory.condensing.item import Item, by_time
from tmws_memory.condensing.pieces import Kind, Piece, joined, pieces_of
from tmws_memory.condensing.repetitions import Place, repetitions
from tmws_memory.condensing.term_vectors import TermVectors, Weights
from tmws_memory.condensing.terms import terms

_RELEVANCE = 0.7
_LEAST_RELEVANCE = 0.25
_TOO_SIMILAR = 0.8
_LONGEST_CHAIN = 20


@dataclass(frozen=True, slots=True)
class Quotation:
    """A sentence, and where it comes from.

    Attributes:
        item_id: the memory in which it stands.
        text: the sentence, as it stands there.
    """

    item_id: str
    text: str


@dataclass(frozen=True, slots=True)
class Summary:
    """What several memories say, in a few of their own sentences.

    Attributes:
        text: the sentences, those of each memory on lines of their own.
        sentences: where each one comes from, in the order of the text.
        source_ids: all memories that were read, the oldest first.
    """

    text: str
    sentences: tuple[Quotation, ...]
    source_ids: tuple[str, ...]


def summary(items: Iterable[Item], most_characters: int) -> Summary:
    """Summarise memories by the sentences that say most of what all of them are about.

    A sentence is the better, the nearer it is to the centroid of all (Radev et al. 2004), and the farther from those
    already chosen (maximal marginal relevance, Carbonell and Goldstein 1998). Sentences are chosen while there is
    room, whole and unchanged, and stand in the order of their sources, the oldest memory first. No two of them say
    the same, and none has little to do with the others. Headings are no sentences; a sentence brings along what it
    leans on, such as the one whose "it" it takes up, if there is room.

    Args:
        items: the memories.
        most_characters: how long the text may be.

    Returns:
        The summary.

    Raises:
        ValueError: the memories have no text, or no sentence is so short.
    """
    sources = by_time(items)
    choice = _Choice([pieces_of(item.content) for item in sources], most_characters)
    chosen = choice.made()
    return Summary(
        text=choice.text(chosen),
        sentences=tuple(Quotation(sources[text].id, choice.piece((text, at)).text) for text, at in chosen),
        source_ids=tuple(item.id for item in sources),
    )


class _Choice:
    """The sentences among which to choose, as vectors of their words."""

    def __init__(self, texts: Sequence[Sequence[Piece]], most_characters: int) -> None:
        self._texts, self._most_characters = texts, most_characters
        said_by = repetitions(texts)
        places = [(text, at) for text, pieces in enumerate(texts) for at in range(len(pieces))]
        sentences = [place for place in places if self.piece(place).kind is not Kind.HEADING] or places
        if not sentences:
            raise ValueError("there is no text to summarise; hand in at least one memory that has some")
        self._places = [place for place in sentences if place not in said_by] or sentences
        self._lengths = np.array([len(self.piece(place).text) for place in self._places])
        self._vectors = TermVectors([terms(self.piece(place).text) for place in self._places])

    def piece(self, place: Place) -> Piece:
        text, at = place
        return self._texts[text][at]

    def text(self, chosen: Sequence[Place]) -> str:
        by_source = groupby(chosen, key=itemgetter(0))
        return "\n".join(joined(self._texts[text], [at for _, at in places]) for text, places in by_source)

    def made(self) -> list[Place]:
        """The chosen sentences in the order of their sources."""
        if (shortest := int(self._lengths.min())) > self._most_characters:
            raise ValueError(
                f"the shortest sentence has {shortest} characters, and the summary may have {self._most_characters}; "
                f"allow at least {shortest}"
            )
        return self._chosen(with_support=True) or self._chosen(with_support=False)

    def _chosen(self, with_support: bool) -> list[Place]:
        relevance = self._relevance()
        similarity = np.zeros(len(self._places))
        is_open = (self._lengths <= self._most_characters) & (relevance >= _LEAST_RELEVANCE * relevance.max())
        chosen: list[Place] = []
        while is_open.any():
            score = np.round(_RELEVANCE * relevance - (1 - _RELEVANCE) * similarity, 9)
            best = int(np.argmax(np.where(is_open, score, -np.inf)))
            is_open[best] = False
            added = self._supported(self._places[best]) if with_support else [self._places[best]]
            attempt = sorted({*chosen, *added})
            if len(self.text(attempt)) <= self._most_characters:
                chosen = attempt
                similarity = np.maximum(similarity, self._vectors.cosines(best))
                is_open &= (similarity < _TOO_SIMILAR) & (self._lengths <= self._most_characters - self._length(chosen))
        return chosen

    def _relevance(self) -> Weights:
        """How near each sentence is to the centroid of the others, from 0 to 1."""
        total = self._vectors.total()
        length = max(1e-9, float(np.linalg.norm(total)))
        # the product of a sentence with itself is 1, and none at all where it has no words
        own = self._vectors.products(total) > 0
        return np.maximum(0, np.round((self._vectors.products(total) - own) / length, 9))

    def _length(self, chosen: Sequence[Place]) -> int:
        return sum(len(self.piece(place).text) for place in chosen)

    def _supported(self, place: Place) -> list[Place]:
        """A sentence and those that it leans on, but for headings."""
        text, at = place
        chain = [place]
        while (leans_on := self._texts[text][at].leans_on) is not None and len(chain) < _LONGEST_CHAIN:
            at = leans_on
            if self._texts[text][at].kind is not Kind.HEADING:
                chain.append((text, at))
        return chain
