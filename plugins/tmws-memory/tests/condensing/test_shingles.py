"""The runs of words by which texts are compared."""

from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.shingles import jaccard, prefixes, shingles

TEXTS = st.lists(st.sampled_from("abcdef"), max_size=12).map(" ".join)


def test_shingles_are_the_pairs_of_words() -> None:
    assert shingles("Redis is a cache") == {("redis", "is"), ("is", "a"), ("a", "cache")}


def test_a_text_of_one_word_is_one_shingle() -> None:
    assert shingles("Redis!") == {("redis",)}


def test_texts_without_words_are_compared_as_they_are() -> None:
    assert (jaccard(shingles("🎉 "), shingles("🎉")), jaccard(shingles("🎉"), shingles("😡"))) == (1.0, 0.0)


def test_similarity_is_the_share_of_what_both_have() -> None:
    assert jaccard(shingles("a b c d"), shingles("b c d e")) == 0.5


@given(st.lists(TEXTS, min_size=2, max_size=8), st.sampled_from([0.1, 0.3, 0.5, 0.6, 0.75, 1.0]))
def test_similar_texts_always_share_a_shingle_of_their_prefixes(texts: list[str], least: float) -> None:
    sets = [shingles(text) for text in texts]
    rare = prefixes(sets, least)
    for one in range(len(sets)):
        for other in range(one):
            assert jaccard(sets[one], sets[other]) < least or set(rare[one]) & set(rare[other])
