"""How long what a login gives is good for."""

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True)
class Lifetimes:
    """The lifetimes of one installation.

    Attributes:
        access: of an access token.
        family: of everything that follows from one login, however often it is refreshed.
    """

    access: timedelta = timedelta(minutes=15)
    family: timedelta = timedelta(days=30)
