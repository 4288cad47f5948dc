"""A principal may do what its scopes say, itself or through a wildcard."""

import pytest

from tmws_core.principal import Principal


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ({"memory:read"}, True),
        ({"memory:*"}, True),
        ({"*"}, True),
        ({"memory:write"}, False),
        ({"mem:*"}, False),
        ({"memory"}, False),
        ({"agents:*", "memory:rea"}, False),
        (set(), False),
    ],
)
def test_a_scope_is_held_exactly_or_through_a_wildcard(scopes: set[str], may: bool) -> None:
    assert Principal("ada", "local", frozenset(scopes)).may("memory:read") is may
