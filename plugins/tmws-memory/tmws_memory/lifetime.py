"""How long a memory lives: as long as it was given, and no longer than its access level allows."""

from datetime import datetime, timedelta

from tmws_core.columns import utc_now
from tmws_core.tool_errors import InvalidArguments
from tmws_memory.settings import MemorySettings


def end_of_life(days: float | None, access_level: str, settings: MemorySettings) -> datetime | None:
    """The moment at which a lifetime that begins now is over; None when it has no end.

    Raises:
        InvalidArguments: the access level does not allow it to live that long.
    """
    if days is None:
        return None
    longest = settings.longest_days(access_level)
    if days > longest:
        raise InvalidArguments(
            f"ttl_days is {days:g}, and a memory at the level {access_level!r} may live {longest} days",
            hint=f"give fewer days, or raise TMWS_MEMORY_LONGEST_DAYS_{access_level.upper()}",
            details={"faults": [{"argument": "ttl_days", "fault": f"more than {longest}"}]},
        )
    return utc_now() + timedelta(days=days)


def refuse_longer(expires_at: datetime | None, access_level: str, settings: MemorySettings) -> None:
    """Refuse an access level at which a memory may not live as long as it is to live.

    Raises:
        InvalidArguments: it may not.
    """
    longest = settings.longest_days(access_level)
    if expires_at is not None and expires_at > utc_now() + timedelta(days=longest):
        raise InvalidArguments(
            f"it lives until {expires_at:%Y-%m-%d}, and at the level {access_level!r} it may live {longest} days",
            hint="give it a shorter ttl_days in the same call",
            details={"faults": [{"argument": "access_level", "fault": f"lifetime of more than {longest} days"}]},
        )
