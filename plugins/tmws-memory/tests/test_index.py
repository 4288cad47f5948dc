"""What a search finds, and in which order."""

from datetime import timedelta

import pytest
from sqlalchemy.ext.asyncio import AsyncSession

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_memory import index
from tmws_memory.models.memory import Memory
from tmws_memory.visibility import visible_to
from tmws_memory.words import namespace_token

OWNER = Principal("metis-developer", "default")


async def remember(session: AsyncSession, content: str, **values: object) -> Memory:
    owner = {"agent_id": OWNER.agent_id, "namespace": OWNER.namespace}
    memory = Memory(**({"content": content, "content_hash": "x"} | owner | values))
    session.add(memory)
    await session.flush()
    await index.put(session, memory)
    await session.flush()
    return memory


async def found(session: AsyncSession, question: str, limit: int = 10) -> list[str]:
    hits = await index.search(session, question, OWNER.namespace, visible_to(OWNER), limit)
    return [memory.content for memory, _ in hits]


async def test_any_word_finds(session: AsyncSession) -> None:
    await remember(session, "The cache is Redis.")
    assert await found(session, "which cache, memcached?") == ["The cache is Redis."]


async def test_a_rare_word_counts_more_than_a_common_one(session: AsyncSession) -> None:
    for number in range(20):
        await remember(session, f"The server has the number {number}.")
    await remember(session, "A zebra came.")
    assert (await found(session, "zebra server"))[0] == "A zebra came."


async def test_more_of_the_words_count_more(session: AsyncSession) -> None:
    for content in ("A red house.", "A red house with a garden.", "A garden gate."):
        await remember(session, content)
    assert (await found(session, "red garden"))[0] == "A red house with a garden."


async def test_scores_fall_from_hit_to_hit(session: AsyncSession) -> None:
    for content in ("cat", "cat dog", "cat dog bird"):
        await remember(session, content)
    hits = await index.search(session, "cat dog bird", OWNER.namespace, visible_to(OWNER), 10)
    scores = [score for _, score in hits]
    assert len(set(scores)) == 3
    assert scores == sorted(scores, reverse=True)
    assert all(score > 0 for score in scores)


async def test_of_equal_hits_the_more_important_comes_first(session: AsyncSession) -> None:
    for importance in (0.2, 0.9, 0.5):
        await remember(session, "equal", importance_score=importance)
    hits = await index.search(session, "equal", OWNER.namespace, visible_to(OWNER), 10)
    assert [memory.importance_score for memory, _ in hits] == [0.9, 0.5, 0.2]


async def test_no_more_is_found_than_asked_for(session: AsyncSession) -> None:
    for number in range(5):
        await remember(session, f"note {number}")
    assert len(await found(session, "note", limit=3)) == 3


async def test_a_word_is_found_by_its_stem(session: AsyncSession) -> None:
    await remember(session, "We deployed the services.")
    assert await found(session, "deploying a service") == ["We deployed the services."]


async def test_case_does_not_matter_in_any_alphabet(session: AsyncSession) -> None:
    await remember(session, "ÄRGER mit ЖУКАМИ")
    assert len(await found(session, "ärger")) == len(await found(session, "жуками")) == 1


@pytest.mark.parametrize(
    ("content", "question"),
    [("東京タワーへ行く", "京タワ"), ("서울특별시에서", "특별시"), ("我们使用缓存", "使用"), ("PDFを開く", "pdf")],
)
async def test_text_without_spaces_is_found_by_a_part(session: AsyncSession, content: str, question: str) -> None:
    await remember(session, content)
    assert await found(session, question) == [content]


@pytest.mark.parametrize(
    ("content", "question"),
    [
        ("See https://docs.example.com/install/linux.html", "linux"),
        ("Ask anna.smith@example.com", "smith"),
        ("Edit src/server/main.py", "main.py"),
        ("Since v3.14.2", "3.14"),
        ("a well-known fact", "well-known"),
        ("the_name_of_it", "name"),
    ],
)
async def test_addresses_paths_and_versions_are_found_by_their_parts(
    session: AsyncSession, content: str, question: str
) -> None:
    await remember(session, content)
    assert await found(session, question) == [content]


async def test_a_tag_finds(session: AsyncSession) -> None:
    memory = await remember(session, "The cache is Redis.", tags=["infrastructure"])
    assert await found(session, "infrastructure") == [memory.content]


async def test_a_changed_memory_is_found_by_its_new_words_alone(session: AsyncSession) -> None:
    memory = await remember(session, "old words", tags=["former"])
    memory.content, memory.tags = "new text", ["present"]
    await index.put(session, memory)
    await session.flush()
    assert await found(session, "old words former") == []
    assert await found(session, "present") == ["new text"]


@pytest.mark.parametrize(
    "question",
    [
        '"tortoise',
        "tortoise*",
        "NOT tortoise",
        "body:tortoise",
        "tortoise AND",
        "(tortoise",
        "-tortoise",
        "a'tortoise;--",
    ],
)
async def test_operators_and_quotes_are_words(session: AsyncSession, question: str) -> None:
    await remember(session, "a tortoise")
    assert await found(session, question) == ["a tortoise"]


@pytest.mark.parametrize(
    "question", ["hare NOT tortoise", "hare AND tortoise", "hare OR tortoise", "NEAR(hare tortoise)"]
)
async def test_no_operator_narrows_a_search(session: AsyncSession, question: str) -> None:
    await remember(session, "a tortoise")
    await remember(session, "a hare")
    assert set(await found(session, question)) == {"a tortoise", "a hare"}


@pytest.mark.parametrize("question", ["", "   ", "?!", "%", "_", '""', "*", "🎉", "\N{MEDEFAIDRIN CAPITAL LETTER M}"])
async def test_a_question_without_words_finds_nothing(session: AsyncSession, question: str) -> None:
    await remember(session, "100 % 🎉 _ *")
    assert await found(session, question) == []


@pytest.mark.parametrize("question", ["who", "or", "not", "or or", "and not"])
async def test_a_question_of_function_words_alone_is_answered(session: AsyncSession, question: str) -> None:
    await remember(session, "tortoise")
    assert await found(session, question) == []


@pytest.mark.parametrize(
    "values", [{"namespace": "elsewhere"}, {"agent_id": "hestia-auditor"}, {"deleted_at": utc_now()}]
)
async def test_what_is_not_there_for_the_caller_is_not_found(session: AsyncSession, values: dict[str, object]) -> None:
    await remember(session, "tortoise", **values)
    assert await found(session, "tortoise") == []


async def test_an_expired_memory_is_not_found(session: AsyncSession) -> None:
    await remember(session, "tortoise one", expires_at=utc_now() - timedelta(minutes=1))
    await remember(session, "tortoise two", expires_at=utc_now() + timedelta(minutes=1))
    assert await found(session, "tortoise") == ["tortoise two"]


async def test_what_others_remember_takes_no_place_among_the_hits(session: AsyncSession) -> None:
    for number in range(5):
        await remember(session, f"tortoise {number}", agent_id="hestia-auditor")
        await remember(session, f"tortoise {number}", namespace="elsewhere")
    await remember(session, "a hare that outran the tortoise after all that had been said of it")
    assert len(await found(session, "tortoise", limit=1)) == 1


async def test_the_token_of_a_namespace_finds_nothing(session: AsyncSession) -> None:
    await remember(session, "tortoise")
    assert await found(session, namespace_token(OWNER.namespace)) == []


async def test_the_largest_text_of_different_words_can_be_indexed(session: AsyncSession) -> None:
    content = " ".join(map(chr, range(0x10400, 0x10450))) + " " + "".join(map(chr, range(0x4E00, 0x9FFF))) * 16
    await remember(session, f"tortoise {content}")
    assert len(await found(session, "tortoise")) == 1
