"""Tells whether one sentence says all that another one says."""

import re
from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from tmws_memory.condensing.pieces import Kind, Piece
from tmws_memory.condensing.terms import stem
from tmws_memory.words import indexed

_MARKER = re.compile(r"^\s*(?:[-*+•・]|\d{1,9}[.)])\s+")
_EMPTY_WORDS = frozenset(re.findall(r"\w+", "a also an our please that the these this those your"))
_QUALIFIER = re.compile(
    r"\b(?:not|no|nor|none|never|without|cannot|if|unless|only|except|until|instead|"
    r"nicht|kein\w{0,2}|nie|niemals|ohne|wenn|falls|nur|außer|statt)\b|n['’]t\b|ない|ません|なし|不|没|無|안 |않",
)
# what the index leaves out of a text and still changes what is said: C++, < 5, -3, a question
_SIGN = re.compile(r"(?<!\w)-(?=\d)|[^\w\s.,;:!'\"()\[\]…“”„‘’«»、。，：；！「」『』（）*_`–—-]")
_LEAST_SHARE = 0.7


def qualifiers(text: str) -> Counter[str]:
    """The negations and conditions in a text, in English, German, Chinese, Japanese and Korean."""
    return Counter(_QUALIFIER.findall(text.lower()))


@dataclass(frozen=True)
class Statement:
    """A piece of a text, in the form in which it is compared with others."""

    piece: Piece

    @property
    def words(self) -> tuple[str, ...]:
        """Its words without articles, in their order and without endings; for code and the like, the whole."""
        return self._form[0]

    def says_all_of(self, other: "Statement") -> bool:
        """Whether nothing is lost when only this statement of the two is kept.

        That is so when the other one's words stand in this one in their order, this one is not much longer, and both
        have the same negations, conditions and signs: "not", "only if", "<". Code, tables and headings say the same
        only when they are the same.
        """
        return self._form[1] == other._form[1] and self._holds(other.words)

    def _holds(self, words: tuple[str, ...]) -> bool:
        if not len(self.words) * _LEAST_SHARE <= len(words) <= len(self.words):
            return False
        rest = iter(self.words)
        return all(word in rest for word in words)

    @cached_property
    def _form(self) -> tuple[tuple[str, ...], object]:
        """The words, and what has to be equal besides."""
        kind, text = self.piece.kind, self.piece.text
        if kind in (Kind.CODE, Kind.TABLE):
            return (text,), kind
        if kind is Kind.HEADING:
            return (" ".join(text.casefold().split()),), kind
        said = _MARKER.sub("", text).lower()
        words = tuple(stem(word) for word in indexed(said).split() if word not in _EMPTY_WORDS)
        return words or (said.strip(),), (Counter(_SIGN.findall(said)), qualifiers(said))
