"""Reads the token out of an HTTP request, and refuses what is not one token in the one place for it."""

import re
from urllib.parse import parse_qsl

from starlette.datastructures import Headers
from starlette.types import Scope

from tmws_core.tool_errors import ToolError, Unauthenticated

# b64token, RFC 6750, section 2.1
_TOKEN = re.compile(r"[A-Za-z0-9\-._~+/]+=*")
INVALID_TOKEN = "invalid_token"  # noqa: S105 -- the name of an error
_HINT = "send the header `Authorization: Bearer` with your key once, and nothing else"


class MalformedCredentialsError(ToolError):
    """The request shows a token in a way that RFC 6750, section 3.1, calls malformed."""

    code = "invalid_request"
    status = 400


def token_in(scope: Scope) -> str | None:
    """The token of a request; None when it shows nothing.

    Raises:
        MalformedCredentialsError: the token is in the query, there are several headers, or the header has no token.
        Unauthenticated: the header is of another scheme, or the token has characters that no token has.
    """
    if any(
        name == "access_token" for name, _ in parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    ):
        raise MalformedCredentialsError("a token in the address ends up in logs", hint=_HINT)
    given = Headers(scope=scope).getlist("authorization")
    if not given:
        return None
    if len(given) > 1:
        raise MalformedCredentialsError(f"there are {len(given)} Authorization headers", hint=_HINT)
    scheme, _, token = given[0].partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthenticated("the Authorization header is of another scheme than Bearer", hint=_HINT)
    token = token.strip(" \t")
    if not token:
        raise MalformedCredentialsError("the Authorization header has no token", hint=_HINT)
    if _TOKEN.fullmatch(token) is None:
        raise Unauthenticated("the token has characters that no token has", hint=_HINT, error=INVALID_TOKEN)
    return token
