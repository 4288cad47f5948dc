"""Several agents act at random, and after each act everybody sees exactly what a small model says.

The model keeps memories as plain objects and knows the rule of the access levels; it knows no database.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import count
from pathlib import Path
from shutil import copy
from typing import Any, ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, initialize, precondition, rule, run_state_machine_as_test
from sqlalchemy import update
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.columns import utc_now
from tmws_core.pipeline import Call
from tmws_core.settings import Settings
from tmws_core.tool_errors import NotFound, PermissionDenied
from tmws_memory.models.sharing import Sharing

LEVELS = ("private", "team", "shared", "public", "system")
GRANTED = {"read": 1, "write": 2, "delete": 3}


@dataclass
class Remembered:
    """A memory in the model.

    Attributes:
        owner: whose it is; an index into the agents.
        level: its access level.
        word: a word that no other memory has; it changes with the text.
        grants: for an agent, what it may do; what has ended is not there.
        deleted: whether it is deleted.
        id: what the server calls it.
    """

    owner: int
    level: str
    word: str
    id: str = ""
    grants: dict[int, str] = field(default_factory=dict)
    ended: set[int] = field(default_factory=set)
    deleted: bool = False

    def agent(self, step: int) -> int:
        """The owner, or another agent so many further."""
        return (self.owner + step) % 4

    def power(self, agent: int) -> int:
        """What an agent may do: 0 nothing, 1 read, 2 write, 3 delete, 4 everything."""
        if agent == self.owner:
            return 4
        open_to_it = self.level in ("public", "system") or (self.level == "team" and agent % 2 == self.owner % 2)
        granted = GRANTED[self.grants[agent]] if agent in self.grants and self.level != "private" else 0
        return max(granted, int(open_to_it))


class Acts(RuleBasedStateMachine):
    """Four agents, two in each of two namespaces; all memories are in the namespace of their owner."""

    runner: ClassVar[asyncio.Runner]
    application: ClassVar[Application]
    rounds: ClassVar["count[int]"] = count()
    memories = Bundle("memories")
    agents = st.integers(0, 3)
    others = st.integers(1, 3)
    """How far an agent is from the owner of a memory."""
    steps = st.sampled_from([0, 0, 0, 1, 2, 3])
    """The same, and the owner itself half of the time: what it may do leads on."""

    @initialize()
    def make_agents_known(self) -> None:
        number = next(Acts.rounds)
        self.known: list[Remembered] = []
        self.words = count()
        self.principals = [
            Principal(f"agent{agent}-{number}", f"place{agent % 2}-{number}", frozenset({"*"})) for agent in range(4)
        ]

        def work(session: Session) -> None:
            for principal in self.principals:
                ensure_registered(session, principal)

        self.runner.run(self.application.database.transaction(work, read_only=False))

    @rule(target=memories, owner=agents, level=st.sampled_from(LEVELS))
    def store(self, owner: int, level: str) -> Remembered:
        memory = self.stored(owner, level)
        self.everybody_sees(memory)
        return memory

    @rule(target=memories, owner=agents, away=others, permission=st.sampled_from(list(GRANTED)))
    def store_and_share(self, owner: int, away: int, permission: str) -> Remembered:
        memory = self.stored(owner, "private")
        self.granted(memory, owner, memory.agent(away), permission)
        self.everybody_sees(memory)
        return memory

    @rule(memory=memories, step=steps)
    def change(self, memory: Remembered, step: int) -> None:
        caller = memory.agent(step)
        word = f"word{next(self.words)}x"
        with self.allowed(memory, caller, 2):
            self.call(caller, "memory_update", memory_id=memory.id, content=f"The {word}.")
            memory.word = word
        self.everybody_sees(memory)

    @rule(memory=memories, step=steps, level=st.sampled_from(LEVELS))
    def set_level(self, memory: Remembered, step: int, level: str) -> None:
        caller = memory.agent(step)
        if level == memory.level and memory.power(caller) >= 2:
            return  # nothing would change, which needs no more than to be allowed to write
        with self.allowed(memory, caller, 4):
            self.call(caller, "memory_update", memory_id=memory.id, access_level=level)
            memory.level = level
        self.everybody_sees(memory)

    @rule(memory=memories, step=steps, away=others, permission=st.sampled_from(list(GRANTED)))
    def share(self, memory: Remembered, step: int, away: int, permission: str) -> None:
        caller, other = memory.agent(step), memory.agent(away)
        with self.allowed(memory, caller, 4):
            self.granted(memory, caller, other, permission)
        self.everybody_sees(memory)

    @precondition(lambda self: any(memory.grants for memory in self.known))
    @rule(data=st.data())
    def a_grant_ends(self, data: st.DataObject) -> None:
        memory = data.draw(st.sampled_from([memory for memory in self.known if memory.grants]))
        other = data.draw(st.sampled_from(sorted(memory.grants)))
        del memory.grants[other]
        memory.ended.add(other)
        over = utc_now() - timedelta(seconds=1)
        grant = (Sharing.memory_id == memory.id) & (Sharing.shared_with_agent_id == self.principals[other].agent_id)

        def work(session: Session) -> None:
            session.execute(update(Sharing).where(grant).values(expires_at=over))

        self.runner.run(self.application.database.transaction(work, read_only=False))
        self.everybody_sees(memory)

    @precondition(lambda self: any(memory.grants or memory.ended for memory in self.known))
    @rule(data=st.data(), step=steps)
    def take_back(self, data: st.DataObject, step: int) -> None:
        memory = data.draw(st.sampled_from([memory for memory in self.known if memory.grants or memory.ended]))
        caller, other = memory.agent(step), data.draw(st.sampled_from(sorted({*memory.grants, *memory.ended})))
        with self.allowed(memory, caller, 4):
            name = self.principals[other].agent_id
            self.call(caller, "memory_unshare", memory_id=memory.id, agent_id=name)
            memory.grants.pop(other, None)
            memory.ended.discard(other)
            alone = memory.level == "shared" and not memory.grants and not memory.ended
            memory.level = "private" if alone else memory.level
        self.everybody_sees(memory)

    @rule(memory=memories, step=steps)
    def delete(self, memory: Remembered, step: int) -> None:
        caller = memory.agent(step)
        with self.allowed(memory, caller, 3):
            self.call(caller, "memory_delete", memory_id=memory.id)
            memory.deleted = True
        self.everybody_sees(memory)

    @rule(memory=memories, step=steps)
    def restore(self, memory: Remembered, step: int) -> None:
        caller = memory.agent(step)
        if caller == memory.owner and memory.deleted:
            self.call(caller, "memory_restore", memory_id=memory.id)
            memory.deleted = False
        else:
            assert self.refusal(caller, "memory_restore", memory_id=memory.id) is NotFound
        self.everybody_sees(memory)

    @rule(memory=memories, caller=agents)
    def list_and_count(self, memory: Remembered, caller: int) -> None:
        place = self.principals[memory.owner].namespace
        seen = {one.id for one in self.known if one.owner % 2 == memory.owner % 2 and self.sees(one, caller)}
        page = self.call(caller, "memory_list", namespace=place, limit=100)
        assert ({one["id"] for one in page["memories"]}, page["total"]) == (seen, len(seen))
        assert self.call(caller, "memory_stats", namespace=place)["total"] == len(seen)

    def stored(self, owner: int, level: str) -> Remembered:
        memory = Remembered(owner, level, f"word{next(self.words)}x")
        memory.id = self.call(owner, "memory_store", content=f"The {memory.word}.", access_level=level)["id"]
        self.known.append(memory)
        return memory

    def granted(self, memory: Remembered, caller: int, other: int, permission: str) -> None:
        name = self.principals[other].agent_id
        self.call(caller, "memory_share", memory_id=memory.id, agent_id=name, permission=permission)
        if memory.level == "private":  # what was granted before does not come back
            memory.grants.clear()
            memory.ended.clear()
        memory.grants[other] = permission
        memory.ended.discard(other)
        memory.level = "shared" if memory.level == "private" else memory.level

    def everybody_sees(self, memory: Remembered) -> None:
        """Each agent gets and finds a memory, or does not, as the model says."""
        place = self.principals[memory.owner].namespace
        for agent in range(4):
            seen = self.sees(memory, agent)
            assert self.refusal(agent, "memory_get", memory_id=memory.id) is (None if seen else NotFound)
            found = self.call(agent, "memory_search", query=memory.word, namespace=place)["hits"]
            assert [hit["memory"]["id"] for hit in found] == [memory.id] * seen

    def sees(self, memory: Remembered, agent: int) -> bool:
        return not memory.deleted and memory.power(agent) > 0

    @contextmanager
    def allowed(self, memory: Remembered, caller: int, least: int) -> Iterator[None]:
        """What follows goes through for those with enough power; the others hear as much as they may see."""
        expected: type[Exception] | None = None
        if not self.sees(memory, caller):
            expected = NotFound
        elif memory.power(caller) < least:
            expected = PermissionDenied
        try:
            yield
        except (NotFound, PermissionDenied) as error:
            assert type(error) is expected
        else:
            assert expected is None

    def refusal(self, agent: int, tool: str, **arguments: object) -> type[Exception] | None:
        try:
            self.call(agent, tool, **arguments)
        except (NotFound, PermissionDenied) as error:
            return type(error)
        return None

    def call(self, agent: int, tool: str, /, **arguments: object) -> dict[str, Any]:
        calling = self.application.pipeline.call_tool(Call(self.principals[agent], "mcp"), tool, arguments)
        answer: dict[str, Any] = self.runner.run(calling)
        return answer


def test_after_any_acts_everybody_sees_what_the_rule_says(sqlite_template: Path, tmp_path: Path) -> None:
    file = tmp_path / "tmws.db"
    copy(sqlite_template, file)
    environment = {"TMWS_MEMORY_EMBEDDINGS": "false", "TMWS_SQLITE_SYNCHRONOUS": "NORMAL"}
    values = {"plugins": "agents,memory", "strict": True, "rate_limit": "1000000/second"}
    application = Application(Settings(environment, home=tmp_path, database_url=f"sqlite:///{file}", **values))

    with asyncio.Runner() as runner:
        runner.run(application.__aenter__())
        try:
            bounded = settings(
                max_examples=30,
                stateful_step_count=20,
                deadline=None,
                derandomize=True,
                suppress_health_check=list(HealthCheck),
            )
            machine = type("ActsHere", (Acts,), {"runner": runner, "application": application})
            run_state_machine_as_test(machine, settings=bounded)
        finally:
            runner.run(application.__aexit__(None, None, None))
