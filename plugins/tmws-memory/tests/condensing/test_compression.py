"""A text made shorter."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.condensing.compression import compress
from tmws_memory.condensing.details import capitals_mark_names, details

STORY = (
    "The deployment failed at 14:05 on 2026-03-02. The deployment failed because the disk was full. "
    "The disk was full, completely full. We freed the disk by deleting old logs. "
    "Deleting old logs freed the disk. Then Anna Keller approved `rm -rf /var/log/old`."
)
LINES = st.sampled_from(
    ["One two.", "Two three. One.", "# A", "- b 5", "It is.", "```\nc. D\n```", "東京へ。", "One two three."]
)


def test_the_sentence_whose_words_are_all_in_others_goes_first() -> None:
    assert compress(STORY, 0.9).left_out == ("We freed the disk by deleting old logs.",)


def test_of_two_sentences_that_say_the_same_one_stays() -> None:
    assert ("We freed the disk" in compress(STORY, 0.75).text) != (
        "Deleting old logs freed" in compress(STORY, 0.75).text
    )


def test_numbers_dates_names_and_code_stay_however_short_it_is_to_be() -> None:
    shortest = compress(STORY, 0.01).text
    assert all(detail in shortest for detail in ("14:05", "2026-03-02", "Anna Keller", "`rm -rf /var/log/old`"))


def test_a_block_of_code_and_what_announces_it_stay() -> None:
    text = "Words are here. Words are there.\nRun this:\n```\nmake\n```"
    assert compress(text, 0.1).text == "Run this:\n```\nmake\n```"


def test_a_sentence_stays_as_long_as_another_leans_on_it() -> None:
    text = "The bus is Kafka. It has 3 brokers. The bus is old. The bus is old and slow."
    assert compress(text, 0.1).text.startswith("The bus is Kafka. It has 3 brokers.")


def test_the_share_that_was_reached_is_told() -> None:
    found = compress(STORY, 0.5)
    assert found.share == round(len(found.text) / len(STORY), 4)


def test_german_nouns_are_no_names() -> None:
    text = "Der Server lief am Montag wieder. Am Montag lief der Server. Die Platte hat 500 GB."
    assert compress(text, 0.7).text == "Der Server lief am Montag wieder. Die Platte hat 500 GB."


def test_a_japanese_text_is_compressed() -> None:
    text = "キャッシュは東京に移した。キャッシュは東京だ。期限は2026年だ。"
    assert compress(text, 0.8).text == "キャッシュは東京に移した。期限は2026年だ。"


@pytest.mark.parametrize("share", [0, -1, 1.5, float("nan")])
def test_a_share_out_of_range_is_refused(share: float) -> None:
    with pytest.raises(ValueError, match=f"the share is {share}"):
        compress(STORY, share)


def test_white_space_cannot_be_compressed() -> None:
    with pytest.raises(ValueError, match="no text to compress"):
        compress(" \n", 0.5)


@pytest.mark.parametrize(
    ("sentence", "found"),
    [
        ("Ask Anna about v1.2.3 on 2026-03-01.", {"Anna", "v1.2.3", "2026-03-01"}),
        ("see https://example.com/a, or mail a@example.com", {"https://example.com/a", "a@example.com"}),
        ("set max_size and --force in /etc/app.conf", {"max_size", "--force", "/etc/app.conf"}),
        ("the HTTP door of myService is `open it`", {"HTTP", "myService", "open it"}),
        ("Nothing is here", set()),
    ],
)
def test_details_are_what_a_sentence_names_exactly(sentence: str, found: set[str]) -> None:
    assert details(sentence) == found


def test_capitals_mark_names_where_few_words_have_one() -> None:
    german = "Der Server und die Platte in dem Keller."
    assert (capitals_mark_names(STORY), capitals_mark_names(german)) == (True, False)


@given(st.lists(LINES, min_size=1, max_size=8).map("\n".join), st.floats(min_value=0.01, max_value=1))
def test_what_is_left_is_made_of_the_text_and_never_empty(text: str, share: float) -> None:
    found = compress(text, share)
    assert 0 < len(found.text) <= len(text)
    assert all(line in text for line in found.text.splitlines())
    assert all(number in found.text for number in "5" if number in text)
