"""The words of a text, as the full-text index holds them and as it is asked for them."""

import re
from collections.abc import Iterator
from itertools import pairwise
from unicodedata import combining, normalize

MOST_BYTES = 500_000
"""How many bytes of words one column of the index takes: a tsvector of PostgreSQL has less than 1 MiB."""
MOST_ASKED = 32
"""How many words of a question count."""

# Kana, Han and Hangul stand without spaces, and an index that cuts at spaces would take a whole sentence for one word
_UNSPACED = "\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff"
_WORD = re.compile(f"(?P<unspaced>[{_UNSPACED}]+)|[^\\W_{_UNSPACED}]+")
_SAY_NOTHING = frozenset(
    [
        *("a", "an", "and", "any", "are", "as", "at", "be", "by", "can", "do", "does", "for", "from", "have", "how"),
        *("i", "in", "is", "it", "me", "my", "of", "on", "or", "please", "s", "should", "some", "that", "the", "them"),
        *("this", "to", "use", "want", "we", "what", "when", "where", "which", "with", "would", "you", "your"),
    ]
)


def words(text: str) -> Iterator[str]:
    """The words of a text in lower case; of what is written without spaces each two neighbouring characters.

    Spellings that are equivalent (Unicode Standard Annex 15) become one, and Latin letters lose their accents, which
    FTS5 takes away and PostgreSQL does not.
    """
    for found in _WORD.finditer(_folded(text)):
        run = found[0]
        if found["unspaced"] and len(run) > 1:
            yield from (first + second for first, second in pairwise(run))
        else:
            yield run


def indexed(text: str) -> str:
    """The words of a text for the index; of a very long one each word once, and as many as the index takes."""
    every = " ".join([*words(text), *_ends(text)])
    if len(every.encode()) <= MOST_BYTES:
        return every
    once = " ".join(dict.fromkeys(every.split(" "))).encode()
    return once.decode() if len(once) <= MOST_BYTES else once[:MOST_BYTES].rpartition(b" ")[0].decode()


def asked(question: str) -> list[str]:
    """The words of a question, each once, without those that say nothing unless it has no others."""
    every = list(dict.fromkeys(words(question)))
    return ([word for word in every if word not in _SAY_NOTHING] or every)[:MOST_ASKED]


def is_half_a_pair(word: str) -> bool:
    """Whether a word is a single character of a script without spaces, which the index has as the begin of pairs."""
    return len(word) == 1 and re.fullmatch(f"[{_UNSPACED}]", word) is not None


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    letters = list(normalize("NFKD", text.lower()))
    kept = [
        letter
        for before, letter in zip(["", *letters], letters, strict=False)
        if not (combining(letter) and (before.isascii() or combining(before)))
    ]
    return normalize("NFKC", "".join(kept))


def _ends(text: str) -> Iterator[str]:
    """The last characters of what is written without spaces: a pair begins with each of the others."""
    if not text.isascii():
        for found in _WORD.finditer(_folded(text)):
            if found["unspaced"] and len(found[0]) > 1:
                yield found[0][-1]
