"""`tmws accounts user-create` and `user-password`; listing and changing are tools, and so commands too."""

from typing import Annotated

from pydantic import Field
from sqlalchemy.orm import Session

from tmws_accounts import users
from tmws_accounts.answers import UserAnswer
from tmws_accounts.callers import GOVERN, caller_of
from tmws_accounts.commands.password import ask_for_hash
from tmws_accounts.passwords.hashing import NO_PASSWORD
from tmws_accounts.state import AccountsState
from tmws_accounts.tools.users import Email, FullName, Roles, Username
from tmws_accounts.users import NewUser
from tmws_core import Context, command
from tmws_core.fields import Slug
from tmws_core.tool_errors import InvalidArguments

NewName = Annotated[Slug, Field(min_length=3, max_length=64, description="The name.")]


@command(scope=GOVERN)
async def user_create(
    ctx: Context,
    username: NewName,
    roles: Roles = ["user"],  # noqa: B006 -- pydantic copies a default before it is used
    agent_id: Annotated[
        Slug | None, Field(description="The agent that the user acts as; without it, a new one of the user's name.")
    ] = None,
    namespace: Annotated[Slug, Field(description="Where a new agent's rows go.")] = "default",
    email: Email | None = None,
    full_name: FullName | None = None,
    without_password: Annotated[
        bool, Field(description="Whether nobody can log in, and keys are the only way in.")
    ] = False,
) -> UserAnswer:
    """Make a user. The password is asked for, or read from standard input."""
    state = ctx.state(AccountsState)
    database = ctx.application.database
    if not await database.transaction(users.are_there, read_only=True):
        raise InvalidArguments(
            "this installation has no owner yet", hint="begin with `tmws accounts init`, which makes one"
        )
    password_hash = NO_PASSWORD if without_password else await ask_for_hash(state.passwords, username)

    def work(session: Session) -> UserAnswer:
        caller = caller_of(session, ctx.principal)
        new = NewUser(
            username=username,
            roles=list(dict.fromkeys(roles)),
            agent_id=agent_id,
            namespace=namespace,
            password_hash=password_hash,
            email=email,
            full_name=full_name,
            created_by=caller.name,
        )
        user = users.create(session, new, state.now())
        ctx.publish("security.user_created", username=user.username, roles=list(user.roles), by=caller.name)
        return UserAnswer.of(user)

    return await ctx.transaction(work)


@command(scope=GOVERN)
async def user_password(ctx: Context, username: Username) -> UserAnswer:
    """Give a user a new password, which is asked for, or read from standard input.

    A login that too many failures had closed is open again, and whoever is logged in has to log in anew.
    """
    state = ctx.state(AccountsState)

    def known(session: Session) -> str:
        return users.require(session, username).username

    name = await ctx.transaction(known)
    password_hash = await ask_for_hash(state.passwords, name)

    def work(session: Session) -> UserAnswer:
        caller = caller_of(session, ctx.principal)
        user = users.require(session, name)
        users.set_password(session, user, password_hash, caller.name, state.now())
        ctx.publish("security.password_changed", username=user.username, by=caller.name)
        return UserAnswer.of(user)

    changed = await ctx.transaction(work)
    state.verifier.forget()
    return changed
