"""The details of a text that a shorter one must not lose: numbers, dates, names, addresses and code."""

import re

_INLINE_CODE = re.compile(r"(?<!`)(`++)([^`]+)\1(?!`)")
_TOKEN = re.compile(r"[^\s<>()\[\]\"“”„,;`。、！？「」（）]+")
_JOINT = re.compile(r"\w[_./@\\:]\w|^--?[a-z]|^[~.]{0,2}/\w")
_CAPITALISED = re.compile(r"(?<=[^\W_][,;:]\s)[A-ZÀ-ÖØ-Þ]\w+|(?<=[^\W_]\s)[A-ZÀ-ÖØ-Þ]\w+")
_WORD_AFTER_WORD = re.compile(r"(?<=[^\W_][,;:]\s)[^\W\d_]\w+|(?<=[^\W_]\s)[^\W\d_]\w+")
_AT_THE_END = ".:!?'’…/-"
_MOST_CAPITALISED = 0.25


def details(sentence: str, with_names: bool = True) -> frozenset[str]:
    """What a sentence names exactly.

    Args:
        sentence: a sentence.
        with_names: whether a capital within the sentence marks a name.
    """
    code = {match[2].strip() for match in _INLINE_CODE.finditer(sentence)}
    tokens = (token.rstrip(_AT_THE_END) for token in _TOKEN.findall(_INLINE_CODE.sub(" ", sentence)))
    exact = {token for token in tokens if _is_exact(token)}
    names = set(_CAPITALISED.findall(sentence)) if with_names else set()
    return frozenset(code | exact | names) - {""}


def _is_exact(token: str) -> bool:
    """Whether a token is a number, path, address, flag, identifier or abbreviation, and no mere word."""
    if any(character.isdigit() for character in token) or _JOINT.search(token):
        return True
    return len(token) > 1 and any(character.isupper() for character in token[1:])


def capitals_mark_names(text: str) -> bool:
    """Whether few enough words within sentences are capitalised that capitals mean names.

    In German every noun has one, in a headline every word; there a capital marks nothing.
    """
    words = len(_WORD_AFTER_WORD.findall(text))
    return len(_CAPITALISED.findall(text)) <= _MOST_CAPITALISED * words
