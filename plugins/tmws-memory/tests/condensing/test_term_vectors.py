"""Texts as vectors of their words."""

import numpy as np
import pytest

from tmws_memory.condensing.term_vectors import TermVectors
from tmws_memory.condensing.terms import terms

TEXTS = ["redis cache cache", "redis port", "lunch", "", "port cache"]
VECTORS = TermVectors([terms(text) for text in TEXTS])


def test_inflected_forms_are_one_word() -> None:
    assert terms("Caches cached the notes") == terms("cache caching note".replace("caching", "cache"))


def test_words_that_hold_sentences_together_say_nothing() -> None:
    assert terms("The server and the cache: der Server und das です") == ["server", "cach", "server"]


def test_every_text_with_words_has_a_vector_of_length_one() -> None:
    lengths = [sum(weight**2 for weight in VECTORS.row(text).values()) for text in range(len(VECTORS))]
    assert lengths == pytest.approx([1, 1, 1, 0, 1])


def test_a_rarer_word_weighs_more() -> None:
    rarity = dict(zip(VECTORS.words, VECTORS.rarity, strict=True))
    assert rarity["lunch"] > rarity["port"]


def test_near_texts_are_those_with_the_highest_cosine() -> None:
    cosines = np.array([VECTORS.cosines(text) for text in range(len(VECTORS))])
    expected = {(one, other) for one in range(5) for other in range(one + 1, 5) if cosines[one, other] > 0.1}
    assert {(one, other) for one, other, _ in VECTORS.nearest(0.1, 5)} == expected == {(0, 1), (0, 4), (1, 4)}


def test_no_texts_have_no_vectors() -> None:
    assert TermVectors([]).nearest(0.1, 5) == TermVectors([[]]).nearest(0.1, 5) == []
