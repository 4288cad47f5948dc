"""The catalogue: a line for each skill that the caller can read, as many as it wants to pay for."""

from typing import Any

import pytest

from tmws_core import Principal
from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import deletion

from ..conftest import CallTool
from .conftest import Add, Change, package, set_columns


async def names(call: CallTool, *caller: Principal, **arguments: object) -> list[str]:
    return [one["name"] for one in (await call("skill_list", *caller, **arguments))["skills"]]


async def test_a_line_says_what_a_skill_is_for_and_what_it_costs(call: CallTool, add: Add) -> None:
    skill_id = await add("code-review", "x" * 397, description="Reviews.", tags=["quality"])
    assert (await call("skill_list"))["skills"] == [
        {
            "name": "code-review",
            "namespace": "place",
            "description": "Reviews.",
            "tags": ["quality"],
            "version": 1,
            "tokens": 100,
            "marks": ["draft"],
            "id": skill_id,
        }
    ]


async def test_pages_hold_each_skill_once_in_the_order_of_the_names(call: CallTool, add: Add) -> None:
    for name in ("d", "b", "e", "a", "c"):
        await add(f"skill-{name}")
    pages: list[list[str]] = []
    more: dict[str, str] = {}
    while True:
        page = await call("skill_list", limit=2, **more)
        assert page["total"] == 5
        pages.append([one["name"] for one in page["skills"]])
        if page["next_cursor"] is None:
            break
        more = {"cursor": page["next_cursor"]}
    assert pages == [["skill-a", "skill-b"], ["skill-c", "skill-d"], ["skill-e"]]


async def test_a_budget_names_fewer_skills_and_the_cursor_the_rest(call: CallTool, add: Add) -> None:
    for number in range(6):
        await add(f"skill-{number}", description="word " * 60)
    page = await call("skill_list", token_budget=300)
    assert 0 < len(page["skills"]) < 6
    assert page["tokens"] <= 300
    rest = await call("skill_list", token_budget=300, cursor=page["next_cursor"])
    assert rest["skills"][0]["name"] == f"skill-{len(page['skills'])}"


async def test_the_first_line_is_there_whatever_it_costs(call: CallTool, add: Add) -> None:
    await add("long", description="word " * 200)
    assert await names(call, token_budget=100) == ["long"]


async def test_a_description_beyond_the_standard_is_shortened(call: CallTool, add: Add) -> None:
    await add("long", description="d" * 5000)
    (line,) = (await call("skill_list"))["skills"]
    assert line["description"] == "d" * 1023 + "…"


async def test_others_see_what_they_can_read(call: CallTool, add: Add, bob: Principal, stranger: Principal) -> None:
    for level in ("private", "team", "shared", "public", "system"):
        await add(f"a-{level}", access_level=level)
    assert await names(call, bob) == ["a-public", "a-system", "a-team"]
    assert await names(call, stranger) == ["a-public", "a-system"]
    assert (await call("skill_list", stranger))["total"] == 2


async def test_a_filter_leaves_out_the_others(call: CallTool, add: Add, stranger: Principal) -> None:
    await add("one", tags=["a", "b"], persona="auditor")
    await add("two", tags=["a"])
    await add("three", principal=stranger)
    assert await names(call, tags=["a", "b"]) == ["one"]
    assert await names(call, persona="auditor") == ["one"]
    assert await names(call, namespace="elsewhere") == ["three"]


async def test_states_are_listed_apart(call: CallTool, add: Add, change: Change, alice: Principal) -> None:
    old = await add("old")
    gone = await add("gone")
    await add("new")
    await change(set_columns, old, deprecated_at=utc_now())
    await change(deletion.delete, alice, gone)
    assert await names(call) == ["new", "old"]
    assert await names(call, state="deprecated") == ["old"]
    assert await names(call, state="deleted") == ["gone"]


async def test_nobody_else_lists_what_was_deleted(
    call: CallTool, add: Add, change: Change, alice: Principal, bob: Principal
) -> None:
    await change(deletion.delete, alice, await add("gone"))
    assert await names(call, bob, state="deleted") == []


async def test_what_is_active_is_marked_and_can_be_listed_alone(call: CallTool, add: Add, bob: Principal) -> None:
    await add("one")
    await add("two")
    await call("skill_activate", skill="two")
    assert await names(call, active=True) == ["two"]
    assert await names(call, bob, active=True) == []
    assert "active" in (await call("skill_list"))["skills"][1]["marks"]


async def test_whoever_is_pinned_sees_that_version(call: CallTool, add: Add, bob: Principal) -> None:
    skill_id = await add("code-review")
    await call("skill_update", skill=skill_id, skill_md=package("code-review", "New.").skill_md)
    await call("skill_pin", bob, skill=skill_id, version=1)

    def told(page: dict[str, Any]) -> tuple[int, bool]:
        (line,) = page["skills"]
        return line["version"], "pinned" in line["marks"]

    assert told(await call("skill_list")) == (2, False)
    assert told(await call("skill_list", bob)) == (1, True)


async def test_a_cursor_of_other_arguments_is_refused(call: CallTool, add: Add) -> None:
    await add("one")
    await add("two")
    cursor = (await call("skill_list", limit=1))["next_cursor"]
    with pytest.raises(InvalidArguments, match="cursor"):
        await call("skill_list", limit=1, tags=["a"], cursor=cursor)
