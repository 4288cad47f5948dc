"""Tools on MCP: the list, and the calls."""

import json
from collections.abc import Mapping
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

from mcp import types
from mcp.server.context import CallNext, HandlerResult
from mcp.server.lowlevel import Server
from mcp.shared.exceptions import MCPError

from tmws_core.call import Call
from tmws_core.catalogue import OfferedTool
from tmws_core.client_model import AnswerAwaitedError
from tmws_core.progress import ReportProgress, no_progress
from tmws_core.server.caller import Door, Request
from tmws_core.server.cancellation import cancelled_once
from tmws_core.server.mcp_model import Rounds, model_of
from tmws_core.server.numbers import refuse_not_finite
from tmws_core.server.scope_refusal import note_refusal
from tmws_core.tool_errors import ToolError
from tmws_core.tool_listing import Shown, tools_shown

if TYPE_CHECKING:
    from tmws_core.application import Application


MOST_LISTS = 256
_SHOWN: ContextVar[Shown | None] = ContextVar("tools that the listers show", default=None)


class ToolHandlers:
    """Answers `tools/list` and `tools/call` from an application's catalogue."""

    def __init__(self, door: Door) -> None:
        self._door = door
        self._lists: dict[tuple[frozenset[str], str, Shown | None], types.ListToolsResult] = {}
        self._answers: dict[tuple[frozenset[str], str, Shown | None, str], HandlerResult] = {}

    @property
    def _application(self) -> "Application":
        return self._door.application()

    def register(self, server: Server[Any]) -> None:
        """Make a server answer with these handlers."""
        server.add_request_handler("tools/list", types.PaginatedRequestParams, self.list_tools)
        server.add_request_handler("tools/call", types.CallToolRequestParams, self.call_tool)
        server.middleware.append(self.list_from_memory)

    def input_schema(self, name: str) -> Mapping[str, Any] | None:
        """The input schema of a tool; None when there is no such tool."""
        offered = self._application.catalogue.tools.get(name)
        return None if offered is None else offered.tool.input_schema

    async def list_tools(self, request: Request, _params: types.PaginatedRequestParams) -> types.ListToolsResult:
        """Answer `tools/list` with the few tools that the profile shows, and those that the listers show besides."""
        principal, profile = self._door.caller(request).principal, self._application.settings.core.profile
        key = (principal.scopes, profile, shown := _SHOWN.get())
        if key not in self._lists:
            _make_room(self._lists)
            listed = self._application.catalogue.listed(principal, profile, shown or ())
            tools = [described(one, brief=profile != "full") for one in listed]
            if shown is None:
                self._lists[key] = types.ListToolsResult(tools=tools)
            else:  # it may be another one at any time
                self._lists[key] = types.ListToolsResult(tools=tools, ttl_ms=0)
        return self._lists[key]

    async def list_from_memory(self, ctx: Request, call_next: CallNext) -> HandlerResult:
        """Answer a plain `tools/list` as the last one was answered: the SDK validates each answer anew, at length."""
        if ctx.method != "tools/list":
            return await call_next(ctx)
        caller = self._door.caller(ctx)
        shown = await tools_shown(self._application, caller.call("mcp"))
        _SHOWN.set(shown)
        if set(ctx.params or {}) - {"_meta"}:
            return await call_next(ctx)
        key = (caller.principal.scopes, self._application.settings.core.profile, shown, ctx.protocol_version)
        if key not in self._answers:
            _make_room(self._answers)
            self._answers[key] = await call_next(ctx)
        return self._answers[key]

    async def call_tool(
        self, request: Request, params: types.CallToolRequestParams
    ) -> types.CallToolResult | types.InputRequiredResult:
        """Answer `tools/call`, for any tool of the catalogue, listed or not.

        Raises:
            MCPError: there is no such tool.
        """
        if params.name not in self._application.catalogue.tools:
            raise MCPError(types.INVALID_PARAMS, f"Unknown tool: {params.name}; find the right name with tool_search")
        rounds = Rounds(params)
        call = self._door.caller(request).call(
            "mcp",
            progress_of(request),
            model_of(request, rounds, self._application.settings.core.model_seconds),
            continued=rounds.continued,
        )
        arguments = params.arguments or {}
        try:
            refuse_not_finite(arguments)
            return await self._answer(call, params.name, arguments, rounds)
        except ToolError as error:
            if request.request is not None:
                note_refusal(request.request.scope, request.request_id, error)
            return failed(error)

    async def _answer(
        self, call: Call, name: str, arguments: dict[str, Any], rounds: Rounds
    ) -> types.CallToolResult | types.InputRequiredResult:
        result: dict[str, Any] | None = None
        try:
            result = await cancelled_once(self._application.pipeline.call_tool(call, name, arguments))
        except* AnswerAwaitedError:  # alone, or from one of the tool's own tasks
            pass
        if result is None:
            return rounds.result()
        return types.CallToolResult(content=[text_of(result)], structured_content=result)


def _make_room(kept: dict[Any, Any]) -> None:
    """Begin anew with the lists before callers with ever other scopes fill the memory."""
    if len(kept) >= MOST_LISTS:
        kept.clear()


def described(offered: OfferedTool, *, brief: bool) -> types.Tool:
    """A tool as a client sees it.

    Args:
        offered: the tool.
        brief: whether its output schema is cut down, because the list goes into a model's context.
    """
    tool = offered.tool
    title = tool.name.replace("_", " ").capitalize()
    return types.Tool(
        name=tool.name,
        title=title,
        description=tool.description,
        input_schema=tool.input_schema,
        output_schema=tool.brief_output_schema if brief else tool.output_schema,
        annotations=types.ToolAnnotations(
            read_only_hint=tool.read_only,
            destructive_hint=tool.destructive,
            idempotent_hint=tool.idempotent,
            open_world_hint=tool.open_world,
        ),
    )


def progress_of(request: Request) -> ReportProgress:
    """Where progress goes: to the client, on the request's own stream, when the request carries a progress token."""
    if "progress_token" not in (request.meta or {}):
        return no_progress
    return request.session.report_progress


def failed(error: ToolError) -> types.CallToolResult:
    """An error as a result that the model can read.

    It is text alone: structured content has to fit the tool's output schema (MCP 2026-07-28, tools), and there are
    clients that check this for errors too.
    """
    return types.CallToolResult(content=[text_of({"error": error.as_json()})], is_error=True)


def text_of(value: Mapping[str, Any]) -> types.TextContent:
    """JSON as text, for clients that do not read structured content."""
    return types.TextContent(text=json.dumps(value, ensure_ascii=False, separators=(",", ":")))
