"""The words of a text that say something, reduced so that their inflected forms are one."""

import re
from functools import lru_cache

from tmws_memory.words import asked, indexed

_ENDING = re.compile(r"(?<=[^\W\d_]{4})(?:es|ed|e|s|d)$")
# in Japanese the particles and endings are written in hiragana, what they are about is not
_HIRAGANA = re.compile(r"[\u3040-\u309f]+")
_GERMAN_FUNCTION_WORDS = frozenset(
    re.findall(
        r"\w+",
        "aber als am an auch auf aus bei beim bin bis das dass dem den der des die dies diese dieser dieses doch du "
        "durch ein eine einem einen einer eines er es für hat haben hatte ich ihr ihre im in ins ist ja kann man mein "
        "mit nach noch nur ob oder sein seine sich sie sind so über um und uns unser unsere vom von vor war waren was "
        "wenn wer wie wir wird werden wo wurde wurden zu zum zur zwischen",
    )
)


def stem(word: str) -> str:
    """A word without the commonest endings of English; one with digits, or of less than five letters, stays whole."""
    return _ENDING.sub("", word)


def terms(text: str) -> list[str]:
    """The stems of the words that say something, in their order, repeated as often as in the text."""
    return [stem(word) for word in indexed(text).split() if tells(word)]


@lru_cache(maxsize=1 << 16)
def tells(word: str) -> bool:
    """Whether an indexed word says something: it is none of those that hold every sentence together."""
    # beside a word that says something, a question keeps only the others that do
    return word in asked(f"0 {word}") and word not in _GERMAN_FUNCTION_WORDS and not _HIRAGANA.fullmatch(word)
