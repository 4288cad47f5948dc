"""What every door for callers declares: the scope that it needs, and how often one caller may come."""

import re
from dataclasses import dataclass

from tmws_core.contributions.declaration import Declaration
from tmws_core.errors import PluginError
from tmws_core.principal import PUBLIC

_SCOPE = re.compile(r"[a-z][a-z0-9_-]*:[a-z][a-z0-9_-]*")


@dataclass(frozen=True, kw_only=True)
class Scoped(Declaration):
    """A declaration of something that callers ask for.

    Attributes:
        scope: what the caller must be allowed to do, such as `memory:write`.
    """

    scope: str

    def __post_init__(self) -> None:
        """Refuse a declaration that does not say who may ask."""
        kind = self.kind()
        if not self.scope:
            raise PluginError(
                f"{kind} {self.place} declares no scope; say with scope= what the caller must be allowed to do, or "
                "PUBLIC for everybody"
            )
        if self.scope != PUBLIC and _SCOPE.fullmatch(self.scope) is None:
            raise PluginError(
                f"{kind} {self.place} declares the scope {self.scope!r}; write an area and a verb, such as notes:read"
            )


@dataclass(frozen=True, kw_only=True)
class Limited(Scoped):
    """A declaration of something that one caller may ask for only so often.

    Attributes:
        rate_limit: how often one caller may ask for it, in the notation of the `limits` package (`"10/minute"`), in
            each process by itself; None when only the limit on all calls together counts.
    """

    rate_limit: str | None = None

    def __post_init__(self) -> None:
        """Refuse a limit that cannot be read."""
        super().__post_init__()
        if self.rate_limit is not None:
            _refuse_malformed(self.rate_limit, f"{self.kind()} {self.place}")


def _refuse_malformed(limit: str, what: str) -> None:
    from limits import parse

    try:
        parse(limit)
    except ValueError as error:
        raise PluginError(f"{what} declares the rate limit {limit!r}; write one such as 10/minute") from error
