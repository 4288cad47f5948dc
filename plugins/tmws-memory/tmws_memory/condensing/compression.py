"""Compresses a text by leaving out the sentences that say least new."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from heapq import heapify, heappop, heappush

from tmws_memory.condensing.details import capitals_mark_names, details
from tmws_memory.condensing.pieces import Kind, Piece, joined, pieces_of
from tmws_memory.condensing.terms import terms

_OUTDATED_FROM = 1.1


@dataclass(frozen=True, slots=True)
class Compressed:
    """A text without the sentences that say least new.

    Attributes:
        text: the text.
        share: how long it is, as a share of the original.
        left_out: the sentences that are not in it, in their order.
    """

    text: str
    share: float
    left_out: tuple[str, ...]


def compress(text: str, share: float) -> Compressed:
    """Leave out sentences until a text is as short as asked for, the ones that say least new first.

    What a sentence says new is the share of its words that no other sentence has; a word that n of the kept sentences
    have counts 1/n. It is reckoned anew as sentences go, so that of two sentences that repeat each other one
    stays. The only sentence with a certain number, date, name, address or identifier stays, and so do code, tables,
    and whatever a kept sentence leans on; so the result may be longer than asked for.

    Args:
        text: plain text or Markdown.
        share: how long the result is to be, as a share of the original: above 0, and 1 at most.

    Returns:
        The shorter text, in the layout of the original.

    Raises:
        ValueError: the share is out of range, or there is no text.
    """
    if not 0 < share <= 1:
        raise ValueError(f"the share is {share}; give a number above 0, and 1 at most")
    pieces = pieces_of(text)
    if not pieces:
        raise ValueError("there is no text to compress; hand in one that is more than white space")
    omission = _Omission(pieces, capitals_mark_names(text))
    kept = omission.kept_within(int(share * len(text)))
    shorter = joined(pieces, kept)
    left_out = sorted(set(range(len(pieces))) - set(kept))
    return Compressed(shorter, round(len(shorter) / len(text), 4), tuple(pieces[at].text for at in left_out))


class _Omission:
    """Which pieces of a text are still kept, and what each of them says new."""

    def __init__(self, pieces: Sequence[Piece], with_names: bool) -> None:
        self._pieces = pieces
        self._terms = [frozenset(terms(piece.text)) for piece in pieces]
        self._details = [details(piece.text, with_names) for piece in pieces]
        self._term_counts = Counter(term for some in self._terms for term in some)
        self._detail_counts = Counter(detail for some in self._details for detail in some)
        self._leaning = Counter(piece.leans_on for piece in pieces if piece.leans_on is not None)
        self._kept = set(range(len(pieces)))

    def kept_within(self, characters: int) -> list[int]:
        """The pieces that are left when enough are omitted, in their order."""
        length = sum(len(piece.lead) + len(piece.text) for piece in self._pieces)
        queue = [(self._news(at), -at) for at in self._kept if self._may_go(at)]
        heapify(queue)
        while queue and length > characters and len(self._kept) > 1:
            news, at = queue[0][0], -queue[0][1]
            heappop(queue)
            if not self._may_go(at):
                continue
            # each omission makes the others say more new, so what was reckoned earlier is never too high; to reckon it
            # anew for every small difference would take the square of the time
            if self._news(at) > _OUTDATED_FROM * news:
                heappush(queue, (self._news(at), -at))
                continue
            self._omit(at)
            length -= len(self._pieces[at].lead) + len(self._pieces[at].text)
            leans_on = self._pieces[at].leans_on
            if leans_on is not None and self._may_go(leans_on):
                heappush(queue, (self._news(leans_on), -leans_on))
        return sorted(self._kept)

    def _omit(self, at: int) -> None:
        self._kept.remove(at)
        self._term_counts.subtract(self._terms[at])
        self._detail_counts.subtract(self._details[at])
        leans_on = self._pieces[at].leans_on
        if leans_on is not None:
            self._leaning[leans_on] -= 1

    def _may_go(self, at: int) -> bool:
        return (
            at in self._kept
            and not self._leaning[at]
            and self._pieces[at].kind not in (Kind.CODE, Kind.TABLE)
            and all(self._detail_counts[detail] > 1 for detail in self._details[at])
        )

    def _news(self, at: int) -> float:
        some = sorted(self._terms[at])
        return round(sum(1 / self._term_counts[term] for term in some) / max(1, len(some)), 9)
