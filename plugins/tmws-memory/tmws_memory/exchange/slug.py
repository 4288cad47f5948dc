"""Short names made of free text."""

import re
import unicodedata

# of a longer text the start says enough, and its rest costs time
_LONGEST_READ = 1000
_BETWEEN_LETTERS = re.compile(r"[^a-z0-9]+")
_BETWEEN_WORDS = re.compile(r"\W+")


def slug(text: str, longest: int = 64) -> str:
    """A text in lower-case ASCII letters, digits and hyphens, without accents; empty when it has none of them.

    Args:
        text: any text.
        longest: how many characters the result may have.
    """
    plain = unicodedata.normalize("NFKD", text[:_LONGEST_READ]).encode("ascii", "ignore").decode().lower()
    return _BETWEEN_LETTERS.sub("-", plain).strip("-")[:longest].rstrip("-")


def tag(text: str, longest: int = 100) -> str:
    """A text in lower-case words of any script, joined by hyphens; empty when it has no word.

    Args:
        text: any text.
        longest: how many characters the result may have.
    """
    return _BETWEEN_WORDS.sub("-", text[:_LONGEST_READ].lower()).strip("-")[:longest].rstrip("-")
