"""Completion on MCP: what a person may go on typing for an argument of a prompt or a variable of a resource."""

from collections.abc import Awaitable, Callable, Collection, Sequence
from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from tmws_core.context import Context
from tmws_core.contributions import Prompt, PromptLister, Resource
from tmws_core.contributions.scoped import Scoped
from tmws_core.principal import Principal
from tmws_core.server.caller import Caller, Door, Request
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.mcp_prompts import unknown_prompt
from tmws_core.server.mcp_resources import unknown_resource
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.tool_errors import NotFound, ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application

METHOD = "completion/complete"
MOST_VALUES = 100


class CompletionHandlers:
    """Answers `completion/complete` from an application's catalogue."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with this handler."""
        server.add_request_handler(METHOD, types.CompleteRequestParams, self.complete)

    async def complete(self, request: Request, params: types.CompleteRequestParams) -> types.CompleteResult:
        """Answer `completion/complete`; an argument for which nothing is declared has no values.

        Raises:
            MCPError: there is no such prompt or resource, the principal may not see it, or it has no such argument;
                or completions are asked for too often.
        """
        caller = self._door.caller(request)
        if isinstance(params.ref, types.PromptReference):
            lister = self._lister(params.ref.name, caller.principal)
            if lister is not None:
                return await self._complete_listed(caller, lister, params.ref.name, params)
        found, names = self._find(params.ref, caller.principal)
        argument = params.argument
        if argument.name not in names:
            known = ", ".join(names) or "none"
            raise MCPError(
                types.INVALID_PARAMS,
                f"{found.name} has no argument {argument.name!r}; it has {known}",
                {"name": found.name},
            )
        complete = found.completions.get(argument.name)
        if complete is None:
            return _result(())
        given = (params.context.arguments if params.context is not None else None) or {}
        chosen = {name: value for name, value in given.items() if name in names and name != argument.name}

        async def work(context: Context) -> Sequence[str]:
            return await complete(context, argument.value, chosen)

        try:
            return await self._run(caller, found, work)
        except ToolError as error:
            raise as_protocol_error(error, name=found.name) from error

    async def _complete_listed(
        self, caller: Caller, lister: PromptLister, name: str, params: types.CompleteRequestParams
    ) -> types.CompleteResult:
        """Complete an argument of a prompt that a lister lists; whether there is one of that name, it says itself."""
        complete, argument = lister.complete, params.argument
        if complete is None:
            return _result(())
        given = (params.context.arguments if params.context is not None else None) or {}
        chosen = {key: value for key, value in given.items() if key != argument.name}

        async def work(context: Context) -> Sequence[str]:
            return await complete(context, name, argument.name, argument.value, chosen)

        try:
            return await self._run(caller, lister, work)
        except NotFound:
            raise unknown_prompt(name) from None
        except ToolError as error:
            raise as_protocol_error(error, name=name) from error

    async def _run(
        self, caller: Caller, declared: Scoped, work: Callable[[Context], Awaitable[Sequence[str]]]
    ) -> types.CompleteResult:
        call = caller.call("mcp")
        self._application.rate_limits.count(call, "completion", METHOD, None)
        running = self._application.pipeline.run(call, declared.name, declared.scope, work, read_only=True)
        return _result(await cancelled_once(running))

    def _lister(self, name: str, principal: Principal) -> PromptLister | None:
        catalogue = self._application.catalogue
        lister = None if name in catalogue.prompts else catalogue.prompt_lister(name)
        return lister if lister is not None and principal.may(lister.scope) else None

    def _find(
        self, reference: types.PromptReference | types.ResourceTemplateReference, principal: Principal
    ) -> tuple[Prompt | Resource, Collection[str]]:
        """What is referred to, and the names of its arguments."""
        catalogue = self._application.catalogue
        if isinstance(reference, types.PromptReference):
            prompt = catalogue.prompts.get(reference.name)
            if prompt is None or not principal.may(prompt.scope):
                raise unknown_prompt(reference.name)
            return prompt, prompt.arguments
        for resource in catalogue.resources:
            if resource.uri == reference.uri and principal.may(resource.scope):
                return resource, resource.variables
        raise unknown_resource(reference.uri)


def _result(values: Sequence[str]) -> types.CompleteResult:
    return types.CompleteResult(
        completion=types.Completion(
            values=list(values[:MOST_VALUES]), total=len(values), has_more=len(values) > MOST_VALUES
        )
    )
