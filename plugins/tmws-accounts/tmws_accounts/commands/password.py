"""Takes a password from whoever sits at the terminal, or from standard input; never from an argument."""

import asyncio
import sys
from getpass import getpass

from tmws_accounts.passwords.hashing import Passwords
from tmws_accounts.passwords.rules import refuse_unfit
from tmws_core.tool_errors import InvalidArguments


async def ask_for_hash(passwords: Passwords, username: str) -> str:
    """Take a new password and hash it.

    Args:
        passwords: hashes it.
        username: whose it will be.

    Raises:
        InvalidArguments: it is refused, or was typed in two ways.
    """
    password = await asyncio.to_thread(_typed if sys.stdin.isatty() else _piped, username)
    await asyncio.to_thread(refuse_unfit, password, username)
    async with passwords.turn() as turn:
        return await turn.hash(password)


def _typed(username: str) -> str:
    password = getpass(f"Password for {username}: ")
    if password != getpass("Again: "):
        raise InvalidArguments("the two passwords differ", hint="try again")
    return password


def _piped(_username: str) -> str:
    """All of standard input, but for the line's end that programs put after it."""
    try:
        text = sys.stdin.read()
    except UnicodeDecodeError as error:
        raise InvalidArguments("password: standard input is not UTF-8") from error
    return text.removesuffix("\n").removesuffix("\r")
