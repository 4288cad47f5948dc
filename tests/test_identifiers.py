import time
from uuid import UUID

import pytest

from tmws_core.identifiers import new_identifier


def test_an_identifier_is_a_uuid_of_version_7() -> None:
    identifier = UUID(new_identifier())
    assert (identifier.version, identifier.variant) == (7, "specified in RFC 4122")


def test_an_identifier_carries_the_millisecond_of_its_creation() -> None:
    before = time.time_ns() // 1_000_000
    milliseconds = UUID(new_identifier()).int >> 80
    assert before <= milliseconds <= time.time_ns() // 1_000_000


def test_identifiers_are_ordered_by_time(monkeypatch: pytest.MonkeyPatch) -> None:
    nanoseconds = iter(range(0, 10**9, 10**6))
    monkeypatch.setattr("tmws_core.identifiers.time.time_ns", lambda: next(nanoseconds))
    made = [new_identifier() for _ in range(1000)]
    assert made == sorted(made)


def test_identifiers_of_one_millisecond_differ(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tmws_core.identifiers.time.time_ns", lambda: 10**18)
    assert len({new_identifier() for _ in range(10_000)}) == 10_000
