"""Who calls too often is refused, each principal for itself."""

import pytest

from tmws_core.call import Call
from tmws_core.errors import ConfigurationError
from tmws_core.principal import Principal
from tmws_core.rate_limits import RateLimits
from tmws_core.tool_errors import RateLimited


def _by(agent: str, client: str | None = None) -> Call:
    return Call(Principal(agent, "local"), "http", client=client)


def test_a_tool_may_be_called_up_to_its_limit() -> None:
    limits = RateLimits("100/hour")
    for _ in range(3):
        limits.count(_by("ada"), "tool", "search", "3/hour")
    with pytest.raises(RateLimited, match="'ada' calls tool 'search' more often than 3 per 1 hour; wait"):
        limits.count(_by("ada"), "tool", "search", "3/hour")


def test_all_tools_together_have_a_limit() -> None:
    limits = RateLimits("2/hour")
    limits.count(_by("ada"), "tool", "search", None)
    limits.count(_by("ada"), "tool", "store", None)
    with pytest.raises(RateLimited, match="'ada' calls tools more often than 2 per 1 hour"):
        limits.count(_by("ada"), "tool", "list", None)


def test_one_principal_does_not_use_up_the_limit_of_another() -> None:
    limits = RateLimits("1/hour")
    limits.count(_by("ada"), "tool", "search", "1/hour")
    limits.count(_by("bob"), "tool", "search", "1/hour")
    with pytest.raises(RateLimited):
        limits.count(_by("ada"), "tool", "search", "1/hour")


def test_one_tool_does_not_use_up_the_limit_of_another() -> None:
    limits = RateLimits("100/hour")
    limits.count(_by("ada"), "tool", "search", "1/hour")
    limits.count(_by("ada"), "tool", "store", "1/hour")
    with pytest.raises(RateLimited):
        limits.count(_by("ada"), "tool", "search", "1/hour")


def test_a_tool_does_not_use_up_the_limit_of_a_route_of_its_name() -> None:
    limits = RateLimits("100/hour")
    limits.count(_by("ada"), "tool", "search", "1/hour")
    limits.count(_by("ada"), "route", "search", "1/hour")
    with pytest.raises(RateLimited, match="'ada' calls route 'search' more often"):
        limits.count(_by("ada"), "route", "search", "1/hour")


def test_who_is_not_known_is_counted_by_the_address() -> None:
    limits = RateLimits("100/hour")
    limits.count(_by("", "192.0.2.1"), "route", "login", "1/hour")
    limits.count(_by("", "192.0.2.2"), "route", "login", "1/hour")
    with pytest.raises(RateLimited, match=r"'192\.0\.2\.1' calls route 'login'"):
        limits.count(_by("", "192.0.2.1"), "route", "login", "1/hour")


def test_the_addresses_of_one_subscriber_count_together() -> None:
    limits = RateLimits("100/hour")
    limits.count(_by("", "2001:db8::1"), "route", "login", "1/hour")
    limits.count(_by("", "2001:db8:0:1::1"), "route", "login", "1/hour")
    with pytest.raises(RateLimited):
        limits.count(_by("", "2001:db8::ffff:2"), "route", "login", "1/hour")


def test_an_agent_with_the_name_of_an_address_is_counted_by_itself() -> None:
    limits = RateLimits("1/hour")
    limits.count(_by("192.0.2.1"), "tool", "search", None)
    limits.count(_by("", "192.0.2.1"), "route", "login", None)
    with pytest.raises(RateLimited):
        limits.count(_by("192.0.2.1"), "tool", "search", None)


def test_what_is_no_limit_is_told_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match="TMWS_RATE_LIMIT: 'often' is no rate limit; write one such as 10/min"):
        RateLimits("often").check("often", "TMWS_RATE_LIMIT")
