"""Whether one sentence says all that another says."""

import pytest

from tmws_memory.condensing.pieces import pieces_of
from tmws_memory.condensing.statement import Statement


def statement(text: str) -> Statement:
    (piece,) = pieces_of(text)
    return Statement(piece)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Redis listens on port 6379.", "Redis listens on port 6379"),
        ("The Redis server listens on port 6379.", "Redis server listens on ports 6379."),
        ("The nightly backup runs at 3 on Sundays.", "The backup runs at 3 on Sundays."),
        ("- Deploys run at noon", "Deploys run at noon."),
        ("サーバーは東京にある。", "サーバーは東京にある"),
        ("Der Server läuft in Berlin.", "der Server läuft in Berlin"),
        ("```\nx = 1\n```", "```\nx = 1\n```"),
        ("🎉", "🎉"),
    ],
)
def test_a_sentence_says_what_a_poorer_one_says(one: str, other: str) -> None:
    assert statement(one).says_all_of(statement(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Redis listens on port 6380.", "Redis listens on port 6379."),
        ("The staging database runs PostgreSQL.", "The production database runs PostgreSQL."),
        ("Do not restart Redis.", "Do restart Redis."),
        ("You can't restart the server.", "You can restart the server."),
        ("Deploy to production only if tests pass.", "Deploy to production tests pass."),
        ("The parser depends on the lexer.", "The lexer depends on the parser."),
        ("Deploys run at noon.", "Deploys run at noon?"),
        ("The latency is < 5 ms.", "The latency is > 5 ms."),
        ("It is written in C++ now.", "It is written in C now."),
        ("The offset is -3.", "The offset is 3."),
        ("Redis is fast.", "Redis is fast, small, stable, documented and free."),
        ("Redis is fast, small, stable, documented and free.", "Redis is fast."),
        ("サーバーは東京にない。", "サーバーは東京にある。"),
        ("Der Server läuft nicht in Berlin.", "Der Server läuft in Berlin."),
        ("```\nx = 1\n```", "```\nx = 2\n```"),
        ("# Redis", "Redis"),
        ("🎉", "😡"),
    ],
)
def test_a_sentence_that_means_something_else_does_not(one: str, other: str) -> None:
    assert not statement(one).says_all_of(statement(other))
