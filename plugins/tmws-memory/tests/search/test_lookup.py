"""What is known of a question before anything is compared: which of its words have a meaning worth looking for."""

from tmws_memory.search.lookup import Known
from tmws_memory.search.postings import Posting

FREQUENT, RARE = Posting("server", frozenset(range(90)), 1.0), Posting("zebra", frozenset({1}), 1.0)


def test_the_meaning_of_rare_words_is_looked_for() -> None:
    assert Known([FREQUENT, RARE], 100, 100).text_to_embed == "zebra"


def test_the_meaning_of_frequent_words_is_looked_for_when_there_are_no_others() -> None:
    assert Known([FREQUENT], 100, 100).text_to_embed == "server"


def test_among_few_memories_no_word_is_frequent() -> None:
    assert Known([Posting("server", frozenset(range(5)), 1.0)], 5, 5).text_to_embed == "server"
