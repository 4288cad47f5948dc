"""Every door of the plugin: one small function each, which says whether its caller saw or changed the memory.

A new tool, resource, prompt, completion, command, route or health check needs an entry here; `test_access_matrix.py`
fails without it. Name it as the test's message says, give the right that opens it (None when it shows or changes no
memory that was there before), and return whether the caller has seen, or changed, the memory `visit.target`. A door
with several ways in has several entries, told apart after the name; every argument that is a choice, such as a switch,
is given by one of them at least, which says so with `gives`.
"""

from collections.abc import Awaitable, Callable, Collection
from dataclasses import dataclass

from .situations import Right
from .world import GUEST, Visit

Reach = Callable[[Visit], Awaitable[bool]]


@dataclass(frozen=True)
class Door:
    """A door.

    Attributes:
        name: its kind and its name.
        way: which of several ways through it this is.
        opened_by: the right that opens it; None when it stays shut for everybody.
        by_identifier: whether it is asked for one memory, so that it must answer as for one that never was.
        changes: whether it may change the memory, so that each caller gets one of its own.
        gives: the arguments that are a choice and that it gives.
        reach: goes through it, and says whether the caller saw or changed the memory.
    """

    name: str
    way: str
    opened_by: Right | None
    by_identifier: bool
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
    by_identifier: bool = False,
    changes: bool = False,
    gives: Collection[str] = (),
) -> Callable[[Reach], Reach]:
    """Declare what goes through a door."""

    def declare(reach: Reach) -> Reach:
        DOORS.append(Door(name, way, opened_by, by_identifier, changes, frozenset(gives), reach))
        return reach

    return declare


@door("tool memory_get", opened_by="read", by_identifier=True)
async def get(visit: Visit) -> bool:
    answer = await visit.tool("memory_get", memory_id=visit.target.id)
    return bool(answer["content"] == visit.target.text)


@door("tool memory_list", opened_by="read")
async def list_(visit: Visit) -> bool:
    page = await visit.tool("memory_list", namespace=visit.target.namespace)
    assert page["total"] == len(page["memories"])
    return visit.target.id in [one["id"] for one in page["memories"]]


@door("tool memory_list", "by tag", opened_by="read")
async def list_by_tag(visit: Visit) -> bool:
    page = await visit.tool("memory_list", namespace=visit.target.namespace, tags=[visit.target.tag])
    return bool(page["total"] or page["memories"])


@door("tool memory_list", "by agent and type", opened_by="read")
async def list_by_agent(visit: Visit) -> bool:
    about = {"agent_id": "owner", "memory_type": "plan"}
    page = await visit.tool("memory_list", namespace=visit.target.namespace, **about)
    return bool(page["total"] or page["memories"])


@door("tool memory_list", "archived and deleted", opened_by="restore", gives=["state"])
async def list_away(visit: Visit) -> bool:
    place = visit.target.namespace
    pages = [await visit.tool("memory_list", namespace=place, state=state) for state in ("archived", "deleted")]
    return any(page["total"] or page["memories"] for page in pages)


@door("tool memory_search", opened_by="read")
async def search(visit: Visit) -> bool:
    await visit.world.understand()
    found = await visit.tool("memory_search", query=f"the {visit.target.word}", namespace=visit.target.namespace)
    return visit.target.id in [hit["memory"]["id"] for hit in found["hits"]]


@door("tool memory_search", "by tag", opened_by="read")
async def search_by_tag(visit: Visit) -> bool:
    about = {"namespace": visit.target.namespace, "tags": [visit.target.tag], "agent_id": "owner"}
    found = await visit.tool("memory_search", query=visit.target.secret, **about)
    return bool(found["hits"])


@door("tool memory_stats", opened_by="read")
async def stats(visit: Visit) -> bool:
    counted = await visit.tool("memory_stats", namespace=visit.target.namespace)
    numbers = [counted[name] for name in ("by_type", "by_access_level", "by_agent", "by_tag", "embedding")]
    seen = counted["total"] > 0
    assert counted["total"] <= 1  # the other one is the bystander's
    assert all(sum(one.values()) == counted["total"] for one in numbers)
    assert (counted["mean_importance"] is not None) == seen
    return bool(seen)


@door("tool memory_history", opened_by="own", by_identifier=True)
async def history(visit: Visit) -> bool:
    (former,) = (await visit.tool("memory_history", memory_id=visit.target.id))["result"]
    return visit.target.former in former["content"]


@door("tool memory_version", opened_by="own", by_identifier=True)
async def version(visit: Visit) -> bool:
    former = await visit.tool("memory_version", memory_id=visit.target.id, version=1)
    return visit.target.former in former["content"]


@door("tool memory_grants", opened_by="own", by_identifier=True)
async def grants(visit: Visit) -> bool:
    return bool((await visit.tool("memory_grants", memory_id=visit.target.id))["result"])


@door("tool memory_store", opened_by="own", changes=True, gives=["access_level"])
async def store(visit: Visit) -> bool:
    about = {"namespace": visit.target.namespace, "access_level": "private"}
    stored = await visit.tool("memory_store", content=visit.target.text, **about)
    return bool(stored["duplicate"] or stored["id"] == visit.target.id)


@door("tool memory_store_many", opened_by="own", changes=True)
async def store_many(visit: Visit) -> bool:
    new = {"content": visit.target.text, "namespace": visit.target.namespace}
    (stored,) = (await visit.tool("memory_store_many", memories=[new]))["result"]
    return bool(stored["duplicate"] or stored["id"] == visit.target.id)


@door("tool memory_update", opened_by="write", by_identifier=True, changes=True)
async def update(visit: Visit) -> bool:
    before = await visit.row()
    try:
        await visit.tool("memory_update", memory_id=visit.target.id, content="Changed.", tags=["changed"])
    finally:
        after = await visit.row()
        assert after is None or before is None or (after.content == "Changed.") == (after.version > before.version)
    return after is not None and after.content == "Changed."


@door(
    "tool memory_update", "who may read it", opened_by="own", by_identifier=True, changes=True, gives=["access_level"]
)
async def update_level(visit: Visit) -> bool:
    other = "team" if visit.target.situation is None or visit.target.situation.level != "team" else "private"
    await visit.tool("memory_update", memory_id=visit.target.id, access_level=other)
    after = await visit.row()
    return after is not None and after.access_level == other


@door("tool memory_update", "how long it lives", opened_by="own", by_identifier=True, changes=True)
async def update_lifetime(visit: Visit) -> bool:
    await visit.tool("memory_update", memory_id=visit.target.id, ttl_days=1)
    after = await visit.row()
    return after is not None and after.expires_at is not None


@door("tool memory_update", "of another version", opened_by=None, by_identifier=True, changes=True)
async def update_stale(visit: Visit) -> bool:
    await visit.tool("memory_update", memory_id=visit.target.id, content="Changed.", expected_version=99)
    return True


@door("tool memory_delete", opened_by="delete", by_identifier=True, changes=True)
async def delete(visit: Visit) -> bool:
    await visit.tool("memory_delete", memory_id=visit.target.id)
    after = await visit.row()
    return after is not None and after.deleted_at is not None


@door("tool memory_restore", opened_by="restore", by_identifier=True, changes=True)
async def restore(visit: Visit) -> bool:
    await visit.tool("memory_restore", memory_id=visit.target.id)
    after = await visit.row()
    return after is not None and after.deleted_at is None and after.archived_at is None


@door("tool memory_share", opened_by="own", by_identifier=True, changes=True, gives=["permission"])
async def share(visit: Visit) -> bool:
    await visit.tool("memory_share", memory_id=visit.target.id, agent_id=GUEST.agent_id, permission="read")
    return GUEST.agent_id in await visit.grants()


@door("tool memory_share", "more to oneself", opened_by=None, by_identifier=True, changes=True, gives=["permission"])
async def share_with_oneself(visit: Visit) -> bool:
    before = await visit.grants()
    await visit.tool("memory_share", memory_id=visit.target.id, agent_id=visit.caller.name, permission="delete")
    return await visit.grants() != before


@door("tool memory_unshare", opened_by="own", by_identifier=True, changes=True)
async def unshare(visit: Visit) -> bool:
    await visit.tool("memory_unshare", memory_id=visit.target.id, agent_id="far-reader")
    return "far-reader" not in await visit.grants()


@door("resource memory://{memory_id}", opened_by="read", by_identifier=True)
async def resource_memory(visit: Visit) -> bool:
    return visit.target.text in await visit.read(f"memory://{visit.target.id}")


@door("resource memory://namespace/{namespace}", opened_by="read")
async def resource_namespace(visit: Visit) -> bool:
    return visit.target.id in await visit.read(f"memory://namespace/{visit.target.namespace}")


@door("resource memory://tag/{namespace}/{tag}", opened_by="read")
async def resource_tag(visit: Visit) -> bool:
    text = await visit.read(f"memory://tag/{visit.target.namespace}/{visit.target.tag}")
    return visit.target.id in text or '"total":0' not in text


@door("completion of memory_id in resource memory://{memory_id}", opened_by="read")
async def complete_identifier(visit: Visit) -> bool:
    values = await visit.complete("memory://{memory_id}", "memory_id", visit.target.id[:-4])
    return visit.target.id in values


@door("completion of namespace in resource memory://namespace/{namespace}", opened_by="read")
async def complete_namespace(visit: Visit) -> bool:
    values = await visit.complete("memory://namespace/{namespace}", "namespace", visit.target.namespace[:-1])
    return visit.target.namespace in values


@door("completion of namespace in resource memory://tag/{namespace}/{tag}", opened_by="read")
async def complete_namespace_of_tag(visit: Visit) -> bool:
    return visit.target.namespace in await visit.complete("memory://tag/{namespace}/{tag}", "namespace", "")


@door("completion of tag in resource memory://tag/{namespace}/{tag}", opened_by="read")
async def complete_tag(visit: Visit) -> bool:
    place = visit.target.namespace
    return visit.target.tag in await visit.complete("memory://tag/{namespace}/{tag}", "tag", "TAG", namespace=place)


@door("prompt recall", opened_by="read")
async def recall(visit: Visit) -> bool:
    await visit.world.understand()
    return visit.target.id in await visit.prompt("recall", topic=visit.target.word, namespace=visit.target.namespace)


@door("completion of namespace in prompt recall", opened_by="read")
async def complete_namespace_to_recall(visit: Visit) -> bool:
    return visit.target.namespace in await visit.complete("recall", "namespace", "home")


@door("prompt store_lessons", opened_by=None)
async def store_lessons(visit: Visit) -> bool:
    return visit.target.id in await visit.prompt("store_lessons", namespace=visit.target.namespace)


@door("completion of namespace in prompt store_lessons", opened_by="read")
async def complete_namespace_to_store(visit: Visit) -> bool:
    return visit.target.namespace in await visit.complete("store_lessons", "namespace", "")


@door("completion of tag in prompt store_lessons", opened_by="read")
async def complete_tag_to_store(visit: Visit) -> bool:
    values = await visit.complete("store_lessons", "tag", "", namespace=visit.target.namespace)
    return visit.target.tag in values


@door("completion of session in prompt store_lessons", opened_by="own")
async def complete_session(visit: Visit) -> bool:
    return visit.target.session in await visit.complete("store_lessons", "session", "talk")
