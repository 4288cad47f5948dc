"""Texts that look like notes in a natural language, the same in every run.

How often a word occurs follows Zipf's law, as in any natural text (Zipf, Human Behavior and the Principle of Least
Effort, 1949): the word of rank r has a frequency of 1/r. The most frequent ranks are English function words, so that an
index meets what it meets in real notes: a few words that are everywhere, and many that are nearly nowhere.
"""

import random
from collections.abc import Iterator
from itertools import accumulate

_ENGLISH = (
    "the of and to a in is that it was for on are as with they at be this from have or by one had not but what all "
    "were when we there can an your which their said if do will each about how up out them then she many some so these "
    "would other into has more two him see could no than been its who now my over did down only way"
)
FUNCTION_WORDS = tuple(_ENGLISH.split())
VOCABULARY = 20_000
SHORTEST, LONGEST = 40, 60
_SEED = 20_000
_SYLLABLES = [consonant + vowel for consonant in "bdfgklmnprstvz" for vowel in "aeiou"]


class Texts:
    """A source of texts and of questions about them.

    Attributes:
        words: the vocabulary, the most frequent word first.
    """

    def __init__(self, seed: int = _SEED) -> None:
        self._random = random.Random(seed)
        self.words = self._vocabulary()
        self._ranks = {word: rank for rank, word in enumerate(self.words)}
        self._weights = list(accumulate(1 / rank for rank in range(1, VOCABULARY + 1)))

    def texts(self, number: int) -> Iterator[str]:
        """So many texts of 40 to 60 words."""
        for _ in range(number):
            length = self._random.randint(SHORTEST, LONGEST)
            yield " ".join(self._random.choices(self.words, cum_weights=self._weights, k=length))

    def question(self, text: str) -> str:
        """A question that a text answers: five to nine of its words, in their order."""
        words = text.split()
        chosen = sorted(self._random.sample(range(len(words)), self._random.randint(5, 9)))
        return " ".join(words[place] for place in chosen)

    def rarest_word(self, text: str) -> str:
        """The word of a text that is the least frequent one in all texts."""
        return max(text.split(), key=self._ranks.__getitem__)

    def _vocabulary(self) -> list[str]:
        words = dict.fromkeys(FUNCTION_WORDS)
        while len(words) < VOCABULARY:
            words["".join(self._random.choices(_SYLLABLES, k=self._random.randint(2, 4)))] = None
        return list(words)


def content_words(question: str) -> list[str]:
    """The words of a question that say something, each once; all of them when none does."""
    words = list(dict.fromkeys(question.split()))
    return [word for word in words if word not in _FUNCTION_WORDS] or words


_FUNCTION_WORDS = frozenset(FUNCTION_WORDS)
