"""Asking at a door, as one caller."""

import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
from pydantic import ValidationError

from tests.isolation.arguments import Arguments
from tests.isolation.doors import Door
from tmws_core.application import Application
from tmws_core.call import Call
from tmws_core.context import Context
from tmws_core.contributions import (
    Command,
    McpMethod,
    Prompt,
    PromptLister,
    Resource,
    ResourceContent,
    ResourceLister,
    ToolLister,
)
from tmws_core.contributions.signature import arguments_model, result_adapter
from tmws_core.principal import Principal
from tmws_core.tool_errors import ToolError


@dataclass(frozen=True)
class Answer:
    """What a caller hears.

    Attributes:
        text: all of it, and what stands in the files that it was to write.
        code: `ok`, or the error's code.
    """

    text: str
    code: str


@dataclass(frozen=True)
class Caller:
    """Somebody who asks.

    Attributes:
        name: what this caller is to the rows of the first namespace.
        principal: who it is.
        application: what is asked.
        http: a client whose token is the caller's name.
    """

    name: str
    principal: Principal
    application: Application
    http: httpx.AsyncClient

    async def ask(self, door: Door, arguments: Arguments, body: Mapping[str, str] | None = None) -> Answer:
        """Ask at a door; a route gets the body, too, as JSON and as a query."""
        if door.kind == "route":
            path = door.name
            for variable in door.variables:
                path = path.replace(f"{{{variable}}}", quote(str(arguments[variable.partition(":")[0]])))
            answered = await self.http.request(door.method, path, json=body, params=body)
            return Answer(f"{answered.text} {dict(answered.headers)}", str(answered.status_code))
        try:
            return Answer(await self._answer(door, arguments), "ok")
        except ToolError as error:
            return Answer(json.dumps(error.as_json(), default=str), error.code)

    async def _answer(self, door: Door, arguments: Arguments) -> str:
        pipeline, call, declared = self.application.pipeline, Call(self.principal, "mcp"), door.declaration
        if door.kind == "tool":
            return json.dumps(await pipeline.call_tool(call, door.name, arguments), ensure_ascii=False)
        if door.kind == "completion":

            async def complete(context: Context) -> Sequence[str]:
                assert isinstance(declared, Prompt | Resource)
                others = {name: value for name, value in arguments.items() if name != door.name}
                return await declared.completions[door.name](context, arguments.get(door.name, ""), others)

            return json.dumps(list(await pipeline.run(call, door.name, declared.scope, complete, read_only=True)))
        if isinstance(declared, ToolLister | PromptLister | ResourceLister):
            return json.dumps(
                await pipeline.run(call, door.name, declared.scope, _listing(door, arguments), read_only=True)
            )
        validated = arguments_model(declared.function).model_validate(arguments)

        async def work(context: Context) -> Any:  # noqa: ANN401 -- whatever the door returns
            given = {name: getattr(validated, name) for name in type(validated).model_fields}
            return await declared.function(context, **given)

        is_command = isinstance(declared, Command)
        writes = is_command or (isinstance(declared, McpMethod) and not declared.read_only)
        returned = await pipeline.run(
            call, declared.name, declared.scope, work, read_only=not writes, limited=not is_command, kind=_kind(door)
        )
        if isinstance(returned, ResourceContent):
            content, metadata = returned.content, dict(returned.metadata)
            return f"{content if isinstance(content, str) else content.decode(errors='replace')} {metadata}"
        shown = result_adapter(declared.function).dump_python(returned, mode="json")
        return json.dumps(shown, ensure_ascii=False) + _written(arguments)


def _listing(door: Door, arguments: Arguments) -> Callable[[Context], Awaitable[list[str]]]:
    """What a lister lists; of a lister of prompts one that is named, or what completes an argument of it."""

    async def work(context: Context) -> list[str]:
        declared = door.declaration
        if isinstance(declared, ToolLister):
            return list(await declared.function(context))
        if isinstance(declared, PromptLister) and "name" in arguments:
            return [await declared.get(context, door.name + arguments["name"], {})]
        if isinstance(declared, PromptLister) and "typed" in arguments:
            name = door.name + arguments["typed"]
            return list(await declared.complete(context, name, "x", "", {})) if declared.complete else []
        pages = [await declared.function(context, None)]
        while pages[-1].next_cursor is not None:
            pages.append(await declared.function(context, pages[-1].next_cursor))
        return [str(page) for page in pages]

    return work


def is_refused(door: Door, arguments: Arguments) -> str:
    """Why the arguments do not fit the door's own schema; empty when they do."""
    if door.kind in ("completion", "route", "tool lister", "prompt lister", "resource lister"):
        return ""
    try:
        arguments_model(door.declaration.function).model_validate(arguments)
    except ValidationError as error:
        return str(error)
    return ""


def _kind(door: Door) -> Any:  # noqa: ANN401 -- one of the literals of a call's kind
    return "resource" if door.kind == "template" else door.kind


def _written(arguments: Arguments) -> str:
    paths = [Path(value) for value in arguments.values() if isinstance(value, str) and value.startswith("/")]
    files = [
        file for path in paths for file in ([path] if path.is_file() else sorted(path.rglob("*"))) if file.is_file()
    ]
    return "".join(file.read_text() for file in files)
