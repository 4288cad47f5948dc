"""Slows down whoever guesses passwords, and forgets it when a password was right.

After some failures in a row each further one brings a delay, twice as long as the last (NIST SP 800-63B-4, 3.2.2). It
is counted for each name, whether a user has it or not, and for each address; API keys have nothing to do with it. The
counts stand in the database, so all processes share them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from sqlalchemy import ColumnElement, and_, case, delete, func, select, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tmws_accounts.client import Client, place
from tmws_accounts.credential import digest_of
from tmws_accounts.models.login_failure import LoginFailure
from tmws_accounts.models.user import User
from tmws_accounts.username import has_name, spelled
from tmws_core.tool_errors import RateLimited

FIRST_DELAY = timedelta(seconds=30)
LONGEST_DELAY = timedelta(hours=1)
MOST_IN_A_ROW = 100
"""After so many a password is not tried any more before somebody sets a new one (NIST SP 800-63B-4, 3.2.2)."""
_FORGOTTEN_AFTER = {"account": timedelta(days=90), "address": timedelta(minutes=15)}


@dataclass(frozen=True)
class Subject:
    """Whose failures are counted.

    Attributes:
        kind: a name, or an address.
        value: the name's hash, or the address.
        tolerated: how many failures in a row bring the first delay.
    """

    kind: Literal["account", "address"]
    value: str
    tolerated: int

    @property
    def key(self) -> str:
        """What it is kept under."""
        return f"{self.kind}:{self.value}"

    @property
    def forgotten_after(self) -> timedelta:
        """After how long without a failure a new one counts as the first."""
        return _FORGOTTEN_AFTER[self.kind]

    def retry_at(self, failures: int, now: datetime) -> datetime | None:
        """When the next attempt is allowed; None for at once."""
        if failures < self.tolerated:
            return None
        if self.kind == "account" and failures >= MOST_IN_A_ROW:
            return now + self.forgotten_after
        # no more than 2^7 times the first, which is beyond the longest: a larger power would overflow
        return now + min(FIRST_DELAY * (1 << min(failures - self.tolerated, 7)), LONGEST_DELAY)


def subjects(username: str, client: Client, *, tolerated: int, tolerated_of_address: int) -> list[Subject]:
    """Whose failures a failed login counts as."""
    found = [_account(username, tolerated)]
    if (where := place(client.address)) is not None:
        found.append(Subject("address", where, tolerated_of_address))
    return found


def refuse_too_early(session: Session, of: Iterable[Subject], now: datetime) -> None:
    """Refuse a login that comes before its time.

    Raises:
        RateLimited: there were failures before; the text says nothing of whether the user exists.
    """
    keys = [subject.key for subject in of]
    retry_at = session.scalar(
        select(func.max(LoginFailure.retry_at)).where(LoginFailure.subject.in_(keys), LoginFailure.retry_at > now)
    )
    if retry_at is not None:
        seconds = int((retry_at - now).total_seconds()) + 1
        raise RateLimited(
            "too many logins under this name or from this address have failed",
            hint=f"try again in {seconds} s, or use an API key",
            details={"retry_after_seconds": seconds},
        )


def count(session: Session, of: Sequence[Subject], username: str, now: datetime) -> None:
    """Count a failed login, and forget what is too old to count.

    Args:
        session: a writing one.
        of: whose failure it is.
        username: the name that was given, whose user sees the count, if there is one.
        now: the moment.
    """
    for subject in of:
        failures = _one_more(session, subject, now)
        retry_at = subject.retry_at(failures, now)
        session.execute(update(LoginFailure).where(LoginFailure.subject == subject.key).values(retry_at=retry_at))
        if subject.kind == "account":
            _show(session, username, failures=failures, failed_at=now, retry_at=retry_at)
    session.execute(delete(LoginFailure).where(_forgotten(now)))


def forget(session: Session, username: str) -> None:
    """Forget the failures of a name: its password was right, or is a new one. An address keeps its own."""
    session.execute(delete(LoginFailure).where(LoginFailure.subject == _account(username, 0).key))
    _show(session, username, failures=0, failed_at=None, retry_at=None)


def _account(username: str, tolerated: int) -> Subject:
    # half a surrogate pair is no character of a name, but a request can hold one
    return Subject("account", digest_of(spelled(username).encode(errors="replace").decode()), tolerated)


def _one_more(session: Session, subject: Subject, now: datetime) -> int:
    insert = sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert
    long_ago = LoginFailure.last_failed_at < now - subject.forgotten_after
    counted = (
        insert(LoginFailure)
        .values(subject=subject.key, failures=1, last_failed_at=now)
        .on_conflict_do_update(
            index_elements=[LoginFailure.subject],
            set_={"failures": case((long_ago, 1), else_=LoginFailure.failures + 1), "last_failed_at": now},
        )
        .returning(LoginFailure.failures)
    )
    return session.execute(counted).scalar_one()


def _show(
    session: Session, username: str, *, failures: int, failed_at: datetime | None, retry_at: datetime | None
) -> None:
    """Let whoever looks at the user see it; for a name that nobody has this takes as long."""
    session.execute(
        update(User)
        .where(has_name(username))
        .values(failed_login_attempts=failures, last_failed_login_at=failed_at, locked_until=retry_at)
        .execution_options(synchronize_session=False)
    )


def _forgotten(now: datetime) -> ColumnElement[bool]:
    """The rows that say nothing any more; those of accounts live much longer, and have their own beginning."""
    account, address = (_FORGOTTEN_AFTER[kind] for kind in ("account", "address"))
    of_address = LoginFailure.subject.startswith("address:")
    return and_(
        LoginFailure.last_failed_at < now - address,
        (LoginFailure.last_failed_at < now - account) | of_address,
        (LoginFailure.retry_at <= now) | LoginFailure.retry_at.is_(None),
    )
