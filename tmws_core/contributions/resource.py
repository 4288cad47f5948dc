"""A resource: something that an MCP client reads by its URI."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from tmws_core.contributions.completion import Completions, refuse_unknown
from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited

_VARIABLE = re.compile(r"\{(\+?)(\w+)\}")
_ONE_SEGMENT, _ANY_PATH = "[^/]+", ".+"


@dataclass(frozen=True)
class ResourceContent:
    """What a resource holds, when it is more than a text of the declared type.

    Attributes:
        content: a text, or bytes.
        mime_type: its type; None for the one that the resource declares.
        metadata: the `_meta` of the content, whose keys begin with a domain of the plugin's (MCP, `_meta`).
    """

    content: str | bytes
    mime_type: str | None = None
    metadata: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Resource(Limited):
    """What `@resource` said of a function.

    Attributes:
        uri: the URI, or a template of it with `{variables}` of one segment and `{+variables}` that have slashes in them
            (RFC 6570, levels 1 and 2).
        mime_type: the type of what the function returns.
        completions: what completes the variables, by their names.
    """

    uri: str
    mime_type: str = "text/plain"
    completions: Completions = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Refuse a completion of a variable that does not exist."""
        super().__post_init__()
        refuse_unknown(self.completions, self.variables, self.place)

    @property
    def variables(self) -> list[str]:
        """The names of the URI's variables."""
        return [name for _, name in _VARIABLE.findall(self.uri)]

    @property
    def is_template(self) -> bool:
        """Whether the URI has variables."""
        return bool(self.variables)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        pattern, end = "", 0
        for found in _VARIABLE.finditer(self.uri):
            reserved, name = found.groups()
            pattern += (
                f"{re.escape(self.uri[end : found.start()])}(?P<{name}>{_ANY_PATH if reserved else _ONE_SEGMENT})"
            )
            end = found.end()
        return re.compile(pattern + re.escape(self.uri[end:]))

    def variables_in(self, uri: str) -> dict[str, str] | None:
        """The values of the variables in a URI of this template, or None when the URI is another one's."""
        match = self._pattern.fullmatch(uri)
        return None if match is None else match.groupdict()


def resource(
    uri: str,
    *,
    scope: str = "",
    mime_type: str = "text/plain",
    completions: Completions | None = None,
    rate_limit: str | None = None,
) -> Callable[[F], F]:
    """Declare an async function as a resource.

    Its first parameter is the `Context`, the others are the variables of the URI, without percent-encoding; it returns
    text, or a `ResourceContent` with text or bytes.

    Args:
        uri: the URI or its template, such as `memory://{memory_id}` or `files://{folder}/{+path}`.
        scope: what the caller must be allowed to do, such as `memory:read`.
        mime_type: the type of what it returns, where that does not say; empty when there is none for all.
        completions: for a variable's name an async function that takes the `Context`, what is typed so far and the
            other variables as far as they are chosen, and returns the values that fit, the best first.
        rate_limit: how often one caller may read it, in the notation of the `limits` package (`"10/minute"`).

    Raises:
        PluginError: no scope is declared, or a completion is for a variable that does not exist.
    """

    def decorate(function: F) -> F:
        declaration = Resource(
            function=function,
            uri=uri,
            scope=scope,
            mime_type=mime_type,
            completions=dict(completions or {}),
            rate_limit=rate_limit,
        )
        return leave(function, declaration)

    return decorate
