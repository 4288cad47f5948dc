"""A resource: something that an MCP client reads by its URI."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property

from tmws_core.contributions.completion import Completions, refuse_unknown
from tmws_core.contributions.declaration import F, leave
from tmws_core.contributions.scoped import Limited

_VARIABLE = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, kw_only=True)
class Resource(Limited):
    """What `@resource` said of a function.

    Attributes:
        uri: the URI, or a template of it with simple `{variables}` (RFC 6570, level 1).
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
        return _VARIABLE.findall(self.uri)

    @property
    def is_template(self) -> bool:
        """Whether the URI has variables."""
        return bool(self.variables)

    @cached_property
    def _pattern(self) -> re.Pattern[str]:
        parts = _VARIABLE.split(self.uri)
        literal = [re.escape(part) if index % 2 == 0 else f"(?P<{part}>[^/]+)" for index, part in enumerate(parts)]
        return re.compile("".join(literal))

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

    Its first parameter is the `Context`, the others are the variables of the URI; it returns text.

    Args:
        uri: the URI or its template, such as `memory://{memory_id}`.
        scope: what the caller must be allowed to do, such as `memory:read`.
        mime_type: the type of the text.
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
