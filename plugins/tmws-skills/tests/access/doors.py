"""Every door of the plugin: one small function each, which says whether its caller saw or changed the skill.

A new tool, resource, prompt, completion, lister, method, command, route or health check needs an entry here or in
`use_doors.py`; `test_access_matrix.py` fails without it. Name it as the test's message says, give the right that opens
it (None when it shows or changes no skill that was there before), and return whether the caller has seen, or changed,
the skill `visit.target`. A door with several ways in has several entries, told apart after the name; every argument
that is a choice, such as a switch, is given by one of them at least, which says so with `gives`.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from tmws_core.tool_errors import AlreadyChanged

from .situations import Right
from .target import FILE
from .world import GUEST, Visit

Reach = Callable[[Visit], Awaitable[bool]]


@dataclass(frozen=True)
class Door:
    """A door.

    Attributes:
        name: its kind and its name.
        way: which of several ways through it this is.
        opened_by: the right that opens it; None when it stays shut for everybody.
        asks_for_one: whether it is asked for one skill, so that it must answer as for one that never was.
        changes: whether it may change the skill, so that each caller gets one of its own.
        gives: the arguments that are a choice and that it gives.
        reach: goes through it, and says whether the caller saw or changed the skill.
    """

    name: str
    way: str
    opened_by: Right | None
    asks_for_one: bool
    changes: bool
    gives: frozenset[str]
    reach: Reach

    def __str__(self) -> str:
        return f"{self.name} ({self.way})" if self.way else self.name


DOORS: list[Door] = []


def door(
    name: str,
    way: str = "",
    *,
    opened_by: Right | None,
    asks_for_one: bool = False,
    changes: bool = False,
    gives: Collection[str] = (),
) -> Callable[[Reach], Reach]:
    """Declare what goes through a door."""

    def declare(reach: Reach) -> Reach:
        DOORS.append(Door(name, way, opened_by, asks_for_one, changes, frozenset(gives), reach))
        return reach

    return declare


@door("tool skill_get", opened_by="read", asks_for_one=True)
async def get(visit: Visit) -> bool:
    record = await visit.tool("skill_get", skill=visit.target.id)
    return visit.target.secret in record["description"]


@door("tool skill_get", "by name", opened_by="read", asks_for_one=True)
async def get_by_name(visit: Visit) -> bool:
    record = await visit.tool("skill_get", skill=visit.target.reference)
    return bool(record["deprecation"]["note"] == visit.target.note)


@door("tool skill_get", "by bare name and version", opened_by="read", asks_for_one=True)
async def get_version(visit: Visit) -> bool:
    record = await visit.tool("skill_get", skill=visit.target.name, version=1)
    return bool(record["id"] == visit.target.id)


@door("tool skill_versions", opened_by="read", asks_for_one=True)
async def versions(visit: Visit) -> bool:
    page = await visit.tool("skill_versions", skill=visit.target.id)
    return len(page["versions"]) == 2


@door("tool skill_diff", opened_by="read", asks_for_one=True)
async def diff(visit: Visit) -> bool:
    found = await visit.tool("skill_diff", skill=visit.target.id, from_version=1)
    return visit.target.former in found["diff"]


@door("tool skill_pin", opened_by="read", asks_for_one=True)
async def pin(visit: Visit) -> bool:
    pinned = await visit.tool("skill_pin", skill=visit.target.id, version=1)
    return bool(pinned["version"] == 1)


@door("tool skill_unpin", opened_by="read", asks_for_one=True)
async def unpin(visit: Visit) -> bool:
    await visit.try_tool("skill_pin", skill=visit.target.id, version=1)
    return bool((await visit.tool("skill_unpin", skill=visit.target.id))["version"] == 2)


@door("tool skill_shares", opened_by="own", asks_for_one=True)
async def shares(visit: Visit) -> bool:
    return bool((await visit.tool("skill_shares", skill=visit.target.id))["result"])


@door("tool skill_create", opened_by=None, gives=["access_level"])
async def create(visit: Visit) -> bool:
    """What another text has already is another skill; nothing of it is seen or changed."""
    other = visit.target.skill_md.replace(visit.target.name, visit.world.nothing().name)
    created = await visit.tool("skill_create", skill_md=other, access_level="private", files=[])
    return bool(created["id"] == visit.target.id or not created["is_new"])


@door("tool skill_create", "under its name", opened_by=None, changes=True)
async def create_under_its_name(visit: Visit) -> bool:
    """A name of the own namespace that is taken is refused, whoever has it; what bears it stays as it is."""
    before = await visit.row()
    text = visit.target.skill_md.replace(visit.target.word, "else")
    try:
        await visit.tool("skill_create", skill_md=text)
    except AlreadyChanged as taken:
        assert visit.caller.near
        assert taken.details == {}
    after = await visit.row()
    return (before.active_version, before.updated_at) != (after.active_version, after.updated_at)


@door("tool skill_update", opened_by="write", asks_for_one=True, changes=True)
async def update(visit: Visit) -> bool:
    await visit.tool("skill_update", skill=visit.target.id, instructions="Changed.", expected_version=2)
    return (await visit.row()).active_version == 3


@door("tool skill_update", "back to a former text", opened_by="write", asks_for_one=True, changes=True)
async def update_to_former(visit: Visit) -> bool:
    await visit.tool("skill_update", skill=visit.target.reference, skill_md=visit.target.former_skill_md)
    return (await visit.row()).active_version == 1


@door("tool skill_update", "its files", opened_by="write", asks_for_one=True, changes=True)
async def update_files(visit: Visit) -> bool:
    changes = {"files": [{"path": "a.md", "text": "x"}], "remove_files": [FILE]}
    await visit.tool("skill_update", skill=visit.target.id, **changes)
    return "a.md" in str((await visit.version()).auxiliary_content)


@door("tool skill_update", "its tags", opened_by="write", asks_for_one=True, changes=True)
async def update_tags(visit: Visit) -> bool:
    await visit.tool("skill_update", skill=visit.target.id, tags=["changed"])
    return (await visit.row()).tags == ["changed"]


@door("tool skill_update", "its level", opened_by="own", asks_for_one=True, changes=True, gives=["access_level"])
async def update_level(visit: Visit) -> bool:
    before = (await visit.row()).access_level if visit.target.situation else "private"
    other = "private" if before == "public" else "public"
    await visit.tool("skill_update", skill=visit.target.id, access_level=other)
    return (await visit.row()).access_level == other


@door("tool skill_rollback", opened_by="write", asks_for_one=True, changes=True)
async def roll_back(visit: Visit) -> bool:
    await visit.tool("skill_rollback", skill=visit.target.id, version=1)
    return (await visit.row()).active_version == 1


@door("tool skill_deprecate", opened_by="write", asks_for_one=True, changes=True)
async def deprecate(visit: Visit) -> bool:
    await visit.tool("skill_deprecate", skill=visit.target.id, note="changed")
    return (await visit.row()).deprecation_note == "changed"


@door("tool skill_deprecate", "taken back", opened_by="write", asks_for_one=True, changes=True, gives=["deprecated"])
async def revive(visit: Visit) -> bool:
    await visit.tool("skill_deprecate", skill=visit.target.id, deprecated=False)
    return (await visit.row()).deprecated_at is None


@door("tool skill_deprecate", "replaced by it", opened_by="read", asks_for_one=True)
async def replace_by(visit: Visit) -> bool:
    """Somebody's own skill may be replaced by it, if it can be seen."""
    own = visit.world.nothing().name
    text = f"---\nname: {own}\ndescription: x\n---\nx"
    created = await visit.tool("skill_create", skill_md=text)
    await visit.tool("skill_deprecate", skill=created["id"], replaced_by=visit.target.id)
    record = await visit.tool("skill_get", skill=created["id"])
    return bool(record["deprecation"]["replaced_by"]["id"] == visit.target.id)


@door("tool skill_delete", opened_by="delete", asks_for_one=True, changes=True)
async def delete(visit: Visit) -> bool:
    await visit.tool("skill_delete", skill=visit.target.id)
    return (await visit.row()).deleted_at is not None


@door("tool skill_restore", opened_by="restore", asks_for_one=True, changes=True)
async def restore(visit: Visit) -> bool:
    await visit.tool("skill_restore", skill=visit.target.id)
    return (await visit.row()).deleted_at is None


@door("tool skill_restore", "by name", opened_by="restore", asks_for_one=True, changes=True)
async def restore_by_name(visit: Visit) -> bool:
    await visit.tool("skill_restore", skill=visit.target.reference)
    return (await visit.row()).deleted_at is None


@door("tool skill_share", opened_by="own", asks_for_one=True, changes=True, gives=["permission"])
async def share(visit: Visit) -> bool:
    await visit.tool("skill_share", skill=visit.target.id, agent_id=GUEST.agent_id, permission="write")
    return (await visit.shares()).get(GUEST.agent_id) == "write"


@door("tool skill_unshare", opened_by="own", asks_for_one=True, changes=True)
async def unshare(visit: Visit) -> bool:
    await visit.tool("skill_unshare", skill=visit.target.id, agent_id="far-reader")
    return "far-reader" not in await visit.shares()


@door("tool skill_publish", opened_by="write", asks_for_one=True, changes=True)
async def publish(visit: Visit) -> bool:
    await visit.tool("skill_publish", skill=visit.target.id, version=1)
    published = await visit.tool("skill_get", skill=visit.target.id, version=1)
    return bool(published["version"]["review_status"] == "approved")


@door("tool skill_review", opened_by="review", asks_for_one=True, changes=True, gives=["decision"])
async def review(visit: Visit) -> bool:
    await visit.tool("skill_review", skill=visit.target.id, version=2, decision="approve")
    return (await visit.version()).reviewed_by_agent_id == visit.caller.name


@door("health check skills", opened_by=None)
async def check(visit: Visit) -> bool:
    return visit.target.id in await visit.check("skills")
