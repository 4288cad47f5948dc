"""A plugin with a door of every kind, so that each kind is visited whatever else is installed."""

EVERY_KIND = """
    import sys

    from starlette.requests import Request
    from starlette.responses import PlainTextResponse, Response

    from pydantic import BaseModel

    from tmws_core import (
        PUBLIC,
        Context,
        Extension,
        ListedPrompt,
        ListedResource,
        PromptPage,
        ResourcePage,
        command,
        hookimpl,
        mcp_method,
        prompt,
        prompt_lister,
        resource,
        resource_lister,
        route,
        tool,
        tool_lister,
    )

    here = sys.modules[__name__]
    EVERYTHING = Extension("org.example/every")


    class Canary(BaseModel):
        said: str = "canary"


    async def complete(ctx: Context, typed: str, chosen: dict[str, str]) -> list[str]:
        return ["canary"]


    @tool(scope="every:touch")
    async def every_touch(ctx: Context, what: str) -> str:
        \"\"\"Touch something.\"\"\"
        return "canary"


    @tool(scope="every:look", read_only=True, listed=True)
    async def every_look(ctx: Context) -> str:
        \"\"\"Look at something.\"\"\"
        return "canary"


    @tool_lister(scope="every:show")
    async def every_shown(ctx: Context) -> list[str]:
        return ["every_touch"]


    async def every_read(ctx: Context, name: str, arguments: dict[str, str]) -> str:
        return "canary"


    async def every_completed(ctx, name, argument, typed, chosen) -> list[str]:
        return ["canary"]


    @prompt_lister("every-", get=every_read, complete=every_completed, scope="every:list")
    async def every_listed(ctx: Context, cursor: str | None) -> PromptPage:
        return PromptPage([ListedPrompt("every-one")])


    @resource_lister(scope="every:enumerate")
    async def every_enumerated(ctx: Context, cursor: str | None) -> ResourcePage:
        return ResourcePage([ListedResource("every://one/enumerated", "canary")])


    @mcp_method("every/do", extension=EVERYTHING, scope="every:do")
    async def every_do(ctx: Context, what: str) -> Canary:
        return Canary()


    @resource("every://all", scope="every:look")
    async def every_all(ctx: Context) -> str:
        \"\"\"Everything.\"\"\"
        return "canary"


    @resource("every://one/{name}", scope="every:read", completions={"name": complete})
    async def every_one(ctx: Context, name: str) -> str:
        \"\"\"One thing.\"\"\"
        return "canary"


    @prompt(scope="every:ask", completions={"name": complete})
    async def every_ask(ctx: Context, name: str) -> str:
        \"\"\"Ask.\"\"\"
        return "canary"


    @route("/every/{number:int}/{name}", scope="every:visit", methods=["GET", "POST", "DELETE"])
    async def every_visit(ctx: Context, request: Request) -> Response:
        \"\"\"Visit.\"\"\"
        return PlainTextResponse("canary")


    @route("/every/open", scope=PUBLIC)
    async def every_open(ctx: Context, request: Request) -> Response:
        \"\"\"Greet anybody.\"\"\"
        return PlainTextResponse("open")


    @command(scope="every:run")
    async def every_run(ctx: Context) -> str:
        \"\"\"Run.\"\"\"
        return "canary"


    @hookimpl
    def tmws_tools():
        return here


    @hookimpl
    def tmws_tool_listers():
        return here


    @hookimpl
    def tmws_prompt_listers():
        return here


    @hookimpl
    def tmws_resource_listers():
        return here


    @hookimpl
    def tmws_mcp_methods():
        return here


    @hookimpl
    def tmws_resources():
        return here


    @hookimpl
    def tmws_prompts():
        return here


    @hookimpl
    def tmws_routes():
        return here


    @hookimpl
    def tmws_commands():
        return here
"""
