"""Labels clusters of texts by their most telling words."""

import re
from collections import Counter
from collections.abc import Sequence
from math import log1p

from tmws_memory.condensing.terms import stem, tells
from tmws_memory.words import indexed

# whole words where their writing shows them: a label of pairs of characters could not be read
_EASTERN = re.compile(r"[\u3400-\u9fff\uf900-\ufaff々]{2,6}|[\u30a1-\u30fa\u30fc]{2,}|[\uac00-\ud7af]{2,}")
_ALL_EASTERN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]+")
_HAS_LETTERS = re.compile(r"[^\W\d_]{2}")


class Labels:
    """The words of many texts, from which clusters of them are labelled."""

    def __init__(self, texts: Sequence[str], tags: Sequence[Sequence[str]]) -> None:
        """Read the texts and their tags.

        Args:
            texts: the texts.
            tags: for each text, its tags, which count like its words.
        """
        self._forms = [_forms(" ".join([text, *some])) for text, some in zip(texts, tags, strict=True)]
        self._texts_with = Counter(word for forms in self._forms for word in forms)

    def most_telling(self, cluster: Sequence[int], most: int) -> tuple[str, ...]:
        """The words that many texts of a cluster have and few others (TF-IDF of clusters, Grootendorst 2022).

        Args:
            cluster: the positions of its texts.
            most: how many words are wanted.

        Returns:
            The words in small letters, each in the form that is the commonest in the cluster, the most telling first.
        """
        inside = Counter(word for at in cluster for word in self._forms[at])
        scores = {
            word: count * log1p(len(self._forms) / self._texts_with[word])
            for word, count in inside.items()
            if count > 1 or len(cluster) == 1
        }
        chosen = sorted(scores, key=lambda word: (-round(scores[word], 9), word))[:most]
        return tuple(self._commonest_form(word, cluster) for word in chosen)

    def _commonest_form(self, word: str, cluster: Sequence[int]) -> str:
        forms = Counter(self._forms[at][word] for at in cluster if word in self._forms[at])
        return min(forms, key=lambda form: (-forms[form], form))


def _forms(text: str) -> dict[str, str]:
    """The stems of a text, each with the form in which it stands there first."""
    forms: dict[str, str] = {}
    western = (word for word in indexed(_ALL_EASTERN.sub(" ", text)).split() if tells(word))
    for word in [*western, *_EASTERN.findall(text)]:
        if _HAS_LETTERS.search(word):
            forms.setdefault(stem(word), word)
    return forms
