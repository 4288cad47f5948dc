"""To see and change users."""

from typing import Annotated, Literal

from pydantic import Field
from sqlalchemy import select
from sqlalchemy.orm import Session

from tmws_accounts import users
from tmws_accounts.answers import UserAnswer
from tmws_accounts.callers import GOVERN, caller_of
from tmws_accounts.models.user import User
from tmws_accounts.scopes import Role
from tmws_accounts.state import AccountsState
from tmws_core import Context, tool
from tmws_core.fields import Slug, StorableText

Username = Annotated[StorableText, Field(max_length=64, description="The user's name.")]
Email = Annotated[
    StorableText,
    Field(
        max_length=255,
        pattern=r"^[^@\s]+@[^@\s]+$",
        description="Where the user is reached.",
        examples=["somebody@example.org"],
    ),
]
FullName = Annotated[StorableText, Field(max_length=255, description="How the user is called.")]
Roles = Annotated[
    list[Role],
    Field(
        min_length=1,
        max_length=5,
        description="super_admin and admin may do everything, user read and write, readonly read; a service cannot log "
        "in, and its keys may do what they were given.",
    ),
]
Status = Literal["active", "inactive", "suspended"]


@tool(scope=GOVERN, read_only=True)
async def account_user_list(ctx: Context) -> list[UserAnswer]:
    """List the users, by their names."""

    def work(session: Session) -> list[UserAnswer]:
        return [UserAnswer.of(user) for user in session.scalars(select(User).order_by(User.username))]

    return await ctx.transaction(work)


@tool(scope=GOVERN, destructive=True, idempotent=True)
async def account_user_update(
    ctx: Context,
    username: Username,
    roles: Annotated[Roles | None, Field(description="The new roles, instead of all former ones.")] = None,
    status: Annotated[
        Status | None,
        Field(description="inactive and suspended end every login and stop every key; active allows them again."),
    ] = None,
    agent_id: Annotated[Slug | None, Field(description="The agent that the user acts as from now on.")] = None,
    email: Email | None = None,
    full_name: FullName | None = None,
    must_change_password: Annotated[
        bool | None, Field(description="Whether the user has to change the password before the next login.")
    ] = None,
) -> UserAnswer:
    """Change a user. What is not given stays as it is; what a user may no longer do ends at once."""
    given = {
        "roles": None if roles is None else list(dict.fromkeys(roles)),
        "status": status,
        "preferred_agent_id": agent_id,
        "email": email,
        "full_name": full_name,
        "force_password_change": must_change_password,
    }
    changes = {column: value for column, value in given.items() if value is not None}

    def work(session: Session) -> UserAnswer:
        caller = caller_of(session, ctx.principal)
        user = users.change(session, username, changes, caller.name)
        ctx.publish("security.user_updated", username=user.username, changed=sorted(changes), by=caller.name)
        return UserAnswer.of(user)

    changed = await ctx.transaction(work)
    ctx.state(AccountsState).verifier.forget()
    return changed
