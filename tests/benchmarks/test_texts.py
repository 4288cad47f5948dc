"""The texts of the benchmarks look like notes, and are the same in every run."""

from collections import Counter

from benchmarks.texts import FUNCTION_WORDS, LONGEST, SHORTEST, VOCABULARY, Texts, content_words


def test_two_sources_give_the_same_texts_and_questions() -> None:
    first, second = Texts(), Texts()
    texts = list(first.texts(3))
    assert texts == list(second.texts(3))
    assert first.question(texts[0]) == second.question(texts[0])


def test_the_vocabulary_has_each_word_once_and_begins_with_function_words() -> None:
    words = Texts().words
    assert len(words) == len(set(words)) == VOCABULARY
    assert words[: len(FUNCTION_WORDS)] == list(FUNCTION_WORDS)


def test_a_text_is_as_long_as_a_note() -> None:
    assert all(SHORTEST <= len(text.split()) <= LONGEST for text in Texts().texts(200))


def test_the_second_word_is_half_as_frequent_as_the_first() -> None:
    source = Texts()
    counts = Counter(word for text in source.texts(2_000) for word in text.split())
    assert 1.8 < counts[source.words[0]] / counts[source.words[1]] < 2.2


def test_a_questions_words_are_in_its_text_in_the_same_order() -> None:
    source = Texts()
    (text,) = source.texts(1)
    rest = iter(text.split())
    assert all(word in rest for word in source.question(text).split())


def test_the_rarest_word_is_the_one_of_the_last_rank() -> None:
    source = Texts()
    assert source.rarest_word(f"the {source.words[500]} of {source.words[400]}") == source.words[500]


def test_function_words_say_nothing_unless_there_is_nothing_else() -> None:
    assert content_words("what is the bagoda of bagoda") == ["bagoda"]
    assert content_words("what is the") == ["what", "is", "the"]
