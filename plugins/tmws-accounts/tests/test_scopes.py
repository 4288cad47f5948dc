"""What roles give, and what remains of a key's scopes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from tmws_accounts.scopes import Scope, intersection, missing, of_keys, of_roles
from tmws_core import Principal

PARTS = st.sampled_from(["*", "memory", "tasks"]), st.sampled_from(["*", "read", "write"])
SCOPES = st.frozensets(
    st.builds(lambda area, verb: "*" if (area, verb) == ("*", "*") else f"{area}:{verb}", *PARTS), max_size=4
)
CONCRETE = [f"{area}:{verb}" for area in ("memory", "tasks", "skills") for verb in ("read", "write", "govern")]


def may(scopes: frozenset[str], scope: str) -> bool:
    return Principal("ann", "place", scopes).may(scope)


@given(SCOPES, SCOPES)
def test_an_intersection_allows_what_both_allow(one: frozenset[str], other: frozenset[str]) -> None:
    both = intersection(one, other)
    assert [may(both, scope) for scope in CONCRETE] == [may(one, scope) and may(other, scope) for scope in CONCRETE]


@given(SCOPES, SCOPES)
def test_an_intersection_says_nothing_twice(one: frozenset[str], other: frozenset[str]) -> None:
    both = intersection(one, other)
    assert all(missing([scope], both - {scope}) for scope in both)


@given(SCOPES, SCOPES)
def test_what_is_missing_is_what_is_not_covered(wanted: frozenset[str], held: frozenset[str]) -> None:
    allowed = [scope for scope in wanted if scope not in missing(wanted, held)]
    assert not [scope for scope in CONCRETE if may(frozenset(allowed), scope) and not may(held, scope)]


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        (["super_admin"], {"*"}),
        (["admin"], {"*"}),
        (["user"], {"*:read", "*:write"}),
        (["readonly"], {"*:read"}),
        (["service"], set()),
        (["readonly", "user"], {"*:read", "*:write"}),
        (["emperor"], set()),
        ([], set()),
    ],
)
def test_each_role_gives_its_scopes(roles: list[str], allowed: set[str]) -> None:
    assert of_roles(roles) == allowed


def test_the_keys_of_a_service_have_what_they_were_given() -> None:
    assert of_keys(["service"]) == {"*"}


@pytest.mark.parametrize("scope", ["*", "memory:read", "*:read", "memory:*", "tmws-x_2:do"])
def test_a_scope_that_is_well_formed_stays_as_it_is(scope: str) -> None:
    assert TypeAdapter(Scope).validate_python(scope) == scope


@pytest.mark.parametrize(
    "scope", ["", "read", "Memory:read", "memory:", ":read", "a:b:c", "memory:read\n", "public", "**"]
)
def test_a_malformed_scope_is_refused(scope: str) -> None:
    with pytest.raises(ValidationError, match="is no scope"):
        TypeAdapter(Scope).validate_python(scope)
