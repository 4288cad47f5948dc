"""The rules by which candidates are ordered, one by one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_memory.decay import FLOOR
from tmws_memory.search.candidates import Candidate
from tmws_memory.search.postings import Posting
from tmws_memory.search.ranking import LEAST_SIMILARITY, Ranked, Ranking
from tmws_memory.settings import MemorySettings

NOW = datetime(2026, 5, 8, tzinfo=UTC)


def candidate(document: int, **values: Any) -> Candidate:
    """A candidate outside of every session, unless told otherwise."""
    plain = Candidate(document, f"m{document:03}", None, None, False, None, 0.5, 0.5, NOW.timestamp(), 0.5)
    return plain._replace(**values)


def talk(*documents: int, **values: Any) -> list[Candidate]:
    """A session of candidates, one after the other."""
    return [
        candidate(document, session="talk", position=place, **values) for place, document in enumerate(documents, 1)
    ]


def posting(word: str, *documents: int, weight: float = 1.0) -> Posting:
    return Posting(word, frozenset(documents), weight)


def ranked(
    candidates: Sequence[Candidate],
    postings: Sequence[Posting] = (),
    similarities: Mapping[str, float] | None = None,
    asked: Sequence[str] = (),
    **settings: Any,
) -> list[Ranked]:
    chosen = MemorySettings.model_validate(settings)
    ranking = Ranking(candidates, postings, similarities or {}, asked, NOW, chosen)
    return ranking.part(0, len(ranking))


def documents(found: Sequence[Ranked]) -> list[int]:
    return [one.candidate.document for one in found]


def score(found: Sequence[Ranked], document: int) -> float:
    return next(one.score for one in found if one.candidate.document == document)


def test_nothing_is_found_among_nothing() -> None:
    assert ranked([]) == []


def test_what_shares_nothing_with_the_question_is_left_out() -> None:
    assert documents(ranked([candidate(1), candidate(2)], [posting("cat", 1)])) == [1]


def test_a_rare_word_counts_more_than_a_frequent_one() -> None:
    words = [posting("cat", 1, weight=1), posting("zebra", 2, weight=3)]
    assert documents(ranked([candidate(1), candidate(2)], words)) == [2, 1]


def test_more_of_the_words_count_more() -> None:
    assert documents(ranked([candidate(1), candidate(2)], [posting("cat", 1, 2), posting("dog", 2)])) == [2, 1]


def test_a_hit_says_which_words_it_has() -> None:
    (hit,) = ranked([candidate(1)], [posting("cat", 1), posting("dog", 9), posting("bird", 1)])
    assert (hit.words, hit.nearby) == (["cat", "bird"], [])


@pytest.mark.parametrize("distance", [1, 2, 3])
def test_a_word_nearby_in_the_session_makes_a_hit(distance: int) -> None:
    found = ranked(talk(*range(1, 9)), [posting("cat", 4)])
    nearby = [one.candidate.document for one in found if one.nearby == ["cat"]]
    assert {4 - distance, 4 + distance} <= set(nearby)


def test_a_word_farther_away_makes_none() -> None:
    assert sorted(documents(ranked(talk(*range(1, 12)), [posting("cat", 5)]))) == [2, 3, 4, 5, 6, 7, 8]


def test_a_word_counts_more_in_a_memory_than_near_it() -> None:
    assert documents(ranked(talk(1, 2, 3), [posting("cat", 2)]))[0] == 2


def test_a_word_counts_less_the_farther_away_it_is() -> None:
    assert documents(ranked(talk(1, 2, 3, 4), [posting("cat", 1)])) == [1, 2, 3, 4]


def test_a_word_counts_more_after_it_than_before_it() -> None:
    assert documents(ranked(talk(1, 2, 3), [posting("cat", 2)])) == [2, 3, 1]


def test_a_question_passes_more_on_to_what_follows() -> None:
    plain, asking = talk(1, 2), talk(1, 2)
    asking[0] = asking[0]._replace(asks=True)
    words = [posting("cat", 1)]
    assert score(ranked(asking, words), 2) > score(ranked(plain, words), 2)


def test_a_question_stands_behind_its_answer() -> None:
    asking = talk(1, 2)
    asking[0] = asking[0]._replace(asks=True)
    assert documents(ranked(asking, [posting("cat", 1), posting("dog", 2, weight=0.2)])) == [2, 1]


def test_a_word_of_several_neighbours_counts_once() -> None:
    words = [posting("cat", 1, 3)]
    assert score(ranked(talk(1, 2, 3), words), 2) == score(ranked(talk(1, 2), [posting("cat", 1)]), 2)


def test_a_word_that_a_memory_has_is_not_told_as_nearby() -> None:
    found = {one.candidate.document: one for one in ranked(talk(1, 2), [posting("cat", 1, 2)])}
    assert (found[2].words, found[2].nearby) == (["cat"], [])


def test_another_session_is_not_nearby() -> None:
    other = candidate(2, session="other", position=2)
    assert documents(ranked([*talk(1), other], [posting("cat", 1)])) == [1]


def test_what_has_no_session_has_no_neighbours() -> None:
    assert documents(ranked([candidate(1), candidate(2)], [posting("cat", 1)])) == [1]


def test_meaning_alone_makes_a_hit() -> None:
    (hit,) = ranked([candidate(1)], [posting("feline")], {"m001": 0.9})
    assert (hit.words, hit.similarity) == ([], 0.9)


def test_a_little_likeness_makes_no_hit() -> None:
    assert ranked([candidate(1)], [posting("feline")], {"m001": LEAST_SIMILARITY - 0.01}) == []


def test_of_equal_words_the_nearer_meaning_comes_first() -> None:
    found = ranked([candidate(1), candidate(2)], [posting("cat", 1, 2)], {"m001": 0.2, "m002": 0.6})
    assert documents(found) == [2, 1]


def test_what_is_opposite_in_meaning_stands_no_lower_than_what_has_none() -> None:
    found = ranked([candidate(1), candidate(2)], [posting("cat", 1, 2)], {"m001": 0.0, "m002": -0.9})
    assert found[0].score == found[1].score


def test_meaning_nearby_in_the_session_counts() -> None:
    words = [posting("cat", 2, 9)]
    similar = {"m001": 0.6, "m002": 0.2, "m009": 0.2}
    found = ranked([*talk(1, 2), candidate(9)], words, similar)
    assert score(found, 2) > score(found, 9)


def test_where_meaning_is_not_known_it_takes_nothing_from_the_words() -> None:
    (without,) = ranked([candidate(1)], [posting("cat", 1)])
    (with_little,) = ranked([candidate(1)], [posting("cat", 1)], {"m001": 0.0})
    assert without.similarity is None
    assert without.score > with_little.score


def test_with_the_whole_weight_on_meaning_words_count_nothing() -> None:
    similar = {"m001": 0.4, "m002": 0.8}
    assert documents(ranked([candidate(1), candidate(2)], [posting("cat", 1)], similar, weight_meaning=1)) == [2, 1]


def test_the_speaker_who_is_asked_for_comes_first() -> None:
    both = [candidate(1, speaker="bob"), candidate(2, speaker="ann lee")]
    assert documents(ranked(both, [posting("cat", 1, 2)], asked=["ann", "cat"])) == [2, 1]


def test_the_speaker_alone_makes_no_hit() -> None:
    assert ranked([candidate(1, speaker="ann")], [posting("cat")], asked=["ann"]) == []


def test_the_more_important_comes_first() -> None:
    both = [candidate(1, importance=0.2), candidate(2, importance=0.9)]
    assert documents(ranked(both, [posting("cat", 1, 2)])) == [2, 1]


def test_what_was_used_lately_comes_first() -> None:
    both = [
        candidate(1, used_at=(NOW - timedelta(days=90)).timestamp()),
        candidate(2, used_at=(NOW - timedelta(days=1)).timestamp()),
    ]
    assert documents(ranked(both, [posting("cat", 1, 2)])) == [2, 1]


def test_freshness_is_halved_in_each_half_life() -> None:
    used = candidate(1, relevance=1.0, used_at=(NOW - timedelta(days=20)).timestamp())
    (hit,) = ranked([used], [posting("cat", 1)], half_life_days=10)
    assert hit.freshness == 0.25


def test_what_was_used_a_moment_ahead_of_now_is_fresh() -> None:
    (hit,) = ranked([candidate(1, relevance=1.0, used_at=(NOW + timedelta(days=1)).timestamp())], [posting("c", 1)])
    assert hit.freshness == 1


def test_what_was_used_in_the_distant_past_is_not_fresh() -> None:
    (hit,) = ranked(
        [candidate(1, used_at=datetime.min.replace(tzinfo=UTC).timestamp())], [posting("c", 1)], half_life_days=1e-6
    )
    assert hit.freshness == FLOOR


def test_what_use_has_made_relevant_comes_first() -> None:
    both = [candidate(1, relevance=0.1), candidate(2, relevance=0.9)]
    assert documents(ranked(both, [posting("cat", 1, 2)])) == [2, 1]


def test_the_author_who_is_trusted_more_comes_first() -> None:
    both = [candidate(1, trust=0.1), candidate(2, trust=0.9)]
    assert documents(ranked(both, [posting("cat", 1, 2)])) == [2, 1]


@pytest.mark.parametrize("weight", ["weight_importance", "weight_freshness", "weight_trust"])
def test_what_has_no_weight_does_not_count(weight: str) -> None:
    others: dict[str, Any] = {"weight_importance": 0.0, "weight_freshness": 0.0, "weight_trust": 0.0, weight: 0.04}
    high = candidate(1, importance=1.0, relevance=1.0, trust=1.0)
    (hit,) = ranked([high], [posting("cat", 1)], **others)
    assert hit.score == pytest.approx(1.04)


def test_equal_hits_stand_in_the_order_of_their_identifiers() -> None:
    assert documents(ranked([candidate(3), candidate(1), candidate(2)], [posting("cat", 1, 2, 3)])) == [1, 2, 3]


PLACES = st.lists(st.integers(1, 30), unique=True, min_size=1, max_size=30)


@st.composite
def pools(draw: st.DrawFn) -> tuple[list[Candidate], list[Posting], dict[str, float]]:
    """Candidates, some of them in sessions, with words and with meanings."""
    numbers = draw(PLACES)
    candidates = [
        candidate(
            number,
            session=draw(st.sampled_from([None, "one", "two"])),
            position=number,
            asks=draw(st.booleans()),
            importance=draw(st.sampled_from([0.1, 0.5, 0.9])),
            trust=draw(st.floats(0, 1)),
        )
        for number in numbers
    ]
    words = [
        posting(word, *draw(st.lists(st.sampled_from(numbers))), weight=draw(st.floats(0.01, 9)))
        for word in ("cat", "dog", "bird")
    ]
    similar = {f"m{number:03}": draw(st.floats(-1, 1)) for number in draw(st.lists(st.sampled_from(numbers)))}
    return candidates, words, similar


@given(pool=pools(), order=st.randoms(use_true_random=False))
def test_the_order_does_not_depend_on_the_order_in_which_the_candidates_came(
    pool: tuple[list[Candidate], list[Posting], dict[str, float]], order: Random
) -> None:
    candidates, words, similar = pool
    shuffled = list(candidates)
    order.shuffle(shuffled)
    assert ranked(shuffled, words, similar) == ranked(candidates, words, similar)


@given(pool=pools())
def test_every_hit_says_why_it_was_found(pool: tuple[list[Candidate], list[Posting], dict[str, float]]) -> None:
    for hit in ranked(*pool):
        assert hit.words or hit.nearby or (hit.similarity or 0) >= LEAST_SIMILARITY


@given(pool=pools())
def test_a_hit_has_each_word_that_it_is_said_to_have(
    pool: tuple[list[Candidate], list[Posting], dict[str, float]],
) -> None:
    candidates, words, similar = pool
    for hit in ranked(candidates, words, similar):
        assert hit.words == [one.word for one in words if hit.candidate.document in one.documents]


@given(pool=pools())
def test_scores_never_rise_from_hit_to_hit(pool: tuple[list[Candidate], list[Posting], dict[str, float]]) -> None:
    scores = [hit.score for hit in ranked(*pool)]
    assert scores == sorted(scores, reverse=True)
