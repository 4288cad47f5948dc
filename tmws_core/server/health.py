"""Whether the server lives, and whether it can work."""

import asyncio
from collections.abc import Awaitable, Callable
from http import HTTPStatus

from sqlalchemy import select
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from tmws_core.application import Application
from tmws_core.context import Context
from tmws_core.contributions import HealthCheck
from tmws_core.pipeline import Call
from tmws_core.tool_errors import ToolError


class Health:
    """Answers `/healthz` and `/readyz`."""

    def __init__(self, application: Application) -> None:
        self._application = application

    @property
    def routes(self) -> list[Route]:
        """The two routes."""
        return [
            Route("/healthz", self.live, methods=["GET"]),
            Route("/readyz", self.ready, methods=["GET"]),
        ]

    async def live(self, _request: Request) -> JSONResponse:
        """Answer that the process is alive."""
        return JSONResponse({"status": "alive"})

    async def ready(self, _request: Request) -> JSONResponse:
        """Answer 200 when the database answers and every health check passes, else 503 with the reasons."""
        reasons = await self.reasons_against()
        if reasons:
            return JSONResponse({"status": "not ready", "reasons": reasons}, HTTPStatus.SERVICE_UNAVAILABLE)
        return JSONResponse({"status": "ready"})

    async def reasons_against(self) -> dict[str, str]:
        """Why the server cannot work, by what is concerned; empty when it can."""
        questions = {
            f"{plugin}.{check.name}": self._ask(check)
            for plugin, checks in self._application.catalogue.health_checks.items()
            for check in checks
        }
        answers = await asyncio.gather(self._ask_database(), *questions.values())
        return {name: reason for name, reason in zip(("database", *questions), answers, strict=True) if reason}

    async def _ask_database(self) -> str:
        async def work(context: Context) -> str:
            await context.session.execute(select(1))
            return ""

        return await self._reason("database", work)

    async def _ask(self, check: HealthCheck) -> str:
        async def work(context: Context) -> str:
            try:
                await check.function(context)
            except Exception as error:  # a check says with any exception that things are not well, and why
                return str(error) or type(error).__name__
            return ""

        return await self._reason(check.name, work)

    async def _reason(self, name: str, work: Callable[[Context], Awaitable[str]]) -> str:
        call = Call(self._application.local_principal, "http")
        try:
            return await self._application.pipeline.run(call, name, None, work, read_only=True)
        except ToolError as error:
            return str(error)
