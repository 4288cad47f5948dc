"""The skills as the benchmarks use them: what their tools, answers and arguments are called stands here alone."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tmws_core import Principal
from tmws_core.application import Application
from tmws_core.commands.startup import without_collection
from tmws_core.pipeline import Call
from tmws_core.rate_limits import RateLimits
from tmws_core.settings import Settings

LIST, SEARCH, ACTIVATE, DEACTIVATE = "skill_list", "skill_search", "skill_activate", "skill_deactivate"
CALLER = Principal("benchmark", "benchmark", frozenset({"*"}))
WITHOUT_MEANING, WITH_MEANING = "agents,skills", "agents,memory,skills"
"""The plugins that run: tmws-memory brings the embedder by which skills are found by meaning."""


@dataclass(frozen=True)
class NewSkill:
    """A skill that is to be in the catalogue.

    Attributes:
        name: its name.
        description: what it is for.
        instructions: what it says.
        tags: words to find it by.
    """

    name: str
    description: str
    instructions: str
    tags: Sequence[str]

    @property
    def text(self) -> str:
        """Its SKILL.md."""
        return f"---\nname: {self.name}\ndescription: {self.description}\n---\n\n{self.instructions}\n"


class Skills:
    """The skills of one caller in a running application, reached as an MCP client reaches them."""

    def __init__(self, application: Application) -> None:
        self._application = application
        self._call = Call(CALLER, "mcp")

    async def create_all(self, skills: Sequence[NewSkill]) -> None:
        """Create many in one transaction."""
        from sqlalchemy.orm import Session

        from tmws_skills.authoring import create
        from tmws_skills.draft import Draft
        from tmws_skills.format.package import Package

        def work(session: Session) -> None:
            for skill in skills:
                create(session, CALLER, Draft(Package(skill.text), CALLER.namespace, "team", skill.tags))

        await self._application.database.transaction(work, read_only=False)

    async def names(self, limit: int, cursor: str | None = None) -> tuple[list[str], str | None]:
        """A page of the catalogue, and the cursor of the next one."""
        answer = await self._called(LIST, limit=limit, token_budget=12_000, cursor=cursor)
        return [one["name"] for one in answer["skills"]], answer["next_cursor"]

    async def search(self, question: str, limit: int) -> list[str]:
        """The names of what is found, the best first."""
        answer = await self._called(SEARCH, query=question, limit=limit, token_budget=12_000)
        return [hit["skill"]["name"] for hit in answer["hits"]]

    async def meaning(self, question: str) -> str:
        """What a search says of how skills are found."""
        return str((await self._called(SEARCH, query=question))["meaning"])

    async def activate(self, name: str) -> bool:
        """Activate one; whether it was not active."""
        return not (await self._called(ACTIVATE, skill=name))["already_active"]

    async def deactivate(self, name: str) -> None:
        """End its use."""
        await self._called(DEACTIVATE, skill=name, outcome="succeeded", usefulness=1.0)

    def forget_calls(self) -> None:
        """Begin to count anew how often the caller has called: that is not what is measured."""
        self._application.rate_limits = RateLimits(self._application.settings.core.rate_limit)

    async def _called(self, tool: str, **arguments: Any) -> dict[str, Any]:
        return await self._application.pipeline.call_tool(self._call, tool, arguments)


@asynccontextmanager
async def opened(home: Path, plugins: str = WITHOUT_MEANING) -> AsyncIterator[Skills]:
    """An application with the skills and what they need, and a database of its own.

    Args:
        home: its home folder.
        plugins: the plugins that run.
    """
    core = {"plugins": plugins, "strict": True, "rate_limit": "1000000/second"}
    with without_collection():  # as the server starts
        unopened = Application(Settings({}, home=home, **core))
    async with unopened as application:
        yield Skills(application)
