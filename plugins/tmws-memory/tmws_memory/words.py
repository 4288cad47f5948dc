"""Turns text into what a full-text index holds, and a question into what it is asked."""

import re
from unicodedata import normalize

_WORD = re.compile(r"[^\W_]+")
_ACCENTS = re.compile("(?<=[a-z])[\u0300-\u036f]+")
# scripts that are written without spaces: an index that splits at spaces takes a whole clause for one word
_UNSPACED = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")
_MOST_WORDS = 64
MOST_BYTES = 500_000
"""How many bytes of words the index takes of one text."""
_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "a about also am an and any are as at be been being but by can could d did do does doing for from had has have "
        "having he her hers him his how i if in into is it its ll m may me might must my no not of on or our ours re s "
        "she should so such t than that the their them then there these they this those to too ve was we were what "
        "when where which while who whom whose why will with would you your yours",
    )
)


def indexed(text: str) -> str:
    """The words of a text in lower case, with Chinese, Japanese and Korean runs cut into pairs of characters.

    An index that gets nothing but words cannot take an address, a path or a version for one word, as PostgreSQL's
    parser does; and a server whose locale is C lowers no letter beyond ASCII. Equivalent spellings of a character
    (Unicode Standard Annex 15) are one, and Latin letters lose their accents, which FTS5 takes away and PostgreSQL does
    not.
    """
    return " ".join(_WORD.findall(_UNSPACED.sub(_pairs, _folded(text))))


def document(text: str) -> str:
    """The words of a text for the index; of a very long one each word once, as far as PostgreSQL takes them.

    A tsvector has less than 1 MiB (PostgreSQL, limitations of full text search), and a word takes up to twice its own
    bytes in it.
    """
    words = indexed(text)
    if len(words.encode()) <= MOST_BYTES:
        return words
    once = " ".join(dict.fromkeys(words.split())).encode()
    return once.decode() if len(once) <= MOST_BYTES else once[:MOST_BYTES].rpartition(b" ")[0].decode()


def asked(question: str) -> list[str]:
    """The words of a question that say something, each once, in lower case; all its words when none does."""
    words = list(dict.fromkeys(indexed(question).split()))
    return [word for word in words if word not in _FUNCTION_WORDS][:_MOST_WORDS] or words[:_MOST_WORDS]


def _folded(text: str) -> str:
    if text.isascii():
        return text.lower()
    return normalize("NFKC", _ACCENTS.sub("", normalize("NFKD", text.lower())))


def _pairs(run: re.Match[str]) -> str:
    characters = run[0]
    pairs = (characters[start : start + 2] for start in range(max(1, len(characters) - 1)))
    return f" {' '.join(pairs)} "
