"""A method of an extension of MCP: a request of its own name that a plugin answers."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from pydantic import BaseModel

from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited
from tmws_core.contributions.signature import arguments_model
from tmws_core.errors import PluginError

_LABEL = r"[A-Za-z](?:[A-Za-z0-9-]*[A-Za-z0-9])?"
_IDENTIFIER = re.compile(rf"{_LABEL}(?:\.{_LABEL})*/[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?")
_METHOD = re.compile(r"[A-Za-z][A-Za-z0-9_-]*(?:/[A-Za-z0-9_-]+)+")


@dataclass(frozen=True)
class Extension:
    """An extension of MCP that the server says it has (SEP-2133, MCP 2026-07-28, extensions).

    Attributes:
        identifier: a domain and a name, such as `io.modelcontextprotocol/skills`.
        settings: what the server says of how it has it, as JSON.
    """

    identifier: str
    settings: Mapping[str, Any] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse an identifier of another form.

        Raises:
            PluginError: it has no domain, or no name.
        """
        if _IDENTIFIER.fullmatch(self.identifier) is None:
            raise PluginError(
                f"an extension is named {self.identifier!r}; write a domain and a name, such as org.example/notes"
            )


@dataclass(frozen=True, kw_only=True)
class McpMethod(Limited):
    """What `@mcp_method` said of a function.

    Attributes:
        method: the method's name.
        extension: the extension that it belongs to.
        read_only: it changes nothing; its transaction is a reading one.
        lifetime: for how many seconds its result may be kept; None when the result does not say.
        shared: whether a result may be kept for other callers, too.
    """

    method: str
    extension: Extension
    read_only: bool = False
    lifetime: float | None = None
    shared: bool = False

    def __post_init__(self) -> None:
        """Refuse a name that no method of an extension can have."""
        super().__post_init__()
        if _METHOD.fullmatch(self.method) is None:
            raise PluginError(f"{self.place} declares the method {self.method!r}; write an area and a verb: notes/list")

    @property
    def name(self) -> str:
        """The method's name."""
        return self.method

    @cached_property
    def parameters(self) -> type[BaseModel]:
        """The model that validates the parameters."""
        return arguments_model(self.function)


def mcp_method(
    method: str,
    *,
    extension: Extension,
    scope: str = "",
    read_only: bool = False,
    lifetime: float | None = None,
    shared: bool = False,
    rate_limit: str | None = None,
) -> Callable[[F], F]:
    """Declare an async function as a method of an extension of MCP.

    Its first parameter is the `Context`, the others are the parameters of the request, annotated as for a tool; what a
    client sends besides is left out of account. It returns a pydantic model, which is sent as it is, under its aliases,
    without the fields that are None. `InvalidArguments` and `NotFound` are answered with the code -32602. The server
    says that it has the extension when a running plugin has a method of it.

    Args:
        method: the method's name, such as `skills/list`.
        extension: the extension; the same object for all of its methods.
        scope: what the caller must be allowed to do.
        read_only: whether it changes nothing.
        lifetime: for how many seconds the client may keep the result, told as `ttlMs`; None for a result without.
        shared: whether the result is the same for all callers, told as `cacheScope`.
        rate_limit: how often one caller may call it, in the notation of the `limits` package (`"10/minute"`).

    Raises:
        PluginError: no scope is declared, or the name is none.
    """

    def decorate(function: F) -> F:
        declaration = McpMethod(
            function=function,
            method=method,
            extension=extension,
            scope=scope,
            read_only=read_only,
            lifetime=lifetime,
            shared=shared,
            rate_limit=rate_limit,
        )
        return leave(function, declaration)

    return decorate
