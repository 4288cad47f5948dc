"""How many documents a scope has, remembered for a while: the weight of a word hardly depends on it."""

import time

from sqlalchemy.orm import Session

from tmws_memory.search.postings import Scope, count

SECONDS_REMEMBERED = 30.0
COUNTED_EACH_TIME = 1000
_MOST_REMEMBERED = 1000


class Sizes:
    """The sizes of the scopes that were searched lately; small ones are counted anew each time."""

    def __init__(self) -> None:
        self._known: dict[str, tuple[int, float]] = {}

    def of(self, session: Session, scope: Scope) -> int:
        """How many documents a scope has, or had up to half a minute ago when it is large."""
        size, counted_at = self._known.get(scope.key, (0, 0.0))
        if size < COUNTED_EACH_TIME or time.monotonic() - counted_at > SECONDS_REMEMBERED:
            size = count(session, scope)
            if len(self._known) >= _MOST_REMEMBERED:
                self._known.clear()
            self._known[scope.key] = (size, time.monotonic())
        return size
