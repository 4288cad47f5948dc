"""Agents that act at random through the real tools; after each act everybody is asked what it sees."""

import asyncio
from contextlib import suppress
from itertools import count
from pathlib import Path
from typing import Any, ClassVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from tests.isolation.oracle import AGENTS, OTHERS, Oracle, Remembered
from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.context import Context
from tmws_core.principal import Principal
from tmws_core.tool_errors import NotFound, PermissionDenied

LEVELS = st.sampled_from(("private", "team", "shared", "public"))
SCOPES = frozenset({"memory:read", "memory:write", "memory:share", "agents:read", "agents:write"})
OPERATOR = Principal("the-operator", "operators", frozenset({"*"}))


class Acts(RuleBasedStateMachine):
    """Four agents in two namespaces, and an operator."""

    runner: ClassVar[asyncio.Runner]
    application: ClassVar[Application]
    folder: ClassVar[Path]
    rounds: ClassVar["count[int]"] = count()
    agents = st.integers(0, OTHERS)
    others = st.integers(1, OTHERS)
    """How far an agent is from the owner of a memory."""

    @initialize()
    def begin(self) -> None:
        number = next(Acts.rounds)
        self.oracle, self.words = Oracle(), (f"w{number}x{one}y" for one in count())
        self.places = [f"place{namespace}-{number}" for namespace in range(2)]
        self.principals = [Principal(f"agent{one}-{number}", self.places[one % 2], SCOPES) for one in range(AGENTS)]
        for place in self.places:
            self.call(OPERATOR, "namespace_create", namespace=place)
        for one in self.principals:
            self.call(OPERATOR, "agent_register", agent_id=one.agent_id, namespace=one.namespace)
        for owner in range(2):
            self.remember(owner, "private", 2)
        first = self.oracle.memories[0]
        self.call(self.principals[0], "memory_share", memory_id=first.id, agent_id=self.principals[1].agent_id)
        first.share(1)

    @rule(owner=agents, level=LEVELS, steps=others)
    def store(self, owner: int, level: str, steps: int) -> None:
        """An agent stores something; sometimes another one does it in its name."""
        self.remember(owner, level, steps)

    def remember(self, owner: int, level: str, steps: int) -> None:
        memory = Remembered(owner, level, next(self.words))
        principal = self.switched(owner, steps) if steps == 1 else self.principals[owner]
        asleep = {owner, *([(owner + steps) % AGENTS] if steps == 1 else [])} & self.oracle.asleep
        try:
            answer = self.call(principal, "memory_store", content=f"The {memory.word}.", access_level=level)
        except PermissionDenied:
            assert asleep
            return
        assert not asleep
        memory.id = answer["id"]
        self.oracle.memories.append(memory)
        self.everybody_sees(memory)

    @precondition(lambda self: self.oracle.memories)
    @rule(data=st.data(), steps=others)
    def share(self, data: st.DataObject, steps: int) -> None:
        memory = data.draw(st.sampled_from(self.oracle.memories))
        other = (memory.owner + steps) % AGENTS
        name = self.principals[other].agent_id
        self.call(self.principals[memory.owner], "memory_share", memory_id=memory.id, agent_id=name)
        memory.share(other)
        self.everybody_sees(memory)

    @precondition(lambda self: any(one.granted for one in self.oracle.memories))
    @rule(data=st.data())
    def unshare(self, data: st.DataObject) -> None:
        memory = data.draw(st.sampled_from([one for one in self.oracle.memories if one.granted]))
        other = data.draw(st.sampled_from(sorted(memory.granted)))
        name = self.principals[other].agent_id
        self.call(self.principals[memory.owner], "memory_unshare", memory_id=memory.id, agent_id=name)
        memory.unshare(other)
        self.everybody_sees(memory)

    @precondition(lambda self: self.oracle.memories)
    @rule(data=st.data(), level=LEVELS)
    def set_level(self, data: st.DataObject, level: str) -> None:
        memory = data.draw(st.sampled_from(self.oracle.memories))
        self.call(self.principals[memory.owner], "memory_update", memory_id=memory.id, access_level=level)
        memory.level = level
        self.everybody_sees(memory)

    @rule(agent=agents)
    def deactivate_or_activate(self, agent: int) -> None:
        name = self.principals[agent].agent_id
        if agent in self.oracle.asleep:
            self.call(OPERATOR, "agent_activate", agent_id=name)
        else:
            self.call(OPERATOR, "agent_deactivate", agent_id=name)
        self.oracle.asleep ^= {agent}

    @rule(namespace=st.integers(0, 1), level=st.sampled_from(("private", "team", "public")))
    def register(self, namespace: int, level: str) -> None:
        name, place = next(self.words), self.places[namespace]
        self.call(OPERATOR, "agent_register", agent_id=name, namespace=place, access_level=level)
        self.oracle.registered[name] = (namespace, level)
        self.everybody_knows()

    @rule(agent=agents)
    def join_or_leave(self, agent: int) -> None:
        """An agent becomes a member of the other namespace, or is one no more."""
        namespace, name = 1 - agent % 2, self.principals[agent].agent_id
        if agent in self.oracle.members[namespace]:
            self.call(OPERATOR, "namespace_member_remove", namespace=self.places[namespace], agent_id=name)
        elif agent in self.oracle.asleep:
            return
        else:
            self.call(OPERATOR, "namespace_member_set", namespace=self.places[namespace], agent_id=name)
        self.oracle.members[namespace] ^= {agent}
        self.everybody_knows()

    @rule(agent=agents, steps=others)
    def export_and_list(self, agent: int, steps: int) -> None:
        """All that an agent can read, as a file and as lists, by itself and with another that acts for it."""
        wanted = {one.word for one in self.oracle.memories if one.read_by(agent)}
        for principal in (self.principals[agent], self.switched(agent, steps)):
            exported, listed = self.exported(principal), set[str]()
            for place in self.places:
                page = self.call(principal, "memory_list", namespace=place, limit=100)["memories"]
                listed |= {one["content"] for one in page}
            said = {one.word for one in self.oracle.memories if one.word in exported}
            assert (said, listed) == (wanted, {f"The {word}." for word in wanted})

    def everybody_sees(self, memory: Remembered) -> None:
        """Each agent gets and finds a memory, or does not, as the oracle says."""
        place = self.places[memory.owner % 2]
        for agent, principal in enumerate(self.principals):
            seen, got = memory.read_by(agent), False
            with suppress(NotFound):
                self.call(principal, "memory_get", memory_id=memory.id)
                got = True
            found = self.call(principal, "memory_search", query=memory.word, namespace=place)["hits"]
            assert (got, [hit["memory"]["id"] for hit in found]) == (seen, [memory.id] * seen)

    def everybody_knows(self) -> None:
        """Each agent sees the namespaces and agents that the oracle says."""
        for agent, principal in enumerate(self.principals):
            spaces = self.call(principal, "namespace_list", limit=100)["namespaces"]
            wanted = {place for number, place in enumerate(self.places) if self.oracle.belongs(agent, number)}
            assert {one["namespace"] for one in spaces} == wanted
            agents = self.call(principal, "agent_search", limit=100, query="w")["agents"]
            known = {one["agent_id"] for one in agents} & self.oracle.registered.keys()
            assert known == {other for other in self.oracle.registered if self.oracle.knows(agent, other)}

    def switched(self, agent: int, steps: int) -> Principal:
        """An agent, in whose name another acts."""
        principal = self.principals[agent]
        actor = self.principals[(agent + steps) % AGENTS].agent_id
        return Principal(principal.agent_id, principal.namespace, SCOPES, actor=actor)

    def exported(self, principal: Principal) -> str:
        """What the command writes into a file."""
        (export,) = (one for one in self.application.catalogue.commands["memory"] if one.name == "export")
        path = self.folder / f"{next(self.words)}.jsonl"

        async def work(context: Context) -> object:
            return await export.function(context, path=path, all_readable=True)

        call = Call(principal, "cli")
        running = self.application.pipeline.run(call, "export", export.scope, work, read_only=False, kind="command")
        self.runner.run(running)
        return path.read_text()

    def call(self, principal: Principal, tool: str, /, **arguments: object) -> dict[str, Any]:
        calling = self.application.pipeline.call_tool(Call(principal, "mcp"), tool, arguments)
        answer: dict[str, Any] = self.runner.run(calling)
        return answer
