"""A server with agents, namespaces, teams and personas in every situation, and a record of every answer it gives."""

import json
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Any, TypeVar

from sqlalchemy import select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from tmws_agents.models.agent import Agent
from tmws_agents.models.namespace import Namespace
from tmws_agents.models.persona import Persona
from tmws_agents.models.team import Team
from tmws_agents.registration import ensure_registered
from tmws_core import Context, Principal
from tmws_core.application import Application
from tmws_core.connection import Connection
from tmws_core.contributions import Prompt, Resource
from tmws_core.pipeline import Call
from tmws_core.rate_limits import RateLimits
from tmws_core.tool_errors import ToolError

from .situations import CALLERS, ELSEWHERE, Caller, Situation, rights

GUEST = "guest"
"""An agent that everybody sees."""
Row = TypeVar("Row", Agent, Namespace, Persona, Team)


@dataclass(frozen=True)
class Target:
    """Something that somebody tries to reach, with what is around it; nothing else has any of these words.

    Attributes:
        number: what tells it from others.
        situation: what it is; None when it never was.
    """

    number: str
    situation: Situation | None = None

    @property
    def agent(self) -> str:
        return f"agent{self.number}"

    @property
    def namespace(self) -> str:
        return f"home{self.number}"

    @property
    def spare(self) -> str:
        """Another namespace, which the same ones own and administer."""
        return f"spare{self.number}"

    @property
    def foreign(self) -> str:
        """A namespace of somebody else."""
        return f"foreign{self.number}"

    @property
    def team(self) -> str:
        return f"team{self.number}"

    @property
    def persona(self) -> str:
        return f"persona{self.number}"

    @property
    def word(self) -> str:
        """A word that is said of what is called for alone."""
        return f"word{self.number}"

    @property
    def name(self) -> str:
        """The name of what is called for."""
        assert self.situation is not None
        return str(getattr(self, self.situation.kind))


@dataclass
class World:
    """A running server, what is in it, and what it let slip."""

    application: Application
    scopes: frozenset[str]
    targets: list[Target] = field(default_factory=list)
    slips: list[str] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    async def open(self) -> None:
        """Make the agents known."""

        def register(session: Session) -> None:
            for caller in CALLERS:
                if caller.registered and caller.name != "itself":
                    ensure_registered(session, Principal(caller.name, ELSEWHERE))
            ensure_registered(session, Principal("bystander", ELSEWHERE))
            session.add(Agent(agent_id=GUEST, display_name="Guest", namespace=ELSEWHERE, default_access_level="public"))

        await self.application.database.transaction(register, read_only=False)

    def nothing(self, situation: Situation | None = None) -> Target:
        """What never was."""
        return Target(f"{next(self._numbers):04d}x", situation)

    async def prepare(self, situations: Sequence[Situation]) -> list[Target]:
        """New targets, one in each situation."""
        new = [self.nothing(situation) for situation in situations]

        def work(session: Session) -> None:
            for target in new:
                _add(session, target)

        await self.application.database.transaction(work, read_only=False)
        self.targets += new
        return new

    def visit(self, caller: Caller, target: Target) -> "Visit":
        """A caller who tries to reach a target."""
        principal = caller.principal(target.agent, target.namespace, self.scopes)
        return Visit(self, caller, target, Call(principal, "mcp", connection=Connection(principal)))

    def heard(self, visit: "Visit", asked: object, answer: str) -> None:
        """Write down what an answer tells of targets that its caller may not see, beyond what was asked."""
        question = json.dumps(asked, default=str)
        for target in self.targets:
            assert target.situation is not None
            seen = rights(visit.caller, target.situation)
            if visit.caller.name in ("itself", "resident") and target is not visit.target:
                seen = rights(Caller("stranger"), target.situation)
            if not seen and target.word in answer and target.word not in question:
                self.slips.append(f"{visit.caller.name} asked {question[:200]} and heard of {target.situation}")


@dataclass(frozen=True)
class Visit:
    """One caller, one target, and every way to it."""

    world: World
    caller: Caller
    target: Target
    call: Call

    async def tool(self, name: str, /, **arguments: object) -> dict[str, Any]:
        """Call a tool."""
        application = self.world.application
        application.rate_limits = RateLimits(application.settings.core.rate_limit)
        answer: dict[str, Any] = await self._heard(
            [name, arguments], application.pipeline.call_tool(self.call, name, arguments)
        )
        return answer

    async def read(self, uri: str) -> str:
        """Read a resource."""
        for resource in self.world.application.catalogue.resources:
            variables = resource.variables_in(uri)
            if variables is not None:
                return str(await self._run(uri, resource.scope, resource.function, variables))
        raise LookupError(uri)

    async def prompt(self, picked: str, /, **arguments: str) -> str:
        """Pick a prompt."""
        prompt = self.world.application.catalogue.prompts[picked]
        return str(await self._run(picked, prompt.scope, prompt.function, arguments))

    async def complete(self, place: str, argument: str, typed: str) -> list[str]:
        """Type the beginning of an argument of a prompt, by its name, or of a resource, by its URI."""
        catalogue = self.world.application.catalogue
        offered: list[Prompt | Resource] = [*catalogue.prompts.values(), *catalogue.resources]
        (found,) = (one for one in offered if place in (getattr(one, "uri", one.name), getattr(one, "uri", "")))

        async def complete(context: Context, typed: str) -> list[str]:
            return list(await found.completions[argument](context, typed, {}))

        values: list[str] = await self._run(place, found.scope, complete, {"typed": typed})
        return values

    async def check(self, name: str) -> str:
        """Ask a health check."""
        checks = self.world.application.catalogue.health_checks["agents"]
        (found,) = (one for one in checks if one.function.__name__ == name)
        return str(await self._run(name, None, found.function, {}))

    async def row(self, model: type[Row], column: InstrumentedAttribute[str], name: str) -> Row | None:
        """A row as the database has it."""
        async with self.world.application.database.session(read_only=True) as session:
            return (await session.scalars(select(model).where(column == name))).first()

    async def stop(self, model: type[Row], column: InstrumentedAttribute[str], **values: object) -> None:
        """Put the target out of use, behind the server's back."""
        await self.world.application.database.transaction(
            lambda session: session.execute(update(model).where(column == self.target.name).values(values)),
            read_only=False,
        )

    async def _run(
        self, name: str, scope: str | None, function: Callable[..., Awaitable[Any]], arguments: dict[str, Any]
    ) -> Any:  # noqa: ANN401 -- whatever it returns
        async def work(context: Context) -> Any:  # noqa: ANN401 -- see above
            return await function(context, **arguments)

        running = self.world.application.pipeline.run(self.call, name, scope, work, read_only=True)
        return await self._heard([name, arguments], running)

    async def _heard(self, asked: object, running: Awaitable[Any]) -> Any:  # noqa: ANN401 -- see above
        try:
            answer = await running
        except ToolError as error:
            self.world.heard(self, asked, json.dumps(error.as_json(), default=str))
            raise
        self.world.heard(self, asked, answer if isinstance(answer, str) else json.dumps(answer, default=str))
        return answer


def _add(session: Session, target: Target) -> None:
    situation = target.situation
    assert situation is not None

    def word(kind: str) -> str:
        return target.word if situation.kind == kind else "nothing"

    rules = {"owner_agent_id": "owner", "admin_agents": ["admin"], "member_agents": ["member"]}
    session.add(Namespace(namespace=target.namespace, description=word("namespace"), **rules))
    session.add(Namespace(namespace=target.spare, **rules))
    session.add(Namespace(namespace=target.foreign, owner_agent_id="bystander"))
    session.flush()
    session.add(
        Agent(
            agent_id=target.agent,
            display_name=word("agent"),
            namespace=target.namespace,
            capabilities=[word("agent")],
            default_access_level=situation.level,
        )
    )
    session.flush()
    session.add(
        Team(
            team_id=target.team,
            team_name=word("team"),
            shared_namespace=target.namespace,
            leader_agent_id="leader",
            members=["leader", "teammate"],
        )
    )
    session.add(
        Persona(
            name=target.persona,
            type="probe",
            role="auditor",
            display_name=word("persona"),
            description=word("persona"),
            markdown_source=f"{word('persona')}: {{task}}",
            trigger_words=[word("persona")],
            agent_id=None if situation.state == "orphaned" else target.agent,
            is_system=situation.state == "system",
            is_active=situation.state != "put away",
        )
    )
