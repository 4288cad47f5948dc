"""A server with skills in every situation, and a record of every answer that it gives."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from uuid import uuid4

from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Context, Principal, PromptPage, ResourcePage
from tmws_core.application import Application
from tmws_core.contributions import Prompt, Resource
from tmws_core.pipeline import Call
from tmws_core.tool_errors import NotFound, ToolError
from tmws_skills import versions
from tmws_skills.models.skill import Skill
from tmws_skills.models.skill_sharing import SkillSharing
from tmws_skills.models.skill_version import SkillVersion

from .situations import CALLERS, ELSEWHERE, Caller, Situation
from .target import Target, created, written

GUEST = Principal("guest", ELSEWHERE)
BYSTANDER = "bystander"


@dataclass
class World:
    """A running server, what is in it, what it was asked with, and what it let slip."""

    application: Application
    scopes: frozenset[str]
    targets: list[Target] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    given: set[str] = field(default_factory=set)
    _numbers: "count[int]" = field(default_factory=count)

    async def open(self) -> None:
        """Make the agents known."""

        def register(session: Session) -> None:
            for caller in CALLERS:
                if caller.registered:
                    ensure_registered(session, caller.principal("home", frozenset()))
            ensure_registered(session, GUEST)
            ensure_registered(session, Principal(BYSTANDER, "home"))

        await self.application.database.transaction(register, read_only=False)

    def nothing(self) -> Target:
        """A skill that never was."""
        number = f"{next(self._numbers):04d}x"
        kinds = ("home", "name", "word", "secret", "hidden", "tag", "note", "need", "former")
        home, name, word, secret, hidden, tag, note, need, former = (f"{kind}{number}" for kind in kinds)
        return Target(str(uuid4()), home, name, word, secret, hidden, tag, note, need, former)

    async def write(self, situations: Sequence[Situation]) -> list[Target]:
        """New skills of the owner, shared with whom the table says, each in a namespace with one of a bystander."""
        planned = [replace(self.nothing(), situation=situation) for situation in situations]
        besides = [replace(self.nothing(), namespace=target.namespace, owned=False) for target in planned]

        def work(session: Session) -> list[Target]:
            owned = [replace(target, id=written(session, target)) for target in planned]
            return owned + [replace(target, id=self._beside(session, target)) for target in besides]

        self.targets += await self.application.database.transaction(work, read_only=False)
        return self.targets[-2 * len(planned) : -len(planned)]

    def visit(self, caller: Caller, target: Target) -> "Visit":
        """A caller who tries to reach a skill."""
        return Visit(self, caller, target, Call(caller.principal(target.namespace, self.scopes), "mcp"))

    def heard(self, caller: Caller, asked: object, answer: str) -> None:
        """Write down what an answer tells of skills that its caller may not see, beyond what was asked."""
        question = json.dumps(asked, default=str)
        for target in self.targets:
            told = [word for word in target.hidden_from(caller) if word in answer and word not in question]
            if told:
                self.slips.append(f"{caller.name} asked {question[:200]} and heard {told} of a {target.situation} one")

    def _beside(self, session: Session, target: Target) -> str:
        owner = Principal(BYSTANDER, target.namespace)
        return created(session, owner, target, target.skill_md, "private").id


@dataclass(frozen=True)
class Visit:
    """One caller, one skill, and every way to it."""

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

    async def as_owner(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Have the owner call a tool, to prepare something; what it hears is its own."""
        owner = CALLERS[0].principal(self.target.namespace, frozenset({"*"}))
        return await self.world.application.pipeline.call_tool(Call(owner, "mcp"), name, arguments)

    async def try_tool(self, name: str, /, **arguments: object) -> None:
        """Call a tool beforehand, as far as the caller may."""
        try:
            await self.world.application.pipeline.call_tool(self.call, name, arguments)
        except NotFound:
            return

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

    async def listed_prompts(self) -> list[str]:
        """The names of the prompts that the plugin lists for the caller, all pages."""
        (lister,) = self.world.application.catalogue.prompt_listers
        names: list[str] = []
        cursor: str | None = None
        while True:
            page: PromptPage = await self._run("prompts", lister.scope, lister.function, {"cursor": cursor})
            names += [one.name for one in page.prompts]
            cursor = page.next_cursor
            if cursor is None:
                return names

    async def listed_prompt(self, name: str) -> str:
        """Pick a prompt that the plugin lists."""
        (lister,) = self.world.application.catalogue.prompt_listers
        return str(await self._run(name, lister.scope, lister.get, {"name": name, "arguments": {}}))

    async def listed_resources(self) -> list[str]:
        """The URIs of the resources that the plugin lists for the caller, all pages."""
        (lister,) = self.world.application.catalogue.resource_listers
        uris: list[str] = []
        cursor: str | None = None
        while True:
            page: ResourcePage = await self._run("resources", lister.scope, lister.function, {"cursor": cursor})
            uris += [one.uri for one in page.resources]
            cursor = page.next_cursor
            if cursor is None:
                return uris

    async def listed_tools(self) -> list[str]:
        """The names of the tools that the plugin shows to the caller besides those of the profile."""
        (lister,) = self.world.application.catalogue.tool_listers
        return list(await self._run("tools", lister.scope, lister.function, {}))

    async def method(self, name: str, **parameters: object) -> Any:  # noqa: ANN401 -- whatever the method returns
        """Call a method of an extension of MCP; its result as JSON."""
        method = self.world.application.catalogue.methods[name]
        result = await self._run(name, method.scope, method.function, parameters)
        return result.model_dump(mode="json", by_alias=True, exclude_none=True)

    async def complete(self, place: str, argument: str, typed: str, **chosen: str) -> list[str]:
        """Type the beginning of an argument of a prompt, by its name, or of a resource, by its URI."""
        catalogue = self.world.application.catalogue
        offered: list[Prompt | Resource] = [*catalogue.prompts.values(), *catalogue.resources]
        (found,) = (one for one in offered if place in (one.name, getattr(one, "uri", "")))
        given = {"typed": typed, "chosen": chosen}

        async def complete(context: Context, typed: str, chosen: Mapping[str, str]) -> list[str]:
            return list(await found.completions[argument](context, typed, chosen))

        values: list[str] = await self._run(place, found.scope, complete, given)
        return values

    async def command(self, name: str, **arguments: object) -> object:
        """Run a command."""
        self.world.given.update(arguments)
        (command,) = (one for one in self.world.application.catalogue.commands["skills"] if one.name == name)
        return await self._run(name, command.scope, command.function, arguments, read_only=False)

    async def check(self, name: str) -> str:
        """Ask a health check."""
        checks = self.world.application.catalogue.health_checks["skills"]
        (found,) = (one for one in checks if one.function.__name__ == name)
        return str(await self._run(name, None, found.function, {}))

    async def row(self) -> Skill:
        """The skill as the database has it."""
        async with self.world.application.database.session(read_only=True) as session:
            return await session.get_one(Skill, self.target.id)

    async def version(self) -> SkillVersion:
        """Its active version as the database has it."""

        def work(session: Session) -> SkillVersion:
            return versions.active(session, session.get_one(Skill, self.target.id))

        return await self.world.application.database.transaction(work, read_only=True)

    async def shares(self) -> dict[str, str]:
        """With whom the skill is shared, and for what."""

        def work(session: Session) -> dict[str, str]:
            found = session.scalars(select(SkillSharing).where(SkillSharing.skill_id == self.target.id))
            return {one.agent_id: one.permission for one in found}

        return await self.world.application.database.transaction(work, read_only=True)

    async def _run(
        self,
        name: str,
        scope: str | None,
        function: Callable[..., Awaitable[Any]],
        arguments: Mapping[str, Any],
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
