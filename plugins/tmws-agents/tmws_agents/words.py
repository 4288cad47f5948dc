"""Which words and phrases a text mentions: plain comparison, in time that grows with the lengths alone."""

import re
from unicodedata import normalize

_WORD = re.compile(r"[^\W_]+")
_UNSPACED = re.compile("[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")
SHORTEST_PHRASE = 2
"""A single letter tells nothing."""
SHORTEST_BEGINNING = 4
"""A phrase of so many characters is also found as the beginning of longer words: `test` in `testing`."""


class Words:
    """A text, folded so that case, width and punctuation do not matter."""

    def __init__(self, text: str) -> None:
        self._folded = _folded(text)

    def mentioned(self, phrase: str) -> str | None:
        """The words of the text that begin as a word or phrase does; None when there are none.

        Chinese and Japanese, which put no spaces between words, count wherever they stand.
        """
        wanted = _folded(phrase).strip()
        if _UNSPACED.search(wanted):
            return wanted if wanted in self._folded else None
        if len(wanted) < SHORTEST_PHRASE:
            return None
        start = self._folded.find(f" {wanted}" if len(wanted) >= SHORTEST_BEGINNING else f" {wanted} ")
        if start < 0:
            return None
        return self._folded[start + 1 : self._folded.index(" ", start + 1 + len(wanted))]


def _folded(text: str) -> str:
    return f" {' '.join(_WORD.findall(normalize('NFKC', text).casefold()))} "
