"""What the full-text index knows of a question, before anything is compared by its meaning."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_memory.filters import Filters
from tmws_memory.search.postings import Posting, Scope, postings
from tmws_memory.search.sizes import Sizes

SHARE_EMBEDDED, FEW = 0.1, 5
"""A word that a larger share of the memories has, and more than a few, is left out of the meaning: it would pull every
question to them."""


@dataclass(frozen=True)
class Known:
    """The words of a question as far as the index has them.

    Attributes:
        postings: who has which word.
        size: how many documents there are to choose among.
        unfiltered: how many there would be without filters.
    """

    postings: Sequence[Posting]
    size: int
    unfiltered: int

    @cached_property
    def text_to_embed(self) -> str:
        """The words whose meaning is looked for; all of them when each is frequent."""
        rare = [one.word for one in self.postings if len(one.documents) <= max(FEW, SHARE_EMBEDDED * self.size)]
        return " ".join(rare or [one.word for one in self.postings])


class Lookup:
    """The question to the full-text index, to be asked with a session."""

    def __init__(self, principal: Principal, filters: Filters, words: Sequence[str], sizes: Sizes) -> None:
        """Take the question.

        Args:
            principal: who asks.
            filters: where to look.
            words: the words to look for, in lower case, each once.
            sizes: what is remembered of how much there is.
        """
        self._words, self._sizes = words, sizes
        self._scope = Scope(principal, filters)
        self._unfiltered = Scope(principal, Filters(namespace=filters.namespace)) if filters.tokens else self._scope

    def __call__(self, session: Session) -> Known:
        """Ask the index."""
        size = self._sizes.of(session, self._scope)
        unfiltered = size if self._unfiltered is self._scope else self._sizes.of(session, self._unfiltered)
        return Known(postings(session, self._words, self._scope, size), size, unfiltered)
