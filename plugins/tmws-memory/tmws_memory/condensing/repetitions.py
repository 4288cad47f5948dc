"""Finds the sentences of several texts that repeat what another one says."""

from collections import defaultdict
from collections.abc import Sequence

from tmws_memory.condensing.pieces import Piece
from tmws_memory.condensing.statement import Statement

Place = tuple[int, int]
"""Which text, and which piece of it."""

# sentences of which each leans on the one before are kept beyond this, rather than followed back to the first
_LONGEST_CHAIN = 20


def repetitions(texts: Sequence[Sequence[Piece]]) -> dict[Place, Place]:
    """Find the pieces that can be dropped because another piece, which is kept, says all that they say.

    Two sentences that need another one to be understood, such as entries of lists, sentences below a heading and
    those that begin with "it", repeat each other only if what they lean on does; and what a kept piece leans on is
    kept. Of two that say the same, the first is kept.

    Args:
        texts: the pieces of each text.

    Returns:
        For each piece that can be dropped, the piece that says it.
    """
    search = _Search(texts)
    places = [(text, piece) for text, pieces in enumerate(texts) for piece in range(len(pieces))]
    said_by: dict[Place, Place] = {}
    for place in sorted(places, key=lambda place: (-len(search.statements[place].words), place)):
        found = search.kept_place_that_says(place)
        if found is None:
            search.keep(place)
        else:
            said_by[place] = found
    for text, piece in reversed(places):
        leans_on = texts[text][piece].leans_on
        if leans_on is not None and (text, piece) not in said_by:
            said_by.pop((text, leans_on), None)
    return said_by


class _Search:
    """The pieces that are kept so far, by their words."""

    def __init__(self, texts: Sequence[Sequence[Piece]]) -> None:
        self.statements: dict[Place, Statement] = {
            (text, number): Statement(piece) for text, pieces in enumerate(texts) for number, piece in enumerate(pieces)
        }
        self._kept: defaultdict[str, list[Place]] = defaultdict(list)

    def keep(self, place: Place) -> None:
        for word in set(self.statements[place].words):
            self._kept[word].append(place)

    def kept_place_that_says(self, place: Place) -> Place | None:
        # every word has to stand in the other piece, so the rarest one leads to all that come into question
        candidates = min((self._kept.get(word, []) for word in self.statements[place].words), key=len)
        return min((one for one in candidates if self._says_in_context(one, place)), default=None)

    def _says_in_context(self, one: Place, other: Place) -> bool:
        at: Place | None = one
        what: Place | None = other
        for _ in range(_LONGEST_CHAIN):
            if at is None or what is None:
                return at is what
            if at == what:
                return True
            if not self.statements[at].says_all_of(self.statements[what]):
                return False
            at, what = self._support(at), self._support(what)
        return False

    def _support(self, place: Place) -> Place | None:
        leans_on = self.statements[place].piece.leans_on
        return None if leans_on is None else (place[0], leans_on)
