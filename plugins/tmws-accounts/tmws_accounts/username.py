"""Names of users, and how they are compared."""

import re
from unicodedata import normalize

from sqlalchemy import ColumnElement, func

from tmws_accounts.models.user import User

_FORM = re.compile(r"[a-z0-9][a-z0-9._-]{0,63}")


def spelled(username: str) -> str:
    """A name as it is compared: without the differences that nobody sees."""
    return normalize("NFKC", username).casefold()


def has_name(username: str) -> ColumnElement[bool]:
    """The condition that a user has a name; nobody has one that is malformed."""
    name = spelled(username)
    return func.lower(User.username) == (name if _FORM.fullmatch(name) else "")
