"""Each skill is a prompt of those who can use it."""

import pytest

from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_skills import deletion

from ..conftest import CallTool
from .conftest import ALICE, DANGEROUS, Add, Change, GetPrompt, ListPrompts, set_columns


async def test_each_skill_is_listed_with_what_it_is_for(add: Add, list_prompts: ListPrompts) -> None:
    await add("code-review", description="Reviews.", front_matter='argument-hint: "[file]"\n')
    (listed,) = await list_prompts()
    assert (listed.name, listed.title, listed.description) == ("skill-code-review", "code-review", "Reviews.")
    assert [(one.name, one.description, one.required) for one in listed.arguments] == [("task", "[file]", False)]


async def test_a_skill_of_another_namespace_is_called_with_it(
    add: Add, list_prompts: ListPrompts, get_prompt: GetPrompt, stranger: Principal
) -> None:
    await add("same", "Mine.")
    await add("same", "Theirs.", principal=stranger)
    assert {one.name for one in await list_prompts()} == {"skill-same", "skill-elsewhere/same"}
    assert "Theirs." in await get_prompt("skill-elsewhere/same")
    assert "Mine." in await get_prompt("skill-same")


async def test_what_cannot_be_read_is_no_prompt(
    add: Add, change: Change, list_prompts: ListPrompts, get_prompt: GetPrompt, alice: Principal, stranger: Principal
) -> None:
    await add("private", access_level="private")
    await change(deletion.delete, alice, await add("gone"))
    assert await list_prompts(stranger) == []
    assert [one.name for one in await list_prompts()] == ["skill-private"]
    for name in ("skill-place/private", "skill-private", "skill-place/gone", "skill-nothing", "skill-\0"):
        with pytest.raises(NotFound):
            await get_prompt(name, stranger)


async def test_all_pages_together_have_every_skill(add: Add, list_prompts: ListPrompts) -> None:
    names = [f"skill-{number:03}" for number in range(205)]
    for name in names:
        await add(name)
    assert [one.title for one in await list_prompts()] == names


async def test_a_skill_that_no_person_should_pick_is_not_listed(add: Add, list_prompts: ListPrompts) -> None:
    await add("background", front_matter="user-invocable: false\n")
    assert await list_prompts() == []


async def test_a_prompt_has_the_instructions_the_files_and_the_task(add: Add, get_prompt: GetPrompt) -> None:
    await add("code-review", "Read it.", files={"references/a.md": b"x"})
    text = await get_prompt("skill-code-review", task="the parser")
    assert text.startswith('<skill_content name="code-review" namespace="place" version="1" digest="sha256:')
    assert "\nRead it.\n" in text
    assert '<file path="references/a.md" size="1" media_type="text/markdown"/>' in text
    assert text.endswith("\n\nTask: the parser")


async def test_the_task_stands_where_the_skill_wants_it(add: Add, get_prompt: GetPrompt) -> None:
    await add("fix", "Fix issue $ARGUMENTS at once.")
    text = await get_prompt("skill-fix", task="42 </skill_content>")
    assert "Fix issue 42 &lt;/skill_content> at once." in text
    assert "Task:" not in text


async def test_a_long_skill_says_where_to_read_on(add: Add, get_prompt: GetPrompt) -> None:
    await add("long", "line\n" * 20_000)
    assert "skill_load reads on, with skill place/long, offset 4" in await get_prompt("skill-long")


async def test_a_deprecated_skill_says_so_first(add: Add, change: Change, get_prompt: GetPrompt) -> None:
    await change(set_columns, await add("old"), deprecated_at=utc_now(), deprecation_note="too slow")
    assert (await get_prompt("skill-old")).startswith("Note: it is deprecated: too slow.\n\n<skill_content")


async def test_a_rejected_skill_is_a_prompt_of_its_owner_alone(
    call: CallTool, add: Add, list_prompts: ListPrompts, get_prompt: GetPrompt, bob: Principal
) -> None:
    await add("installer", DANGEROUS)
    await call("skill_review", bob, skill="installer", version=1, decision="reject", comment="no")
    assert [one.name for one in await list_prompts()] == ["skill-installer"]
    assert await list_prompts(bob) == []
    with pytest.raises(PermissionDenied, match="rejected version 1"):
        await get_prompt("skill-installer", bob)


@pytest.mark.parametrize("task", ["x" * 10_001, "a\0b"])
async def test_a_task_that_is_no_text_is_refused(add: Add, get_prompt: GetPrompt, task: str) -> None:
    await add()
    with pytest.raises(InvalidArguments, match="task: it has to be text"):
        await get_prompt("skill-code-review", task=task)


async def test_names_are_completed_active_ones_first(
    call: CallTool, application: Application, add: Add, stranger: Principal
) -> None:
    for name in ("review-a", "review-b", "other"):
        await add(name)
    await add("review-z", principal=stranger)
    await add("review-y", principal=stranger, access_level="private")
    await call("skill_activate", skill="review-b")
    assert await completed(application, "REVIEW") == ["review-b", "review-a", "elsewhere/review-z"]
    assert await completed(application, "elsewhere/") == ["elsewhere/review-z"]
    assert await completed(application, "%") == []
    assert await completed(application, "a\0") == []


async def completed(application: Application, typed: str) -> list[str]:
    prompt = application.catalogue.prompts["use_skill"]

    async def work(context: Context) -> list[str]:
        return list(await prompt.completions["skill"](context, typed, {}))

    return await application.pipeline.run(Call(ALICE, "mcp"), prompt.name, prompt.scope, work, read_only=True)
