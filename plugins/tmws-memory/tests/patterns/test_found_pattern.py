"""What was found."""

import re

from tmws_memory.patterns.found_pattern import FoundPattern, signature, surest_first


def test_a_signature_is_sixty_four_hexadecimal_digits() -> None:
    assert re.fullmatch("[0-9a-f]{64}", signature("cluster", "東京", ["a"]))


def test_a_signature_stays_the_same_from_release_to_release() -> None:
    # the digits are stored in databases: code that gives others makes every known pattern a new one
    assert signature("sequence", ("type:a", "type:b")).startswith("3f5619263a5b1f4c")


def test_patterns_of_other_types_or_parts_have_other_signatures() -> None:
    found = [
        signature("sequence", "ab"),
        signature("cluster", "ab"),
        signature("cluster", "a", "b"),
        signature("cluster", ["a", "b"]),
    ]
    assert len(set(found)) == 4


def test_the_surest_and_the_most_frequent_come_first() -> None:
    patterns = [
        FoundPattern("cluster", name, {}, sure, often, ())
        for name, sure, often in [("a", 0.5, 9), ("b", 1, 1), ("c", 1, 2)]
    ]
    assert [one.signature for one in surest_first(patterns, 2)] == ["c", "b"]
