"""Scopes: what roles give, and what remains when a key has fewer than its user."""

import re
from collections.abc import Iterable
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from tmws_core.principal import EVERY_SCOPE

Role = Literal["super_admin", "admin", "user", "readonly", "service"]

OWNER: Role = "super_admin"
_SERVICE: Role = "service"
_OF_ROLES: dict[str, frozenset[str]] = {
    "super_admin": frozenset({EVERY_SCOPE}),
    "admin": frozenset({EVERY_SCOPE}),
    "user": frozenset({"*:read", "*:write"}),
    "readonly": frozenset({"*:read"}),
}
_FORM = re.compile(r"\*|(\*|[a-z][a-z0-9_-]*):(\*|[a-z][a-z0-9_-]*)")


def _well_formed(scope: str) -> str:
    if not _FORM.fullmatch(scope):
        raise ValueError(f"{scope!r} is no scope; write one such as memory:read, memory:*, *:read or *")
    return EVERY_SCOPE if scope == "*:*" else scope


Scope = Annotated[str, AfterValidator(_well_formed), Field(examples=["memory:read"])]
"""What somebody may do: `area:verb`, where either may be `*`, or `*` for everything."""


def of_roles(roles: Iterable[str]) -> frozenset[str]:
    """What a user with these roles may do after a login; a role that nobody knows gives nothing."""
    return frozenset[str]().union(*(_OF_ROLES.get(role, frozenset()) for role in roles))


def of_keys(roles: Iterable[str]) -> frozenset[str]:
    """What the keys of a user with these roles may have at most; a service's key has what it was given."""
    roles = set(roles)
    return frozenset({EVERY_SCOPE}) if _SERVICE in roles else of_roles(roles)


def intersection(one: Iterable[str], other: Iterable[str]) -> frozenset[str]:
    """What is allowed by both, in the fewest scopes."""
    other = list(other)
    common = {both for mine in one for theirs in other if (both := _both(mine, theirs)) is not None}
    return frozenset(scope for scope in common if not any(_covers(wider, scope) for wider in common - {scope}))


def missing(wanted: Iterable[str], held: Iterable[str]) -> list[str]:
    """Those of the wanted scopes that no held one covers, in their order."""
    held = list(held)
    return [scope for scope in wanted if not any(_covers(one, scope) for one in held)]


def _parts(scope: str) -> tuple[str, str]:
    if scope == EVERY_SCOPE:
        return "*", "*"
    area, _, verb = scope.partition(":")
    return area, verb


def _covers(wide: str, narrow: str) -> bool:
    return all(one in ("*", other) for one, other in zip(_parts(wide), _parts(narrow), strict=True))


def _both(one: str, other: str) -> str | None:
    area, verb = map(_narrower, _parts(one), _parts(other))
    if area is None or verb is None:
        return None
    return EVERY_SCOPE if (area, verb) == ("*", "*") else f"{area}:{verb}"


def _narrower(one: str, other: str) -> str | None:
    if "*" in (one, other):
        return other if one == "*" else one
    return one if one == other else None
