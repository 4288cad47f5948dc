"""What happens around every call, whichever door it comes through."""

import asyncio
import math
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from tmws_core.call import Call, Kind
from tmws_core.client_model import AnswerAwaitedError
from tmws_core.clock import Clock
from tmws_core.context import Context
from tmws_core.contributions import Tool, Witness
from tmws_core.events import Event
from tmws_core.execution import Execution
from tmws_core.failures import for_the_caller
from tmws_core.list_changes import LISTS, ListChange
from tmws_core.principal import Principal
from tmws_core.tool_errors import InvalidArguments, PermissionDenied, ToolError
from tmws_core.unit_of_work import UnitOfWork

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from tmws_core.host import Host

__all__ = ["Call", "Pipeline", "authorise", "to_its_end"]

Result = TypeVar("Result")

INPUT_REQUIRED = "input_required"
CANCELLED = "cancelled"


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
        return await self._call(Execution(call, "tool", name), arguments)

    async def call_within(
        self, call: Call, unit_of_work: UnitOfWork, name: str, arguments: dict[str, Any]
    ) -> dict[str, Any]:
        """Call a tool from within another call, in its transaction where that is one for writing."""
        offered = self._application.catalogue.tool(name)
        joined = unit_of_work if offered.tool.read_only or not unit_of_work.read_only else None
        return await self._call(Execution(call, "tool", name, joined), arguments)

    async def run(
        self,
        call: Call,
        name: str,
        scope: str | None,
        work: Callable[[Context], Awaitable[Result]],
        *,
        read_only: bool,
        limited: bool = True,
        kind: Kind | None = None,
        rate_limit: str | None = None,
    ) -> Result:
        """Run what is no tool - a resource, prompt, method, route, command or health check - with the same care.

        Args:
            call: who calls, and how.
            name: what it is called, for the log.
            scope: what the caller must be allowed to do; None for what the server does of itself.
            work: takes the context.
            read_only: whether its transaction is a reading one.
            limited: whether it may take no longer than a tool; a person who waits for a command can stop it.
            kind: what it is, for the witnesses and observers; None for what the server does of itself.
            rate_limit: how often one caller may call it; what has a kind and a limit of time counts as a call, too.

        Raises:
            ToolError: whatever went wrong, in words for the caller; nothing was written.
        """
        execution = Execution(call, kind, name)

        async def authorised() -> Result:
            if scope is not None:
                authorise(call.principal, scope, name)
            if kind is not None and limited:
                self._application.rate_limits.count(call, kind, name, rate_limit)
            return await self._translated(name, self._in_transaction(execution, work, read_only, limited=limited))

        return await self._observed(execution, authorised())

    async def _call(self, execution: Execution, arguments: dict[str, Any]) -> dict[str, Any]:
        return await self._observed(execution, self._checked(execution, arguments))

    async def _observed(self, execution: Execution, running: Coroutine[Any, Any, Result]) -> Result:
        outcome = "ok"
        try:
            return await running
        except ToolError as raised:
            outcome = raised.code
            raise
        except asyncio.CancelledError:
            outcome = CANCELLED
            raise
        except (AnswerAwaitedError, BaseExceptionGroup):  # a group of tasks of which one awaits an answer
            outcome = INPUT_REQUIRED
            raise
        finally:
            self._tell(execution, outcome)

    async def _checked(self, execution: Execution, arguments: dict[str, Any]) -> dict[str, Any]:
        call, tool = execution.call, self._application.catalogue.tool(execution.name).tool
        authorise(call.principal, tool.scope, tool.name)
        if not call.continued:
            self._application.rate_limits.count(call, "tool", tool.name, tool.rate_limit)
        validated = _validate(tool, arguments)

        async def work(context: Context) -> dict[str, Any]:
            return tool.structured(await tool.function(context, **validated))

        return await self._translated(tool.name, self._in_transaction(execution, work, tool.read_only))

    async def _in_transaction(
        self,
        execution: Execution,
        work: Callable[[Context], Awaitable[Result]],
        read_only: bool,
        *,
        limited: bool = True,
    ) -> Result:
        application, call, joined = self._application, execution.call, execution.joined
        unit_of_work = joined or self._begin(execution, read_only)
        clock = Clock(application.settings.core.tool_seconds if limited else math.inf)
        context = Context(
            application,
            call.principal,
            unit_of_work,
            name=execution.name,
            report_progress=call.report_progress,
            ask_model=call.ask_model,
            clock=clock,
            continued=call.continued,
            client=call.client,
            connection=call.connection,
        )
        if joined is not None:
            async with joined.part(execution.name):
                return await work(context)
        try:
            async with clock:
                result = await work(context)
            if unit_of_work.opened:
                await to_its_end(unit_of_work.commit())
        finally:
            if unit_of_work.opened:
                await to_its_end(unit_of_work.close())
        if unit_of_work.next_principal is not None and call.connection is not None:
            call.connection.principal = unit_of_work.next_principal
            application.announce(ListChange(frozenset(LISTS), connection=call.connection))
        for change in unit_of_work.list_changes:
            application.announce(change)
        for event, details in unit_of_work.published:
            application.tell(Event(event, call.principal, details))
        return result

    def _begin(self, execution: Execution, read_only: bool) -> UnitOfWork:
        """A unit of work of its own; a writing one that somebody is told of has the witnesses."""
        execution.unit_of_work = unit_of_work = UnitOfWork(self._application.database, read_only=read_only)
        witnesses = self._application.catalogue.witnesses
        if witnesses and not read_only and execution.kind is not None:
            unit_of_work.before_commit = partial(_bear_witness, witnesses, execution, execution.kind, unit_of_work)
        return unit_of_work

    def _tell(self, execution: Execution, outcome: str) -> None:
        """Tell the observers of a call; of a part of another, when it is known whether the whole was committed."""
        if execution.kind is None:
            return
        event, unit_of_work = execution.event(execution.kind, outcome), execution.unit_of_work
        if execution.joined is not None:
            execution.joined.parts.append(event)
            return
        for part in unit_of_work.parts if unit_of_work is not None else ():
            part.details["witnessed"] = event.details["witnessed"] and part.details["outcome"] == "ok"
            self._application.tell(part)
        self._application.tell(event)

    async def _translated(self, name: str, running: Coroutine[Any, Any, Result]) -> Result:
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
            raise for_the_caller(name, error) from error


async def to_its_end(work: Coroutine[Any, Any, None]) -> None:
    """Wait for work that must not be torn off, such as a commit; a cancellation takes effect after it."""
    task = asyncio.ensure_future(work)
    try:
        await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait([task])
        raise


def _bear_witness(
    witnesses: Sequence[Witness], execution: Execution, kind: Kind, unit_of_work: UnitOfWork, session: "Session"
) -> None:
    act = execution.act(kind, unit_of_work)
    for witness in witnesses:
        witness.function(session, act)


def authorise(principal: Principal, scope: str, name: str) -> None:
    """Refuse a principal that does not hold a scope.

    Raises:
        PermissionDenied: it does not; the text names the principal, the scope and what it is needed for.
    """
    if not principal.may(scope):
        raise PermissionDenied(
            f"{principal.agent_id or 'somebody unknown'!r} may not call {name}: it needs the scope {scope!r}",
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
