"""Prompts on MCP: texts that a person picks in a client."""

from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from tmws_core.context import Context
from tmws_core.contributions import ListedPrompt, Prompt, PromptPage
from tmws_core.server.caller import Caller, Door, Request
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.lister_pages import ListerPages
from tmws_core.server.protocol_errors import as_protocol_error
from tmws_core.tool_errors import NotFound, PermissionDenied, ToolError

if TYPE_CHECKING:
    from tmws_core.application import Application


LIST = "prompts/list"


class PromptHandlers:
    """Answers `prompts/list` and `prompts/get` from an application's catalogue."""

    def __init__(self, door: Door) -> None:
        self._door = door

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers."""
        server.add_request_handler(LIST, types.PaginatedRequestParams, self.list_prompts)
        server.add_request_handler("prompts/get", types.GetPromptRequestParams, self.get_prompt)

    async def list_prompts(self, request: Request, params: types.PaginatedRequestParams) -> types.ListPromptsResult:
        """Answer `prompts/list`: first those that are declared, then page by page those of each lister.

        Raises:
            MCPError: the cursor is not the caller's.
        """
        caller, catalogue = self._door.caller(request), self._application.catalogue
        listers = [one for one in catalogue.prompt_listers if caller.principal.may(one.scope)]
        visible = (one for one in catalogue.prompts.values() if caller.principal.may(one.scope))
        if not listers:
            return types.ListPromptsResult(prompts=[_described(one) for one in visible])
        pages: ListerPages[PromptPage] = ListerPages(self._application, caller.call("mcp"), listers, LIST)
        try:
            page, following = await pages.page(params.cursor)
        except ToolError as error:
            raise as_protocol_error(error, cursor=params.cursor or "") from error
        declared = [_described(one) for one in visible] if params.cursor is None else []
        # what a lister cannot give is not listed: a name without its prefix, and one that a declared prompt has
        given = [one for one in page.prompts if self._is_given(one.name)] if page is not None else []
        return types.ListPromptsResult(prompts=[*declared, *map(_listed, given)], next_cursor=following, ttl_ms=0)

    def _is_given(self, name: str) -> bool:
        catalogue = self._application.catalogue
        return name not in catalogue.prompts and catalogue.prompt_lister(name) is not None

    async def get_prompt(self, request: Request, params: types.GetPromptRequestParams) -> types.GetPromptResult:
        """Answer `prompts/get`.

        Raises:
            MCPError: there is no such prompt, the principal may not see it, or the arguments are not the prompt's.
        """
        caller, arguments = self._door.caller(request), params.arguments or {}
        prompt = self._application.catalogue.prompts.get(params.name)
        if prompt is None:
            return await self._get_listed(caller, params.name, arguments)
        if caller.principal.may(prompt.scope):  # else the pipeline refuses, and tells the observers
            _check(prompt, arguments)

        async def work(context: Context) -> str:
            return str(await prompt.function(context, **arguments))

        running = self._application.pipeline.run(
            caller.call("mcp"),
            prompt.name,
            prompt.scope,
            work,
            read_only=True,
            kind="prompt",
            rate_limit=prompt.rate_limit,
        )
        try:
            text = await cancelled_once(running)
        except PermissionDenied:
            raise unknown_prompt(params.name) from None
        except ToolError as error:
            raise as_protocol_error(error, name=prompt.name) from error
        message = types.PromptMessage(role="user", content=types.TextContent(text=text))
        return types.GetPromptResult(description=prompt.description, messages=[message])

    async def _get_listed(self, caller: Caller, name: str, arguments: dict[str, str]) -> types.GetPromptResult:
        lister = self._application.catalogue.prompt_lister(name)
        if lister is None:
            raise unknown_prompt(name)

        async def work(context: Context) -> str:
            return str(await lister.get(context, name, arguments))

        running = self._application.pipeline.run(
            caller.call("mcp"), name, lister.scope, work, read_only=True, kind="prompt"
        )
        try:
            text = await cancelled_once(running)
        except (NotFound, PermissionDenied):
            raise unknown_prompt(name) from None
        except ToolError as error:
            raise as_protocol_error(error, name=name) from error
        message = types.PromptMessage(role="user", content=types.TextContent(text=text))
        return types.GetPromptResult(messages=[message])


def _listed(prompt: ListedPrompt) -> types.Prompt:
    return types.Prompt(
        name=prompt.name,
        title=prompt.title or None,
        description=prompt.description or None,
        arguments=[
            types.PromptArgument(name=one.name, description=one.description or None, required=one.required)
            for one in prompt.arguments
        ],
    )


def unknown_prompt(name: str) -> MCPError:
    """The answer for a prompt that does not exist, and for one that the principal may not see."""
    return MCPError(types.INVALID_PARAMS, f"Unknown prompt: {name}", {"name": name})


def _described(prompt: Prompt) -> types.Prompt:
    arguments = [types.PromptArgument(name=name, required=required) for name, required in prompt.arguments.items()]
    return types.Prompt(name=prompt.name, description=prompt.description, arguments=arguments)


def _check(prompt: Prompt, arguments: dict[str, str]) -> None:
    missing = [name for name, required in prompt.arguments.items() if required and name not in arguments]
    unknown = [name for name in arguments if name not in prompt.arguments]
    if missing or unknown:
        faults = [f"{name} is missing" for name in missing] + [f"{name} is unknown" for name in unknown]
        raise MCPError(types.INVALID_PARAMS, f"prompt {prompt.name}: {'; '.join(faults)}", {"name": prompt.name})
