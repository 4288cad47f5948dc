"""What a search finds by the words of the question."""

from collections.abc import Awaitable, Callable

import pytest

Remember = Callable[..., Awaitable[list[str]]]


Found = Callable[..., Awaitable[list[str]]]


async def test_any_word_finds(remember: Remember, found: Found) -> None:
    await remember("The cache is Redis.")
    assert await found("which cache, memcached?") == ["The cache is Redis."]


async def test_a_rare_word_counts_more_than_a_common_one(remember: Remember, found: Found) -> None:
    await remember(*(f"The server has the number {number}." for number in range(20)), "A zebra came.")
    assert (await found("zebra server"))[0] == "A zebra came."


async def test_more_of_the_words_count_more(remember: Remember, found: Found) -> None:
    await remember("A red house.", "A red house with a garden.", "A garden gate.")
    assert (await found("red garden"))[0] == "A red house with a garden."


async def test_all_words_of_one_memory_count_together(remember: Remember, found: Found) -> None:
    await remember("a zebra crossing", "a lamp")
    assert (await found("zebra crossing lamp"))[0] == "a zebra crossing"


async def test_case_does_not_matter_in_any_alphabet(remember: Remember, found: Found) -> None:
    await remember("ÄRGER mit ЖУКАМИ")
    assert len(await found("ärger")) == len(await found("жуками")) == 1


async def test_accents_do_not_matter(remember: Remember, found: Found) -> None:
    await remember("the café", "un cafe")
    assert len(await found("cafe")) == len(await found("CAFÉ")) == 2


@pytest.mark.parametrize(
    ("content", "question"),
    [("東京タワーへ行く", "京タワ"), ("서울특별시에서", "특별시"), ("我们使用缓存", "使用"), ("PDFを開く", "pdf")],
)
async def test_text_without_spaces_is_found_by_a_part(
    remember: Remember, found: Found, content: str, question: str
) -> None:
    await remember(content)
    assert await found(question) == [content]


@pytest.mark.parametrize(
    ("content", "question"),
    [("שלום עולם", "עולם"), ("مرحبا بالعالم", "بالعالم"), ("कमल का फूल", "कमल"), ("привет мир", "МИР")],
)
async def test_other_scripts_are_found_by_a_word(remember: Remember, found: Found, content: str, question: str) -> None:
    await remember(content)
    assert await found(question) == [content]


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
    remember: Remember, found: Found, content: str, question: str
) -> None:
    await remember(content)
    assert await found(question) == [content]


@pytest.mark.parametrize(
    "question",
    [
        '"tortoise',
        "tortoise*",
        "^tortoise",
        "NOT tortoise",
        "body:tortoise",
        "{body}:tortoise",
        "tortoise AND",
        "tortoise OR",
        "(tortoise",
        "tortoise)",
        "-tortoise",
        "+tortoise",
        "tortoise %",
        "a'tortoise;--",
        "tortoise & !x | <->",
        "NEAR(tortoise, 3)",
    ],
)
async def test_operators_and_quotes_are_words(remember: Remember, found: Found, question: str) -> None:
    await remember("a tortoise")
    assert await found(question) == ["a tortoise"]


@pytest.mark.parametrize(
    "question", ["hare NOT tortoise", "hare AND tortoise", "hare OR tortoise", "NEAR(hare tortoise)", "hare + tortoise"]
)
async def test_no_operator_narrows_a_search(remember: Remember, found: Found, question: str) -> None:
    await remember("a tortoise", "a hare")
    assert set(await found(question)) == {"a tortoise", "a hare"}


@pytest.mark.parametrize("question", ["who", "or", "not", "or or", "and not", "the"])
async def test_a_question_of_function_words_alone_is_answered(remember: Remember, found: Found, question: str) -> None:
    await remember("tortoise")
    assert await found(question) == []


async def test_the_largest_text_of_different_words_is_found(remember: Remember, found: Found) -> None:
    content = " ".join(map(chr, range(0x10400, 0x10450))) + " " + "".join(map(chr, range(0x4E00, 0x9FFF))) * 16
    await remember(f"tortoise {content}")
    assert len(await found("tortoise")) == 1
