"""Someone who tries every door of a served application."""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace

import httpx
from mcp import Client, MCPError, types
from mcp.client.streamable_http import streamable_http_client
from mcp.shared._httpx_utils import create_mcp_http_client

from tests.isolation.doors import Door
from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.context import Context
from tmws_core.contributions import Prompt, PromptLister, Resource, ResourcePage
from tmws_core.principal import Principal
from tmws_core.server.api import path_of
from tmws_core.tool_errors import PermissionDenied

UNKNOWN = "nothing-of-that-name"


@dataclass(frozen=True)
class Visitor:
    """A caller with an MCP client and an HTTP client.

    Attributes:
        application: what is visited.
        principal: who visits.
        mcp: the MCP client.
        http: the HTTP client.
    """

    application: Application
    principal: Principal
    mcp: Client
    http: httpx.AsyncClient

    @classmethod
    @asynccontextmanager
    async def of(cls, application: Application, url: str, token: str, principal: Principal) -> "AsyncIterator[Visitor]":
        """A visitor who shows a token."""
        headers = {"Authorization": f"Bearer {token}"}
        async with (
            create_mcp_http_client(headers=headers) as streams,
            Client(streamable_http_client(f"{url}/mcp", http_client=streams), mode="2026-07-28") as mcp,
            httpx.AsyncClient(base_url=url, headers=headers) as http,
        ):
            yield cls(application, principal, mcp, http)

    async def lists(self) -> dict[str, tuple[str, set[str]]]:
        """What each list shows: the kind of doors that it lists, and their names."""
        document = (await self.http.get("/api/v1/openapi.json")).json()
        operations = {method["operationId"] for methods in document["paths"].values() for method in methods.values()}
        templates = (await self.mcp.list_resource_templates()).resource_templates
        found = self.application.catalogue.search(self.principal, "", len(self.application.catalogue.tools))
        return {
            "tools/list": ("tool", {tool.name for tool in (await self.mcp.list_tools()).tools}),
            "openapi.json": ("tool", operations),
            "tool_search": ("tool", {one.tool.name for one in found}),
            "resources/list": ("resource", await self._resources() & self._declared_resources()),
            "resources/templates/list": ("template", {one.uri_template for one in templates}),
            "prompts/list": ("prompt", {name for name in await self._prompts() if self._lister_of(name) is None}),
        }

    async def faults(self, door: Door) -> list[str]:
        """What is wrong with how a door refuses this visitor; nothing when it keeps shut as it should."""
        refused: dict[str, Callable[[Door], Awaitable[bool]]] = {
            "tool": self._tool_is_shut,
            "tool lister": self._runs_for_nobody,
            "resource": self._resource_is_shut,
            "template": self._resource_is_shut,
            "resource lister": self._resource_lister_is_shut,
            "prompt": self._prompt_is_shut,
            "prompt lister": self._prompt_lister_is_shut,
            "method": self._method_is_shut,
            "completion": self._completion_is_shut,
            "route": self._route_is_shut,
            "command": self._runs_for_nobody,
        }
        return [] if await refused[door.kind](door) else [f"{door.kind} {door.method} {door.name}"]

    async def _tool_is_shut(self, door: Door) -> bool:
        told = await self._refusal(self.mcp.call_tool(door.name, {}))
        answer = await self.http.post(path_of(self.application.catalogue.tool(door.name)), json={})
        named = f"may not call {door.name}: it needs the scope {door.scope!r}"
        return named in told and answer.status_code == 403 and named in answer.json()["error"]["message"]

    async def _resource_is_shut(self, door: Door) -> bool:
        uri = door.path
        return await self._like_unknown(lambda asked: self.mcp.read_resource(asked), uri, f"{UNKNOWN}://x")

    async def _prompt_is_shut(self, door: Door) -> bool:
        return await self._like_unknown(lambda asked: self.mcp.get_prompt(asked, {}), door.name, UNKNOWN)

    async def _completion_is_shut(self, door: Door) -> bool:
        async def complete(asked: str) -> object:
            reference: types.PromptReference | types.ResourceTemplateReference
            if isinstance(door.declaration, Prompt):
                reference = types.PromptReference(name=asked)
            else:
                reference = types.ResourceTemplateReference(uri=asked)
            return await self.mcp.complete(reference, {"name": door.name, "value": ""})

        declared = door.declaration
        known = declared.uri if isinstance(declared, Resource) else declared.name
        return await self._like_unknown(complete, known, UNKNOWN)

    async def _route_is_shut(self, door: Door) -> bool:
        answer = await self.http.request(door.method, door.path)
        challenge = f'error="insufficient_scope", scope="{door.scope}"'
        return answer.status_code == 403 and challenge in answer.headers.get("WWW-Authenticate", "")

    async def _method_is_shut(self, door: Door) -> bool:
        asking = self.mcp.session.send_request(types.Request(method=door.name, params={}), types.Result)
        return f"may not call {door.name}: it needs the scope {door.scope!r}" in await self._refusal(asking)

    async def _prompt_lister_is_shut(self, door: Door) -> bool:
        async def complete(asked: str) -> object:
            return await self.mcp.complete(types.PromptReference(name=asked), {"name": "x", "value": ""})

        known = f"{door.name}one"
        unlisted = not any(name.startswith(door.name) for name in await self._prompts())
        got = await self._like_unknown(lambda asked: self.mcp.get_prompt(asked, {}), known, UNKNOWN)
        return unlisted and got and await self._like_unknown(complete, known, UNKNOWN)

    async def _resource_lister_is_shut(self, door: Door) -> bool:
        async def first_page(context: Context) -> set[str]:
            page: ResourcePage = await door.declaration.function(context, None)
            return {one.uri for one in page.resources}

        call = Call(replace(self.principal, scopes=frozenset({"*"})), "mcp")
        listed = await self.application.pipeline.run(call, door.name, door.scope, first_page, read_only=True)
        return not listed & await self._resources() and await self._runs_for_nobody(door)

    def _declared_resources(self) -> set[str]:
        return {one.uri for one in self.application.catalogue.resources}

    async def _resources(self) -> set[str]:
        found, cursor, more = set[str](), None, True
        while more:
            page = await self.mcp.list_resources(cursor=cursor)
            found |= {str(one.uri) for one in page.resources}
            cursor, more = page.next_cursor, page.next_cursor is not None
        return found

    async def _prompts(self) -> set[str]:
        found, cursor, more = set[str](), None, True
        while more:
            page = await self.mcp.list_prompts(cursor=cursor)
            found |= {prompt.name for prompt in page.prompts}
            cursor, more = page.next_cursor, page.next_cursor is not None
        return found

    def _lister_of(self, name: str) -> PromptLister | None:
        return self.application.catalogue.prompt_lister(name)

    async def _runs_for_nobody(self, door: Door) -> bool:
        async def work(_context: Context) -> None:
            """Do nothing: that it begins is bad enough."""

        call = Call(self.principal, "cli")
        running = self.application.pipeline.run(call, door.name, door.scope, work, read_only=False, limited=False)
        try:
            await running
        except PermissionDenied as error:
            return door.name in str(error)
        return False

    async def _like_unknown(self, ask: Callable[[str], Awaitable[object]], known: str, unknown: str) -> bool:
        """Whether a thing is answered as one that does not exist, so that nobody learns that it does."""
        answers = [(await self._refusal(ask(asked))).replace(asked, "it") for asked in (known, unknown)]
        return bool(answers[0]) and answers[0] == answers[1]

    async def _refusal(self, asking: Awaitable[object]) -> str:
        try:
            await asking
        except MCPError as error:
            return str(error)
        return ""
