"""What happens around every call, whichever door it comes through."""

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from tmws_core.catalogue import OfferedTool
from tmws_core.client_model import AnswerAwaitedError, AskModel, no_model
from tmws_core.clock import Clock
from tmws_core.context import Context, ReportProgress, no_progress
from tmws_core.contributions import Tool
from tmws_core.events import Event
from tmws_core.identifiers import new_identifier
from tmws_core.principal import Principal
from tmws_core.tool_errors import (
    AlreadyChanged,
    InternalError,
    InvalidArguments,
    PermissionDenied,
    StorageFull,
    ToolError,
)
from tmws_core.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from tmws_core.host import Host

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

INPUT_REQUIRED = "input_required"


@dataclass(frozen=True)
class Call:
    """Someone asks for something.

    Attributes:
        principal: who.
        surface: through which door: `mcp`, `http`, `cli`, or `tool` for a call from another tool.
        report_progress: where progress goes.
        ask_model: asks the model of whoever calls.
        continued: it goes on with a call that was counted already and then had to ask.
    """

    principal: Principal
    surface: str
    report_progress: ReportProgress = no_progress
    ask_model: AskModel = no_model
    continued: bool = False


class Pipeline:
    """Authorise, limit, validate, run in one transaction, tell the observers."""

    def __init__(self, application: "Host") -> None:
        self._application = application

    async def call_tool(self, call: Call, name: str, arguments: dict[str, Any]) -> dict[str, Any]:
        """Call a tool.

        Args:
            call: who calls, and how.
            name: the tool's name.
            arguments: the arguments as they came, not yet validated.

        Returns:
            The structured result, an object that the tool's output schema describes.

        Raises:
            ToolError: whatever went wrong, in words for the caller; nothing was written.
        """
        return await self._observed(call, name, arguments, None)

    async def call_within(
        self,
        principal: Principal,
        unit_of_work: UnitOfWork,
        name: str,
        arguments: dict[str, Any],
        *,
        ask_model: AskModel,
        continued: bool,
    ) -> dict[str, Any]:
        """Call a tool from within another call, in its transaction where that is one for writing."""
        offered = self._application.catalogue.tool(name)
        joined = unit_of_work if offered.tool.read_only or not unit_of_work.read_only else None
        call = Call(principal, "tool", ask_model=ask_model, continued=continued)
        return await self._observed(call, name, arguments, joined)

    async def run(
        self,
        call: Call,
        name: str,
        scope: str | None,
        work: Callable[[Context], Awaitable[Result]],
        *,
        read_only: bool,
        limited: bool = True,
    ) -> Result:
        """Run something that is not a tool - a resource, prompt, route, command or health check - with the same care.

        Args:
            call: who calls, and how.
            name: what it is called, for the log.
            scope: what the caller must be allowed to do; None for what the server does of itself.
            work: takes the context.
            read_only: whether its transaction is a reading one.
            limited: whether it may take no longer than a tool; a person who waits for a command can stop it.

        Raises:
            ToolError: whatever went wrong, in words for the caller; nothing was written.
        """
        if scope is not None:
            _authorise(call.principal, scope, name)
        running = self._in_transaction(call, name, work, read_only, None, limited=limited)
        return await self._translated(name, running)

    async def _observed(
        self, call: Call, name: str, arguments: dict[str, Any], joined: UnitOfWork | None
    ) -> dict[str, Any]:
        started = time.perf_counter()
        outcome = "ok"
        try:
            return await self._checked(call, self._application.catalogue.tool(name), arguments, joined)
        except ToolError as raised:
            outcome = raised.code
            raise
        except (AnswerAwaitedError, BaseExceptionGroup):  # a group of tasks of which one awaits an answer
            outcome = INPUT_REQUIRED
            raise
        finally:
            self._application.tell(
                Event(
                    "tool.called",
                    call.principal,
                    {
                        "tool": name,
                        "surface": call.surface,
                        "outcome": outcome,
                        "milliseconds": (time.perf_counter() - started) * 1000,
                    },
                )
            )

    async def _checked(
        self, call: Call, offered: OfferedTool, arguments: dict[str, Any], joined: UnitOfWork | None
    ) -> dict[str, Any]:
        tool = offered.tool
        _authorise(call.principal, tool.scope, tool.name)
        if not call.continued:
            self._application.rate_limits.count(call.principal.agent_id, tool.name, tool.rate_limit)
        validated = _validate(tool, arguments)

        async def work(context: Context) -> dict[str, Any]:
            return tool.structured(await tool.function(context, **validated))

        return await self._translated(tool.name, self._in_transaction(call, tool.name, work, tool.read_only, joined))

    async def _in_transaction(
        self,
        call: Call,
        name: str,
        work: Callable[[Context], Awaitable[Result]],
        read_only: bool,
        joined: UnitOfWork | None,
        *,
        limited: bool = True,
    ) -> Result:
        application = self._application
        unit_of_work = joined or UnitOfWork(application.database, read_only=read_only)
        clock = Clock(application.settings.core.tool_seconds if limited else math.inf)
        context = Context(
            application,
            call.principal,
            unit_of_work,
            name=name,
            report_progress=call.report_progress,
            ask_model=call.ask_model,
            clock=clock,
            continued=call.continued,
        )
        if joined is not None:
            async with joined.part():
                return await work(context)
        try:
            async with clock:
                result = await work(context)
            await to_its_end(unit_of_work.commit())
        finally:
            await to_its_end(unit_of_work.close())
        for event, details in unit_of_work.published:
            application.tell(Event(event, call.principal, details))
        return result

    async def _translated(self, name: str, running: Awaitable[Result]) -> Result:
        try:
            return await running
        except ToolError:
            raise
        except TimeoutError as error:
            limit = self._application.settings.core.tool_seconds
            raise ToolError(
                f"{name} took longer than {limit:g} s and was stopped", hint="nothing was written; ask for less"
            ) from error
        except (Exception, SystemExit) as error:  # a tool that calls sys.exit must not end the server
            raise _for_the_caller(name, error) from error


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work that must not be torn off, such as a commit; a cancellation takes effect after it."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _authorise(principal: Principal, scope: str, name: str) -> None:
    if not principal.may(scope):
        raise PermissionDenied(
            f"{principal.agent_id!r} may not call {name}: it needs the scope {scope!r}",
            hint="ask the operator for it",
            details={"scope": scope},
        )


def _validate(tool: Tool, arguments: dict[str, Any]) -> dict[str, Any]:
    try:
        model = tool.arguments.model_validate(arguments)
    except ValidationError as error:
        faults = [
            {"argument": ".".join(map(str, fault["loc"])), "fault": fault["msg"]}
            for fault in error.errors(include_url=False, include_input=False, include_context=False)
        ]
        told = "; ".join(f"{fault['argument'] or 'arguments'}: {fault['fault']}" for fault in faults)
        raise InvalidArguments(f"{tool.name}: {told}", details={"faults": faults}) from error
    return {name: getattr(model, name) for name in type(model).model_fields}


def _for_the_caller(name: str, error: BaseException) -> ToolError:
    from sqlalchemy.exc import DBAPIError  # imported by the first failure at the latest, by the first session usually
    from sqlalchemy.orm.exc import StaleDataError

    if isinstance(error, StaleDataError):
        return AlreadyChanged("somebody else has changed it in the meantime", hint="read it again, then change it")
    if isinstance(error, DBAPIError) and _says_that_the_disk_is_full(error.orig):
        return StorageFull("the disk is full; nothing was written", hint="make room on the server's disk")
    number = new_identifier()
    logger.error("%s failed (%s)", name, number, exc_info=error)
    return InternalError(
        f"{name} failed for a reason that is not yours", hint=f"the server's log tells it under {number}"
    )


def _says_that_the_disk_is_full(error: BaseException | None) -> bool:
    """SQLite's result code SQLITE_FULL, or the SQLSTATE disk_full (PostgreSQL, appendix A)."""
    return getattr(error, "sqlite_errorname", "") == "SQLITE_FULL" or getattr(error, "sqlstate", "") == "53100"
