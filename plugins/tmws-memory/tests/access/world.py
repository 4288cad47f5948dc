"""A server with memories in every situation, and a record of every answer that it gives."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.contributions import Prompt, Resource
from tmws_core.pipeline import Call
from tmws_core.tool_errors import ToolError
from tmws_memory.models.memory import Memory
from tmws_memory.models.sharing import Sharing
from tmws_memory.settings import MemorySettings
from tmws_memory.state import MemoryState

from .situations import CALLERS, ELSEWHERE, Caller, Situation
from .target import Target, remembered, stored

GUEST = Principal("guest", ELSEWHERE)
BYSTANDER = "bystander"


@dataclass
class World:
    """A running server, what is in it, what it was asked with, and what it let slip."""

    application: Application
    scopes: frozenset[str]
    targets: list[Target] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    surrounded: list[Target] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)
    _understood: bool = False

    async def open(self) -> None:
        """Make the agents known."""

        def register(session: Session) -> None:
            for caller in CALLERS:
                if caller.registered:
                    ensure_registered(session, caller.principal("home", frozenset()))
            ensure_registered(session, GUEST)

        await self.application.database.transaction(register, read_only=False)

    def nothing(self) -> Target:
        """A memory that never was."""
        number = f"{next(self._numbers):04d}x"
        home, word, secret, tag, talk, former = (
            f"{kind}{number}" for kind in ("home", "word", "secret", "tag", "talk", "former")
        )
        return Target(str(uuid4()), home, word, secret, tag, talk, former)

    async def remember(self, situations: Sequence[Situation]) -> list[Target]:
        """New memories of the owner, granted to whom the table says, each in a namespace with one of a bystander."""
        settings = self.application.settings.section(MemorySettings)
        planned = [replace(self.nothing(), situation=situation) for situation in situations]
        besides = [replace(self.nothing(), namespace=target.namespace, owned=False) for target in planned]

        def work(session: Session) -> list[Target]:
            owned = [replace(target, id=remembered(session, target, settings)) for target in planned]
            return owned + [replace(target, id=stored(session, BYSTANDER, target, "private").id) for target in besides]

        self.targets += await self.application.database.transaction(work, read_only=False)
        return self.targets[-2 * len(planned) : -len(planned)]

    async def understand(self) -> None:
        """Embed what there is, so that it is found by its meaning too."""
        if not self._understood:
            self._understood = True
            await self.application.state(MemoryState).worker.finish()

    def visit(self, caller: Caller, target: Target) -> "Visit":
        """A caller who tries to reach a memory."""
        return Visit(self, caller, target, Call(caller.principal(target.namespace, self.scopes), "mcp"))

    def heard(self, caller: Caller, asked: object, answer: str) -> None:
        """Write down what an answer tells of memories that its caller may not see, beyond what was asked."""
        question = json.dumps(asked, default=str)
        for target in self.targets:
            told = [word for word in target.hidden_from(caller) if word in answer and word not in question]
            if told:
                self.slips.append(f"{caller.name} asked {question[:200]} and heard {told} of a {target.situation} one")


@dataclass(frozen=True)
class Visit:
    """One caller, one memory, and every way to it."""

    world: World
    caller: Caller
    target: Target
    call: Call

    async def tool(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Call a tool."""
        self.world.given.update(arguments)
        calling = self.world.application.pipeline.call_tool(self.call, name, arguments)
        answer: dict[str, Any] = await self._heard([name, arguments, self.call.principal.namespace], calling)
        return answer

    async def read(self, uri: str) -> str:
        """Read a resource."""
        for resource in self.world.application.catalogue.resources:
            variables = resource.variables_in(uri)
            if variables is not None:
                return str(await self._run(uri, resource.scope, resource.function, variables))
        raise LookupError(uri)

    async def prompt(self, name: str, **arguments: str) -> str:
        """Pick a prompt."""
        prompt = self.world.application.catalogue.prompts[name]
        return str(await self._run(name, prompt.scope, prompt.function, arguments))

    async def complete(self, place: str, argument: str, typed: str, **chosen: str) -> list[str]:
        """Type the beginning of an argument of a prompt, by its name, or of a resource, by its URI."""
        catalogue = self.world.application.catalogue
        offered: list[Prompt | Resource] = [*catalogue.prompts.values(), *catalogue.resources]
        (found,) = (one for one in offered if place in (one.name, getattr(one, "uri", "")))
        given = {"typed": typed, "chosen": chosen}

        async def complete(context: Context, typed: str, chosen: dict[str, str]) -> list[str]:
            return list(await found.completions[argument](context, typed, chosen))

        values: list[str] = await self._run(place, found.scope, complete, given)
        return values

    async def command(self, name: str, **arguments: object) -> object:
        """Run a command."""
        self.world.given.update(arguments)
        (command,) = (one for one in self.world.application.catalogue.commands["memory"] if one.name == name)
        return await self._run(name, command.scope, command.function, arguments, read_only=False)

    async def check(self, name: str) -> str:
        """Ask a health check."""
        checks = self.world.application.catalogue.health_checks["memory"]
        (found,) = (one for one in checks if one.function.__name__ == name)
        return str(await self._run(name, None, found.function, {}))

    async def row(self) -> Memory | None:
        """The memory as the database has it."""
        async with self.world.application.database.session(read_only=True) as session:
            return await session.get(Memory, self.target.id)

    async def grants(self) -> dict[str, str]:
        """To whom the memory is granted, and what."""

        def work(session: Session) -> dict[str, str]:
            found = session.scalars(select(Sharing).where(Sharing.memory_id == self.target.id))
            return {one.shared_with_agent_id: one.permission for one in found}

        return await self.world.application.database.transaction(work, read_only=True)

    async def _run(
        self,
        name: str,
        scope: str | None,
        function: Callable[..., Awaitable[Any]],
        arguments: dict[str, Any],
        read_only: bool = True,
    ) -> Any:  # noqa: ANN401 -- whatever it returns
        async def work(context: Context) -> Any:  # noqa: ANN401 -- see above
            return await function(context, **arguments)

        running = self.world.application.pipeline.run(self.call, name, scope, work, read_only=read_only)
        return await self._heard([name, arguments, self.call.principal.namespace], running)

    async def _heard(self, asked: object, running: Awaitable[Any]) -> Any:  # noqa: ANN401 -- see above
        try:
            answer = await running
        except ToolError as error:
            self.world.heard(self.caller, asked, json.dumps(error.as_json(), default=str))
            raise
        self.world.heard(self.caller, asked, answer if isinstance(answer, str) else json.dumps(answer, default=str))
        return answer
