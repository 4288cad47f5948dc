"""To go back to a former version: the history stays as it is, and nothing is copied."""

from sqlalchemy.orm import Session

from tmws_agents.registration import ensure_registered
from tmws_core import Principal
from tmws_core.tool_errors import InvalidArguments
from tmws_skills import authoring, versions
from tmws_skills.access import writable
from tmws_skills.authoring import Revision
from tmws_skills.lookup import find_to


def roll_back(
    session: Session, principal: Principal, skill: str, version: int | str, expected_version: int | None = None
) -> Revision:
    """Make a former version the active one again.

    Args:
        session: a writing session.
        principal: who does it.
        skill: the skill's identifier or name.
        version: the number or the digest of the version.
        expected_version: the active version that the caller has read; None to replace whatever is active.

    Raises:
        NotFound: there is no such skill for the caller, or it has no such version.
        PermissionDenied: the caller may read it, and not change it.
        AlreadyChanged: another version than the expected one is active.
        InvalidArguments: the version was rejected.
    """
    found = find_to(session, principal, skill, writable, "change")
    authoring.refuse_stale(found, expected_version)
    former = versions.one(session, found, version)
    if former.review_status == "rejected":
        raise InvalidArguments(
            f"version: {former.version} of the skill {found.name!r} was rejected",
            hint="roll back to another one, or change the skill and have it reviewed again",
        )
    ensure_registered(session, principal)
    authoring.activate(session, found, former)
    return Revision(found, former, is_new=False)
