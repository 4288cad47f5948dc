"""Who calls too often is refused, each principal for itself."""

import pytest

from tmws_core.errors import ConfigurationError
from tmws_core.rate_limits import RateLimits
from tmws_core.tool_errors import RateLimited


def test_a_tool_may_be_called_up_to_its_limit() -> None:
    limits = RateLimits("100/hour")
    for _ in range(3):
        limits.count("ada", "search", "3/hour")
    with pytest.raises(RateLimited, match="'ada' calls tool 'search' more often than 3 per 1 hour; wait"):
        limits.count("ada", "search", "3/hour")


def test_all_tools_together_have_a_limit() -> None:
    limits = RateLimits("2/hour")
    limits.count("ada", "search", None)
    limits.count("ada", "store", None)
    with pytest.raises(RateLimited, match="'ada' calls tools more often than 2 per 1 hour"):
        limits.count("ada", "list", None)


def test_one_principal_does_not_use_up_the_limit_of_another() -> None:
    limits = RateLimits("1/hour")
    limits.count("ada", "search", "1/hour")
    limits.count("bob", "search", "1/hour")
    with pytest.raises(RateLimited):
        limits.count("ada", "search", "1/hour")


def test_one_tool_does_not_use_up_the_limit_of_another() -> None:
    limits = RateLimits("100/hour")
    limits.count("ada", "search", "1/hour")
    limits.count("ada", "store", "1/hour")
    with pytest.raises(RateLimited):
        limits.count("ada", "search", "1/hour")


def test_what_is_no_limit_is_told_with_its_place() -> None:
    with pytest.raises(ConfigurationError, match="TMWS_RATE_LIMIT: 'often' is no rate limit; write one such as 10/min"):
        RateLimits("often").check("often", "TMWS_RATE_LIMIT")
