"""The details of a text that a shorter one must not lose: numbers, dates, names, addresses and code."""

import re

# what holds a digit, a path, an address, a flag or an identifier; a word in inline code
_EXACT = re.compile(
    r"`+[^`]+`+|(?:https?|ftp|file)://[^\s<>。、！？「」（）]+|[\w.+-]+@[\w-]+\.[\w.-]+|(?<!\w)--?[a-z][\w-]*"
    r"|(?<!\w)[~.]{0,2}/[\w./-]+|\w*\d[\w.,:/%-]*|\w+(?:_\w+)+|\w+\.\w+(?:\.\w+)*(?:\(\))?"
    r"|\b[A-Z]{2,}\w*|\b[a-z]+[A-Z]\w*|\b[A-Z][a-z]+[A-Z]\w*"
)
_CAPITALISED = re.compile(r"(?<=[^\W_][,;:]\s)[A-ZÀ-ÖØ-Þ]\w+|(?<=[^\W_]\s)[A-ZÀ-ÖØ-Þ]\w+")
_WORD_AFTER_WORD = re.compile(r"(?<=[^\W_][,;:]\s)[^\W\d_]\w+|(?<=[^\W_]\s)[^\W\d_]\w+")
_AT_THE_END = ".,:;!?/-"
_MOST_CAPITALISED = 0.25


def details(sentence: str, with_names: bool = True) -> frozenset[str]:
    """What a sentence names exactly.

    Args:
        sentence: a sentence.
        with_names: whether a capital within the sentence marks a name.
    """
    exact = {found.strip("`").rstrip(_AT_THE_END) for found in _EXACT.findall(sentence)}
    names = set(_CAPITALISED.findall(sentence)) if with_names else set()
    return frozenset(exact | names) - {""}


def capitals_mark_names(text: str) -> bool:
    """Whether few enough words within sentences are capitalised that capitals mean names.

    In German every noun has one, in a headline every word; there a capital marks nothing.
    """
    words = len(_WORD_AFTER_WORD.findall(text))
    return len(_CAPITALISED.findall(text)) <= _MOST_CAPITALISED * words
