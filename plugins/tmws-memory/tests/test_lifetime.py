"""How long a memory may live at which level."""

from datetime import timedelta

import pytest

from tmws_core.columns import ACCESS_LEVELS, utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.lifetime import end_of_life, refuse_longer
from tmws_memory.settings import MemorySettings

SETTINGS = MemorySettings.model_validate({})


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_a_memory_without_a_lifetime_has_no_end(level: str) -> None:
    assert end_of_life(None, level, SETTINGS) is None


@pytest.mark.parametrize("days", [0.001, 1, 29.5])
def test_a_lifetime_begins_now(days: float) -> None:
    before = utc_now()
    end = end_of_life(days, "public", SETTINGS)
    assert end is not None
    assert before + timedelta(days=days) <= end <= utc_now() + timedelta(days=days)


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_a_lifetime_may_be_as_long_as_the_level_allows(level: str) -> None:
    assert end_of_life(SETTINGS.longest_days(level), level, SETTINGS) is not None


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_a_longer_lifetime_than_the_level_allows_is_refused(level: str) -> None:
    longest = SETTINGS.longest_days(level)
    with pytest.raises(InvalidArguments, match=f"TMWS_MEMORY_LONGEST_DAYS_{level.upper()}") as refused:
        end_of_life(longest + 0.5, level, SETTINGS)
    assert refused.value.details == {"faults": [{"argument": "ttl_days", "fault": f"more than {longest}"}]}


def test_the_longest_lifetime_is_a_setting() -> None:
    with pytest.raises(InvalidArguments, match="may live 2 days"):
        end_of_life(3, "team", MemorySettings.model_validate({"longest_days_team": 2}))


@pytest.mark.parametrize("level", ACCESS_LEVELS)
def test_what_never_ends_suits_every_level(level: str) -> None:
    refuse_longer(None, level, SETTINGS)


def test_what_ends_in_time_suits_a_level() -> None:
    refuse_longer(utc_now() + timedelta(days=29), "public", SETTINGS)


def test_what_ends_too_late_does_not_suit_a_level() -> None:
    with pytest.raises(InvalidArguments, match="give it a shorter ttl_days") as refused:
        refuse_longer(utc_now() + timedelta(days=31), "public", SETTINGS)
    assert refused.value.details["faults"][0]["argument"] == "access_level"
