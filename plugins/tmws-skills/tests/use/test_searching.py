"""Skills are found by their words, as far as one can read them, whatever the words are."""

import pytest
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import authoring
from tmws_skills.models.skill_sharing import SkillSharing

from ..conftest import CallTool
from .conftest import Add, Change, package, set_columns


async def found(call: CallTool, query: str, /, principal: Principal | None = None, **arguments: object) -> list[str]:
    callers = {} if principal is None else {"principal": principal}
    answer = await call("skill_search", query=query, **callers, **arguments)
    return [hit["skill"]["name"] for hit in answer["hits"]]


@pytest.mark.parametrize(
    "query",
    [
        "invoice-maker",
        "make an INVOICE please",
        "billing",
        "draws up invoices for customers",
        "value added tax",
        "TAXES",
        "a question with one word of it, invoicing",
    ],
)
async def test_a_skill_is_found_by_its_name_tags_description_and_instructions(
    call: CallTool, add: Add, query: str
) -> None:
    await add("code-review")
    await add(
        "invoice-maker",
        "Add the value added tax.",
        description="Draws up invoices for customers.",
        tags=["billing"],
    )
    assert await found(call, query) == ["invoice-maker"]


async def test_a_word_in_the_name_counts_more_than_one_in_the_instructions(call: CallTool, add: Add) -> None:
    await add("a-mention", "This mentions the deployment once.", description="Something else.")
    await add("deployment", "Ship it.", description="Something else.")
    assert await found(call, "deployment") == ["deployment", "a-mention"]


async def test_the_very_name_comes_first(call: CallTool, add: Add) -> None:
    await add("review", "review review review", description="review review")
    await add("code-review", "x", description="x")
    for query in ("code-review", "Code Review", "place/code-review"):
        assert (await found(call, query))[0] == "code-review"


async def test_a_japanese_skill_is_found_by_a_part_of_a_sentence(call: CallTool, add: Add) -> None:
    await add("kensa", "コードを二回確認してください。", description="変更を検査する手順書")
    for query in ("確認", "検査の手順", "コード", "書"):
        assert await found(call, query) == ["kensa"], query
    assert await found(call, "料理") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        "'",
        '""',
        "review AND",
        "AND",
        "OR NOT NEAR",
        "NEAR(review change, 2)",
        "review*",
        "^review",
        "{name body} : review",
        "name : review",
        "-review",
        "+review",
        "(review",
        "review)",
        "review & | ! <-> :*",
        "review:A",
        "\\review\\",
        "'; DROP TABLE skills; --",
        "%",
        "_",
        "�",
        "😀",
        "review\nreview",
        "a" * 2000,
        "review " * 200,
    ],
)
async def test_no_operator_or_quote_of_a_query_does_anything(call: CallTool, add: Add, query: str) -> None:
    await add("code-review")
    names = await found(call, query)
    assert names == (["code-review"] if "review" in query else [])


async def test_a_query_with_nul_is_refused_by_name(call: CallTool) -> None:
    with pytest.raises(InvalidArguments, match=r"query: .*NUL"):
        await call("skill_search", query="a\0b")


async def test_only_what_one_can_read_is_found(
    call: CallTool, add: Add, change: Change, bob: Principal, stranger: Principal
) -> None:
    for level in ("private", "team", "shared", "public", "system"):
        await add(f"review-{level}", access_level=level)
    skill_id = (await call("skill_search", query="review-shared", limit=1))["hits"][0]["skill"]["id"]
    assert sorted(await found(call, "review", bob)) == ["review-public", "review-system", "review-team"]
    assert sorted(await found(call, "review", stranger)) == ["review-public", "review-system"]

    def share(session: Session) -> None:
        session.add(SkillSharing(skill_id=skill_id, agent_id="metis-developer", permission="read"))

    await change(share)
    metis = Principal("metis-developer", "default", frozenset({"*"}))
    assert sorted(await found(call, "review", metis)) == ["review-public", "review-shared", "review-system"]


async def test_filters_leave_out_what_does_not_fulfil_them(call: CallTool, add: Add, stranger: Principal) -> None:
    await add("one", tags=["a", "b"])
    await add("two", tags=["a"], persona="auditor")
    await add("three", principal=stranger)
    assert sorted(await found(call, "review", tags=["a"])) == ["one", "two"]
    assert await found(call, "review", tags=["a", "b"]) == ["one"]
    assert await found(call, "review", persona="auditor") == ["two"]
    assert await found(call, "review", namespace="elsewhere") == ["three"]


async def test_a_deprecated_skill_is_last(call: CallTool, add: Add, change: Change) -> None:
    old = await add("review", "review " * 10)
    await add("other", "One review.")
    await change(set_columns, old, deprecated_at=utc_now())
    answer = await call("skill_search", query="review")
    assert [hit["skill"]["name"] for hit in answer["hits"]] == ["other", "review"]
    assert "deprecated" in answer["hits"][1]["skill"]["marks"]


async def test_a_deleted_skill_is_not_found(call: CallTool, add: Add, change: Change) -> None:
    skill_id = await add("code-review")
    await change(set_columns, skill_id, is_deleted=True, deleted_at=utc_now())
    assert await found(call, "review") == []


async def test_a_skill_is_found_by_the_words_of_its_active_version(
    call: CallTool, add: Add, change: Change, alice: Principal
) -> None:
    skill_id = await add("code-review", "Read about giraffes.")
    await change(authoring.revise, alice, skill_id, package("code-review", "Read about elephants."), None)
    assert await found(call, "giraffes") == []
    assert await found(call, "elephants") == ["code-review"]


async def test_pages_hold_each_hit_once(call: CallTool, add: Add) -> None:
    for number in range(7):
        await add(f"review-{number}")
    names: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = await call("skill_search", query="review", limit=3, **more)
        names += [hit["skill"]["name"] for hit in page["hits"]]
        if page["next_cursor"] is None:
            break
        more = {"cursor": page["next_cursor"]}
    assert sorted(names) == [f"review-{number}" for number in range(7)]


async def test_a_budget_of_tokens_ends_a_page(call: CallTool, add: Add) -> None:
    for number in range(5):
        await add(f"review-{number}", description="word " * 100)
    page = await call("skill_search", query="review", token_budget=400)
    assert len(page["hits"]) == 2
    rest = await call("skill_search", query="review", token_budget=12_000, cursor=page["next_cursor"], limit=10)
    assert len({hit["skill"]["name"] for hit in page["hits"] + rest["hits"]}) == 5


async def test_a_cursor_is_for_its_question_and_caller(call: CallTool, add: Add, bob: Principal) -> None:
    for number in range(3):
        await add(f"review-{number}")
    cursor = (await call("skill_search", query="review", limit=1))["next_cursor"]
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("skill_search", query="change", cursor=cursor)
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("skill_search", bob, query="review", cursor=cursor)
