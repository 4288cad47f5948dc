"""An agent puts skills to use, many at once, and says how that went."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.tool_errors import InvalidArguments, NotFound, PermissionDenied
from tmws_skills import deletion
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_activation import SkillActivation
from tmws_skills.models.skill_version import SkillVersion

from ..conftest import CallTool
from .conftest import DANGEROUS, Add, Change, package, set_columns


async def test_an_activation_brings_the_instructions_and_is_taken_down(call: CallTool, add: Add) -> None:
    skill_id = await add("code-review", "Read it.")
    active = await call("skill_activate", skill="code-review")
    assert "Read it." in active["loaded"]["content"]
    assert "active" in active["loaded"]["skill"]["marks"]
    assert not active["already_active"]
    told = active["activation"]
    assert (told["skill_id"], told["skill"], told["version"], told["state"]) == (
        skill_id,
        "place/code-review",
        1,
        "active",
    )
    assert told["level"] == 2
    assert told["tokens"] > 0


async def test_many_skills_are_active_at_once(call: CallTool, add: Add) -> None:
    for name in ("one", "two", "three"):
        await add(name)
        await call("skill_activate", skill=name)
    page = await call("skill_activations", state="active")
    assert [one["skill"] for one in page["activations"]] == ["place/three", "place/two", "place/one"]


async def test_to_activate_again_is_the_same_use(call: CallTool, add: Add) -> None:
    await add("code-review", files={"a.md": b"x"})
    first = await call("skill_activate", skill="code-review", level=1)
    again = await call("skill_activate", skill="code-review", level=3)
    shallow = await call("skill_activate", skill="code-review", level=1)
    assert again["already_active"]
    assert again["activation"]["id"] == first["activation"]["id"] == shallow["activation"]["id"]
    assert [one["activation"]["level"] for one in (first, again, shallow)] == [1, 3, 3]


async def test_a_new_version_begins_a_new_use(call: CallTool, add: Add) -> None:
    await add("code-review", "Old.")
    first = await call("skill_activate", skill="code-review")
    await call("skill_update", skill="code-review", skill_md=package("code-review", "New.").skill_md)
    second = await call("skill_activate", skill="code-review")
    assert "New." in second["loaded"]["content"]
    assert second["loaded"]["notices"] == ["version 1 was active for you until now"]
    page = await call("skill_activations")
    assert [(one["id"], one["version"], one["state"]) for one in page["activations"]] == [
        (second["activation"]["id"], 2, "active"),
        (first["activation"]["id"], 1, "inactive"),
    ]


async def test_whoever_is_pinned_activates_that_version(call: CallTool, add: Add, bob: Principal) -> None:
    await add("code-review", "Old.")
    await call("skill_pin", bob, skill="code-review", version=1)
    await call("skill_update", skill="code-review", skill_md=package("code-review", "New.").skill_md)
    assert (await call("skill_activate", bob, skill="code-review"))["activation"]["version"] == 1


async def test_a_use_ends_with_its_outcome(call: CallTool, add: Add) -> None:
    await add()
    await call("skill_activate", skill="code-review")
    ended = await call(
        "skill_deactivate", skill="code-review", outcome="failed", usefulness=0.25, error_message="it was wrong"
    )
    assert (ended["state"], ended["outcome"], ended["usefulness"]) == ("inactive", "failed", 0.25)
    assert ended["error_message"] == "it was wrong"
    assert ended["duration_ms"] >= 0
    assert ended["deactivated_at"] >= ended["activated_at"]


@pytest.mark.parametrize("by", ["code-review", "place/code-review", "skill_id", "id"])
async def test_a_use_is_ended_by_name_or_identifier(call: CallTool, add: Add, by: str) -> None:
    await add()
    told = (await call("skill_activate", skill="code-review"))["activation"]
    assert (await call("skill_deactivate", skill=told.get(by, by)))["id"] == told["id"]


async def test_what_is_not_active_cannot_be_ended(call: CallTool, add: Add, bob: Principal) -> None:
    await add()
    told = (await call("skill_activate", skill="code-review"))["activation"]
    for skill in ("code-review", told["id"], told["skill_id"], "a\0b", "no-such"):
        with pytest.raises(NotFound, match="is active for you"):
            await call("skill_deactivate", bob, skill=skill)
    await call("skill_deactivate", skill="code-review")
    with pytest.raises(NotFound, match="is active for you"):
        await call("skill_deactivate", skill="code-review")


async def test_a_name_of_several_active_skills_has_to_be_told_apart(
    call: CallTool, add: Add, stranger: Principal
) -> None:
    third = Principal("third", "third", frozenset({"*"}))
    for owner in (stranger, third):
        await add("same", principal=owner)
        await call("skill_activate", skill=f"{owner.namespace}/same")
    with pytest.raises(InvalidArguments, match="elsewhere/same, third/same"):
        await call("skill_deactivate", skill="same")
    assert (await call("skill_deactivate", skill="third/same"))["skill"] == "third/same"


@pytest.mark.parametrize("usefulness", [-0.1, 1.1, "much"])
async def test_usefulness_lies_between_0_and_1(call: CallTool, usefulness: object) -> None:
    with pytest.raises(InvalidArguments, match="usefulness"):
        await call("skill_deactivate", skill="code-review", usefulness=usefulness)


async def test_a_skill_that_cannot_be_read_is_not_activated(
    call: CallTool, add: Add, change: Change, stranger: Principal
) -> None:
    skill_id = await add(access_level="private")
    gone = await add("gone")
    await change(set_columns, gone, is_deleted=True, deleted_at=utc_now())
    for caller, skill in ((stranger, skill_id), (stranger, "place/code-review"), (stranger, gone)):
        with pytest.raises(NotFound, match="there is no skill"):
            await call("skill_activate", caller, skill=skill)


async def test_a_rejected_version_is_activated_by_its_owner_alone(
    call: CallTool, add: Add, bob: Principal, stranger: Principal
) -> None:
    await add("installer", DANGEROUS)
    await call("skill_activate", stranger, skill="installer")
    await call("skill_review", bob, skill="installer", version=1, decision="reject", comment="it runs anything")
    with pytest.raises(PermissionDenied, match="rejected version 1 of the skill 'installer': it runs anything"):
        await call("skill_activate", bob, skill="installer")
    assert (await call("skill_activate", skill="installer"))["loaded"]["review"] == "rejected"


async def test_a_skill_that_was_unshared_is_named_no_more_and_its_use_can_still_be_ended(
    call: CallTool, add: Add, change: Change, bob: Principal
) -> None:
    skill_id = await add()
    told = (await call("skill_activate", bob, skill=skill_id))["activation"]
    await change(set_columns, skill_id, access_level="private", name="secret")
    (listed,) = (await call("skill_activations", bob))["activations"]
    assert (listed["skill_id"], listed["skill"]) == (skill_id, None)
    with pytest.raises(NotFound):
        await call("skill_deactivate", bob, skill="secret")
    ended = await call("skill_deactivate", bob, skill=skill_id)
    assert (ended["id"], ended["skill"]) == (told["id"], None)


async def test_a_deleted_skill_is_active_no_more(
    call: CallTool, add: Add, change: Change, alice: Principal, bob: Principal
) -> None:
    skill_id = await add()
    await call("skill_activate", bob, skill=skill_id)
    await change(deletion.delete, alice, skill_id)
    (told,) = (await call("skill_activations", bob))["activations"]
    assert (told["state"], told["skill"]) == ("inactive", None)


async def test_a_version_that_is_gone_is_not_activated(call: CallTool, add: Add, change: Change) -> None:
    skill_id = await add()

    def remove_versions(session: Session) -> None:
        session.execute(delete(SkillVersion).where(SkillVersion.skill_id == skill_id))

    await call("skill_activate", skill=skill_id)
    await change(remove_versions)
    with pytest.raises(NotFound):
        await call("skill_activate", skill=skill_id)
    assert (await call("skill_activations"))["total"] == 0


async def test_one_agent_that_activates_at_once_in_two_processes_has_one_use(
    application: Application, other_process: Application, add: Add
) -> None:
    skill_id = await add()

    async def activate(where: Application) -> str:
        call = Call(Principal("bob", "place", frozenset({"*"})), "mcp")
        answer = await where.pipeline.call_tool(call, "skill_activate", {"skill": skill_id})
        return str(answer["activation"]["id"])

    found = await asyncio.gather(*(activate(where) for where in (application, other_process) * 5))
    assert len(set(found)) == 1


async def test_an_activation_while_the_skill_is_deleted_ends_with_it_or_does_not_begin(
    application: Application, other_process: Application, add: Add, alice: Principal
) -> None:
    for number in range(5):
        skill_id = await add(f"skill-{number}")
        bob = Call(Principal("bob", "place", frozenset({"*"})), "mcp")
        activating = application.pipeline.call_tool(bob, "skill_activate", {"skill": skill_id})
        deleting = other_process.pipeline.call_tool(Call(alice, "mcp"), "skill_delete", {"skill": skill_id})
        answers: list[object] = await asyncio.gather(activating, deleting, return_exceptions=True)
        begun, deleted = answers
        assert isinstance(begun, dict | NotFound)
        assert isinstance(deleted, dict)
    states = select(SkillActivation.state).join(Skill, Skill.id == SkillActivation.skill_id)
    left = await application.database.transaction(lambda session: session.scalars(states).all(), read_only=True)
    assert set(left) <= {"inactive"}


async def test_pages_of_activations_hold_each_once_the_newest_first(call: CallTool, add: Add) -> None:
    ids = []
    for number in range(5):
        await add(f"skill-{number}")
        ids.append((await call("skill_activate", skill=f"skill-{number}"))["activation"]["id"])
    found: list[str] = []
    more: dict[str, str] = {}
    while True:
        page = await call("skill_activations", limit=2, **more)
        assert page["total"] == 5
        found += [one["id"] for one in page["activations"]]
        if page["next_cursor"] is None:
            break
        more = {"cursor": page["next_cursor"]}
    assert found == ids[::-1]


async def test_statistics_of_all_are_for_those_who_may_change_the_skill(
    call: CallTool, add: Add, bob: Principal, stranger: Principal
) -> None:
    await add()
    for caller, about in (
        (bob, {"outcome": "succeeded", "usefulness": 1.0}),
        (stranger, {"outcome": "failed", "usefulness": 0.5}),
        (stranger, {}),
    ):
        await call("skill_activate", caller, skill="code-review")
        await call("skill_deactivate", caller, skill="code-review", **about)
    await call("skill_activate", bob, skill="code-review")
    of_all = (await call("skill_activations", skill="code-review"))["statistics"]
    assert {key: of_all[key] for key in ("activations", "active", "agents", "succeeded", "failed")} == {
        "activations": 4,
        "active": 1,
        "agents": 2,
        "succeeded": 1,
        "failed": 1,
    }
    assert (of_all["success_rate"], of_all["usefulness"]) == (0.5, 0.75)
    of_bob = (await call("skill_activations", bob, skill="code-review"))["statistics"]
    assert (of_bob["activations"], of_bob["agents"], of_bob["success_rate"]) == (2, 1, 1.0)


async def test_a_skill_nobody_used_has_no_rates(call: CallTool, add: Add) -> None:
    await add()
    told = (await call("skill_activations", skill="code-review"))["statistics"]
    assert (told["activations"], told["success_rate"], told["usefulness"], told["last_activated_at"]) == (
        0,
        None,
        None,
        None,
    )


async def test_a_use_of_many_days_has_a_length_that_the_database_takes(
    call: CallTool, add: Add, change: Change
) -> None:
    await add()
    told = (await call("skill_activate", skill="code-review"))["activation"]

    def long_ago(session: Session) -> None:
        session.get_one(SkillActivation, told["id"]).activated_at = utc_now() - timedelta(days=400)

    await change(long_ago)
    assert (await call("skill_deactivate", skill="code-review"))["duration_ms"] == 2**31 - 1
