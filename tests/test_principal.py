"""A principal may do what its scopes say, itself or through a wildcard."""

import pytest

from tmws_core.principal import ANONYMOUS, PUBLIC, Principal


@pytest.mark.parametrize(
    ("scopes", "may"),
    [
        ({"memory:read"}, True),
        ({"memory:*"}, True),
        ({"*:read"}, True),
        ({"*"}, True),
        ({"memory:write"}, False),
        ({"*:write"}, False),
        ({"*:rea"}, False),
        ({"mem:*"}, False),
        ({"memory"}, False),
        ({"agents:*", "memory:rea"}, False),
        ({"*:"}, False),
        (set(), False),
    ],
)
def test_a_scope_is_held_exactly_or_through_a_wildcard(scopes: set[str], may: bool) -> None:
    assert Principal("ada", "local", frozenset(scopes)).may("memory:read") is may


def test_reading_everywhere_is_no_right_to_anything_else() -> None:
    reader = Principal("ada", "local", frozenset({"*:read"}))
    assert [reader.may(scope) for scope in ("agents:read", "memory:write", "read", "read:memory")] == [
        True,
        False,
        False,
        False,
    ]


def test_everybody_may_do_what_is_public() -> None:
    assert ANONYMOUS.may(PUBLIC)


def test_nobody_known_may_do_nothing_else() -> None:
    assert not ANONYMOUS.may("memory:read")


def test_who_acts_tells_principals_apart() -> None:
    assert Principal("ada", "local") != Principal("ada", "local", actor="bob")


def test_a_principal_acts_for_itself_unless_it_says_otherwise() -> None:
    assert Principal("ada", "local").actor is None
