"""A plugin that knows its callers by their keys."""

GUARD = """
    import sys

    from starlette.requests import Request
    from starlette.responses import JSONResponse, Response

    from tmws_core import (
        PUBLIC, Context, Credentials, Event, Principal, Unauthenticated, authenticator, health_check, hookimpl,
        observer, route,
    )
    from tmws_core.tool_errors import PermissionDenied

    here = sys.modules[__name__]
    seen = []
    heard = []
    KEYS = {
        "admin-key": Principal("ada", "lab", frozenset({"*"}), credential="key-1"),
        "reader-key": Principal("bob", "lab", frozenset({"*:read"}), credential="key-2"),
        "other-key": Principal("eve", "lab", frozenset({"*"}), credential="key-3"),
    }


    @authenticator
    async def by_key(ctx: Context, credentials: Credentials) -> Principal:
        \"\"\"Know the owner of a key.\"\"\"
        seen.append(credentials)
        if credentials.token == "broken-key":
            raise LookupError("a secret of the inside")
        if credentials.token == "no-principal-key":
            return "ada"
        if credentials.token not in KEYS:
            raise Unauthenticated("nobody has this key", hint="ask for one")
        return KEYS[credentials.token]


    @route("/guard/hello", scope=PUBLIC)
    async def hello(ctx: Context, request: Request) -> Response:
        \"\"\"Greet anybody.\"\"\"
        return JSONResponse({"agent": ctx.principal.agent_id, "client": ctx.client})


    @route("/guard/login", scope=PUBLIC, methods=["POST"], rate_limit="2/hour")
    async def login(ctx: Context, request: Request) -> Response:
        \"\"\"Let somebody in.\"\"\"
        return JSONResponse({})


    @route("/guard/whoami", scope="guard:read")
    async def whoami(ctx: Context, request: Request) -> Response:
        \"\"\"Tell who calls.\"\"\"
        return JSONResponse({"agent": ctx.principal.agent_id, "client": ctx.client})


    @route("/guard/change", scope="guard:write", methods=["POST"])
    async def change(ctx: Context, request: Request) -> Response:
        \"\"\"Change something.\"\"\"
        return JSONResponse({})


    @route("/guard/own", scope="guard:read")
    async def own(ctx: Context, request: Request) -> Response:
        \"\"\"Refuse for a reason that is no scope.\"\"\"
        raise PermissionDenied("this belongs to somebody else")


    @route("/.well-known/oauth-protected-resource/mcp", scope=PUBLIC)
    async def metadata(ctx: Context, request: Request) -> Response:
        \"\"\"Tell where tokens come from.\"\"\"
        return JSONResponse({"resource": "here"})


    @health_check
    async def locks(ctx: Context) -> str:
        \"\"\"Whether the doors are locked.\"\"\"
        return "all doors are locked"


    @observer("authentication.refused")
    async def listen(event: Event) -> None:
        \"\"\"Remember who was refused.\"\"\"
        heard.append((event.principal.agent_id, event.details))


    @hookimpl
    def tmws_authenticators():
        return here


    @hookimpl
    def tmws_routes():
        return here


    @hookimpl
    def tmws_health_checks():
        return here


    @hookimpl
    def tmws_observers():
        return here
"""
