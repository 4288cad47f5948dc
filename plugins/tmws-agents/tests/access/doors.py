"""Every door of the plugin: one small function each, which says whether its caller saw or changed what is called for.

A new tool, resource, prompt, completion, command, route or health check needs an entry here; `test_access_matrix.py`
fails without it. Name it as the test's message says, give the kind of thing that it leads to and the right that opens
it (None when it stays shut for everybody), and return whether the caller has seen, or changed, `visit.target`. A door
with several ways in has several entries, told apart after the name.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team

from .situations import Kind, Right
from .world import GUEST, Visit

Reach = Callable[[Visit], Awaitable[bool]]


@dataclass(frozen=True)
class Door:
    """A door.

    Attributes:
        name: its kind and its name.
        way: which of several ways through it this is.
        kind: what it leads to.
        opened_by: the right that opens it; None when it stays shut for everybody.
        by_name: whether it is asked for one thing, so that it must answer as for one that never was.
        changes: whether it may change the target, so that each caller gets one of its own.
        reach: goes through it, and says whether the caller saw or changed the target.
    """

    name: str
    way: str
    kind: Kind
    opened_by: Right | None
    by_name: bool
    changes: bool
    reach: Reach

    def __str__(self) -> str:
        return f"{self.name} ({self.way})" if self.way else self.name


DOORS: list[Door] = []


def door(
    name: str, way: str = "", *, kind: Kind, opened_by: Right | None, by_name: bool = False, changes: bool = False
) -> Callable[[Reach], Reach]:
    """Declare what goes through a door."""

    def declare(reach: Reach) -> Reach:
        DOORS.append(Door(name, way, kind, opened_by, by_name, changes, reach))
        return reach

    return declare


@door("tool agent_whoami", kind="agent", opened_by="be")
async def whoami(visit: Visit) -> bool:
    return bool((await visit.tool("agent_whoami"))["agent_id"] == visit.target.agent)


@door("tool agent_get", kind="agent", opened_by="see", by_name=True)
async def agent_get(visit: Visit) -> bool:
    return bool((await visit.tool("agent_get", agent_id=visit.target.agent))["display_name"] == visit.target.word)


@door("tool agent_search", "by name", kind="agent", opened_by="see")
async def agent_search(visit: Visit) -> bool:
    page = await visit.tool("agent_search", query=visit.target.word.upper())
    assert page["total"] == len(page["agents"])
    return bool(page["total"])


@door("tool agent_search", "by capability", kind="agent", opened_by="see")
async def agent_search_by_capability(visit: Visit) -> bool:
    return bool((await visit.tool("agent_search", capabilities=[visit.target.word]))["agents"])


@door("tool agent_search", "by namespace", kind="agent", opened_by="see")
async def agent_search_by_namespace(visit: Visit) -> bool:
    page = await visit.tool("agent_search", namespace=visit.target.namespace, status="any")
    return [one["agent_id"] for one in page["agents"]] == [visit.target.agent]


@door("tool agent_recommend", kind="agent", opened_by="see")
async def agent_recommend(visit: Visit) -> bool:
    found = (await visit.tool("agent_recommend", task=f"something with {visit.target.word}"))["result"]
    return [one["agent_id"] for one in found] == [visit.target.agent]


@door("tool agent_stats", kind="agent", opened_by="see", by_name=True)
async def agent_stats(visit: Visit) -> bool:
    return bool((await visit.tool("agent_stats", agent_id=visit.target.agent))["agent_id"] == visit.target.agent)


@door("tool agent_register", kind="namespace", opened_by="change", by_name=True, changes=True)
async def agent_register(visit: Visit) -> bool:
    new = f"new-{visit.target.number}"
    await visit.tool("agent_register", agent_id=new, namespace=visit.target.namespace)
    return await visit.row(Agent, Agent.agent_id, new) is not None


@door("tool agent_register", "of a name that is taken", kind="agent", opened_by=None)
async def agent_register_again(visit: Visit) -> bool:
    place = f"own{visit.target.number}{visit.caller.name}"
    await visit.tool("namespace_create", namespace=place)
    await visit.tool("agent_register", agent_id=visit.target.agent, namespace=place)
    return True


@door("tool agent_update", kind="agent", opened_by="change", by_name=True, changes=True)
async def agent_update(visit: Visit) -> bool:
    await visit.tool("agent_update", agent_id=visit.target.agent, display_name="Changed")
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.display_name == "Changed"


@door("tool agent_update", "before everybody", kind="agent", opened_by="govern", by_name=True, changes=True)
async def agent_update_level(visit: Visit) -> bool:
    await visit.tool("agent_update", agent_id=visit.target.agent, access_level="system")
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.default_access_level == "system"


@door("tool agent_move", kind="agent", opened_by="administer", by_name=True, changes=True)
async def agent_move(visit: Visit) -> bool:
    await visit.tool("agent_move", agent_id=visit.target.agent, namespace=visit.target.spare)
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.namespace == visit.target.spare


@door("tool agent_move", "to the namespace of others", kind="agent", opened_by="govern", by_name=True, changes=True)
async def agent_move_away(visit: Visit) -> bool:
    await visit.tool("agent_move", agent_id=visit.target.agent, namespace=visit.target.foreign)
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.namespace == visit.target.foreign


@door("tool agent_deactivate", kind="agent", opened_by="change", by_name=True, changes=True)
async def agent_deactivate(visit: Visit) -> bool:
    await visit.tool("agent_deactivate", agent_id=visit.target.agent)
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.status == "inactive"


@door("tool agent_deactivate", "as suspended", kind="agent", opened_by="govern", by_name=True, changes=True)
async def agent_suspend(visit: Visit) -> bool:
    await visit.tool("agent_deactivate", agent_id=visit.target.agent, status="suspended")
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.status == "suspended"


@door("tool agent_activate", kind="agent", opened_by="administer", changes=True)
async def agent_activate(visit: Visit) -> bool:
    await visit.stop(Agent, Agent.agent_id, status="inactive")
    await visit.tool("agent_activate", agent_id=visit.target.agent)
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.status == "active"


@door("tool agent_activate", "after a suspension", kind="agent", opened_by="govern", changes=True)
async def agent_forgive(visit: Visit) -> bool:
    await visit.stop(Agent, Agent.agent_id, status="suspended")
    await visit.tool("agent_activate", agent_id=visit.target.agent)
    after = await visit.row(Agent, Agent.agent_id, visit.target.agent)
    return after is not None and after.status == "active"


@door("tool agent_switch", kind="agent", opened_by="see", by_name=True)
async def agent_switch(visit: Visit) -> bool:
    await visit.tool("agent_switch", agent_id=visit.target.agent)
    connection = visit.call.connection
    return connection is not None and connection.principal.agent_id == visit.target.agent


@door("tool namespace_create", "of a name that is taken", kind="namespace", opened_by=None)
async def namespace_create(visit: Visit) -> bool:
    await visit.tool("namespace_create", namespace=visit.target.namespace)
    return True


@door("tool namespace_create", "with a quota", kind="namespace", opened_by="govern", changes=True)
async def namespace_create_with_room(visit: Visit) -> bool:
    place = f"own{visit.target.number}"
    await visit.tool("namespace_create", namespace=place, max_teams=3)
    return await visit.row(Namespace, Namespace.namespace, place) is not None


@door("tool namespace_get", kind="namespace", opened_by="see", by_name=True)
async def namespace_get(visit: Visit) -> bool:
    found = await visit.tool("namespace_get", namespace=visit.target.namespace)
    return bool(found["description"] == visit.target.word)


@door("tool namespace_list", kind="namespace", opened_by="see")
async def namespace_list(visit: Visit) -> bool:
    names: list[str] = []
    cursor = None
    while True:
        page = await visit.tool("namespace_list", limit=100, **({} if cursor is None else {"cursor": cursor}))
        names += [one["namespace"] for one in page["namespaces"]]
        cursor = page["next_cursor"]
        if cursor is None:
            assert page["total"] == len(names)
            return visit.target.namespace in names


@door("tool namespace_update", kind="namespace", opened_by="change", by_name=True, changes=True)
async def namespace_update(visit: Visit) -> bool:
    await visit.tool("namespace_update", namespace=visit.target.namespace, description="changed")
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and after.description == "changed"


@door("tool namespace_update", "whose it is", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_give_away(visit: Visit) -> bool:
    await visit.tool("namespace_update", namespace=visit.target.namespace, owner=GUEST)
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and after.owner_agent_id == GUEST


@door("tool namespace_update", "its room", kind="namespace", opened_by="govern", by_name=True, changes=True)
async def namespace_room(visit: Visit) -> bool:
    await visit.tool("namespace_update", namespace=visit.target.namespace, max_agents=7)
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and after.max_agents == 7


@door("tool namespace_member_set", kind="namespace", opened_by="change", by_name=True, changes=True)
async def namespace_member_set(visit: Visit) -> bool:
    await visit.tool("namespace_member_set", namespace=visit.target.namespace, agent_id=GUEST)
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and GUEST in after.member_agents


@door("tool namespace_member_set", "as administrator", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_admin_set(visit: Visit) -> bool:
    name = visit.target.namespace
    await visit.tool("namespace_member_set", namespace=name, agent_id=GUEST, position="admin")
    after = await visit.row(Namespace, Namespace.namespace, name)
    return after is not None and GUEST in after.admin_agents


@door("tool namespace_member_set", "oneself, for more", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_admin_oneself(visit: Visit) -> bool:
    name, caller = visit.target.namespace, visit.call.principal.agent_id
    before = await visit.row(Namespace, Namespace.namespace, name)
    await visit.tool("namespace_member_set", namespace=name, agent_id=caller, position="admin")
    after = await visit.row(Namespace, Namespace.namespace, name)
    return before is not None and after is not None and after.admin_agents != before.admin_agents


@door("tool namespace_member_remove", kind="namespace", opened_by="change", by_name=True, changes=True)
async def namespace_member_remove(visit: Visit) -> bool:
    name = visit.target.namespace
    who = "nobody-special" if visit.caller.name == "member" else "member"
    await visit.tool("namespace_member_remove", namespace=name, agent_id=who)
    after = await visit.row(Namespace, Namespace.namespace, name)
    return after is not None and "member" not in after.member_agents


@door("tool namespace_member_remove", "an administrator", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_admin_remove(visit: Visit) -> bool:
    name = visit.target.namespace
    await visit.stop(Namespace, Namespace.namespace, admin_agents=["admin", GUEST])
    await visit.tool("namespace_member_remove", namespace=name, agent_id=GUEST)
    after = await visit.row(Namespace, Namespace.namespace, name)
    return after is not None and after.admin_agents == ["admin"]


@door("tool namespace_deactivate", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_deactivate(visit: Visit) -> bool:
    await visit.tool("namespace_deactivate", namespace=visit.target.namespace)
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and not after.is_active


@door("tool namespace_activate", kind="namespace", opened_by="own", by_name=True, changes=True)
async def namespace_activate(visit: Visit) -> bool:
    if await visit.row(Namespace, Namespace.namespace, visit.target.namespace) is not None:
        await visit.stop(Namespace, Namespace.namespace, is_active=False)
    await visit.tool("namespace_activate", namespace=visit.target.namespace)
    after = await visit.row(Namespace, Namespace.namespace, visit.target.namespace)
    return after is not None and after.is_active


@door("tool team_create", kind="namespace", opened_by="see", by_name=True, changes=True)
async def team_create(visit: Visit) -> bool:
    new = f"new-{visit.target.number}"
    await visit.tool("team_create", team_id=new, namespace=visit.target.namespace)
    return await visit.row(Team, Team.team_id, new) is not None


@door("tool team_get", kind="team", opened_by="see", by_name=True)
async def team_get(visit: Visit) -> bool:
    return bool((await visit.tool("team_get", team_id=visit.target.team))["team_name"] == visit.target.word)


@door("tool team_list", kind="team", opened_by="see")
async def team_list(visit: Visit) -> bool:
    page = await visit.tool("team_list", namespace=visit.target.namespace)
    assert page["total"] == len(page["teams"])
    return visit.target.team in [one["team_id"] for one in page["teams"]]


@door("tool team_update", kind="team", opened_by="change", by_name=True, changes=True)
async def team_update(visit: Visit) -> bool:
    await visit.tool("team_update", team_id=visit.target.team, team_name="Changed")
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and after.team_name == "Changed"


@door("tool team_update", "who leads it", kind="team", opened_by="change", by_name=True, changes=True)
async def team_lead(visit: Visit) -> bool:
    await visit.tool("team_update", team_id=visit.target.team, leader=GUEST)
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and after.leader_agent_id == GUEST


@door("tool team_member_set", kind="team", opened_by="change", by_name=True, changes=True)
async def team_member_set(visit: Visit) -> bool:
    await visit.tool("team_member_set", team_id=visit.target.team, agent_id=GUEST)
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and GUEST in after.members


@door("tool team_member_remove", kind="team", opened_by="change", by_name=True, changes=True)
async def team_member_remove(visit: Visit) -> bool:
    await visit.stop(Team, Team.team_id, members=["leader", "teammate", GUEST])
    await visit.tool("team_member_remove", team_id=visit.target.team, agent_id=GUEST)
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and after.members == ["leader", "teammate"]


@door("tool team_deactivate", kind="team", opened_by="change", by_name=True, changes=True)
async def team_deactivate(visit: Visit) -> bool:
    await visit.tool("team_deactivate", team_id=visit.target.team)
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and not after.is_active


@door("tool team_activate", kind="team", opened_by="change", by_name=True, changes=True)
async def team_activate(visit: Visit) -> bool:
    await visit.stop(Team, Team.team_id, is_active=False)
    await visit.tool("team_activate", team_id=visit.target.team)
    after = await visit.row(Team, Team.team_id, visit.target.team)
    return after is not None and after.is_active


@door("tool persona_create", "for an agent", kind="agent", opened_by="change", by_name=True, changes=True)
async def persona_create(visit: Visit) -> bool:
    new = f"new-{visit.target.number}"
    said = {"name": new, "description": "x", "role": "auditor", "prompt": "x"}
    await visit.tool("persona_create", agent_id=visit.target.agent, **said)
    return await visit.row(Persona, Persona.name, new) is not None


@door("tool persona_get", kind="persona", opened_by="see", by_name=True)
async def persona_get(visit: Visit) -> bool:
    return visit.target.word in (await visit.tool("persona_get", name=visit.target.persona))["prompt"]


@door("tool persona_list", kind="persona", opened_by="see")
async def persona_list(visit: Visit) -> bool:
    names: list[str] = []
    for active in (True, False):
        page = await visit.tool("persona_list", role="auditor", active=active, limit=100)
        names += [one["name"] for one in page["personas"]]
    return visit.target.persona in names


@door("tool persona_route", kind="persona", opened_by="use")
async def persona_route(visit: Visit) -> bool:
    found = await visit.tool("persona_route", task=f"something with {visit.target.word}")
    return [one["name"] for one in found["personas"]] == [visit.target.persona]


@door("tool persona_update", kind="persona", opened_by="change", by_name=True, changes=True)
async def persona_update(visit: Visit) -> bool:
    await visit.tool("persona_update", name=visit.target.persona, prompt="Changed")
    after = await visit.row(Persona, Persona.name, visit.target.persona)
    return after is not None and after.markdown_source == "Changed"


@door("tool persona_update", "to a foreign agent", kind="persona", opened_by=None, by_name=True, changes=True)
async def persona_give_away(visit: Visit) -> bool:
    if visit.caller.governs:
        return False  # it may
    await visit.tool("persona_update", name=visit.target.persona, agent_id="bystander")
    return True


@door("tool persona_deactivate", kind="persona", opened_by="change", by_name=True, changes=True)
async def persona_deactivate(visit: Visit) -> bool:
    await visit.tool("persona_deactivate", name=visit.target.persona)
    after = await visit.row(Persona, Persona.name, visit.target.persona)
    return after is not None and not after.is_active


@door("tool persona_activate", kind="persona", opened_by="change", by_name=True, changes=True)
async def persona_activate(visit: Visit) -> bool:
    await visit.tool("persona_activate", name=visit.target.persona)
    after = await visit.row(Persona, Persona.name, visit.target.persona)
    return after is not None and after.is_active


@door("prompt persona", kind="persona", opened_by="use", by_name=True)
async def prompt_persona(visit: Visit) -> bool:
    return visit.target.word in await visit.prompt("persona", name=visit.target.persona, task="x")


@door("resource persona://{name}", kind="persona", opened_by="see", by_name=True)
async def resource_persona(visit: Visit) -> bool:
    return visit.target.word in await visit.read(f"persona://{visit.target.persona}")


@door("completion of name in prompt persona", kind="persona", opened_by="use")
async def completion_in_prompt(visit: Visit) -> bool:
    return await visit.complete("persona", "name", visit.target.persona[:-1]) == [visit.target.persona]


@door("completion of name in resource persona://{name}", kind="persona", opened_by="use")
async def completion_in_resource(visit: Visit) -> bool:
    return await visit.complete("persona://{name}", "name", visit.target.persona[:-1]) == [visit.target.persona]


@door("health check agents", kind="agent", opened_by=None)
async def health(visit: Visit) -> bool:
    return visit.target.agent in await visit.check("agents")
