"""The sessions of the serving connections, which can be made to ask somebody before they commit."""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session

BeforeCommit = Callable[[Session], None]

_KEY = "tmws before commit"


class ServingSession(Session):
    """A session of a serving connection."""


def ask_before_commit(session: Session, ask: BeforeCommit | None) -> None:
    """Have somebody asked whenever a serving session is about to commit; to raise there prevents the commit.

    Args:
        session: the session.
        ask: takes the session, in whose transaction everything is written already.
    """
    if ask is not None:
        session.info[_KEY] = ask


def _before_commit(session: Session) -> None:
    ask: BeforeCommit | None = session.info.get(_KEY)
    if ask is not None and not session.in_nested_transaction():  # a savepoint is no commit
        session.flush()
        ask(session)


event.listen(ServingSession, "before_commit", _before_commit)
