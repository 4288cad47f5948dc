"""The contract between the core and a plugin: every hook, and nothing else.

A hook that contributes code returns the module or package that holds it. The core imports that package and every
module below it and finds the declarations by themselves, so a new file or function counts because it is there. All
hooks but `tmws_lifespan` are pure: they touch neither disk nor network. The example of each hook is a complete plugin.
"""

from contextlib import AbstractAsyncContextManager
from types import ModuleType
from typing import TYPE_CHECKING

import pluggy
from pydantic import BaseModel

if TYPE_CHECKING:
    from tmws_core.host import Host

PROJECT_NAME = "tmws"

hookspec = pluggy.HookspecMarker(PROJECT_NAME)
hookimpl = pluggy.HookimplMarker(PROJECT_NAME)


@hookspec
def tmws_models() -> ModuleType:
    """Contribute tables.

    Returns:
        The module or package that holds the SQLAlchemy models, on one declarative base made with `plugin_metadata`.

    Example:
        import sys

        from sqlalchemy.orm import DeclarativeBase, Mapped

        from tmws_core import hookimpl
        from tmws_core.columns import Identified
        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("example")


        class Note(Identified, Base):
            __tablename__ = "example_notes"
            text: Mapped[str]


        @hookimpl
        def tmws_models():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_migrations() -> ModuleType:
    """Contribute the revisions that bring an existing database up to the models.

    They are ordinary Alembic revision files in one linear history; each runs in the plugin's own savepoint. A database
    without the plugin's tables is created from the models and gets the newest revision's name.

    Returns:
        The package that holds the revision files, or a module that is itself the only revision.

    Example:
        import sys

        import sqlalchemy as sa
        from alembic import op
        from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

        from tmws_core import hookimpl
        from tmws_core.declarative import plugin_metadata

        revision = "0001"
        down_revision = None


        class Base(DeclarativeBase):
            metadata = plugin_metadata("example")


        class Note(Base):
            __tablename__ = "example_notes"
            id: Mapped[str] = mapped_column(primary_key=True)


        def upgrade():
            op.create_table("example_notes", sa.Column("id", sa.String(), primary_key=True))


        @hookimpl
        def tmws_models():
            return sys.modules[__name__]


        @hookimpl
        def tmws_migrations():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_tools() -> ModuleType:
    """Contribute tools: each becomes an MCP tool, an HTTP endpoint, a command and a possible workflow step.

    Returns:
        The module or package that holds the functions declared with `@tool`.

    Example:
        import sys

        from tmws_core import Context, hookimpl, tool


        @tool(scope="example:read", read_only=True)
        async def example_add(ctx: Context, left: int, right: int) -> int:
            \"\"\"Add two numbers.\"\"\"
            return left + right


        @hookimpl
        def tmws_tools():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_tool_listers() -> ModuleType:
    """Contribute tool listers, which say what a caller's list of tools shows besides the tools that every list shows.

    A lister is asked for each list in the default profile, so it has to be quick. Whoever changes what it answers says
    so with `ctx.list_changed("tools")`.

    Returns:
        The module or package that holds the functions declared with `@tool_lister`.

    Example:
        import sys

        from tmws_core import Context, hookimpl, tool, tool_lister

        pinned: dict[str, set[str]] = {}


        @tool(scope="example:write")
        async def example_pin(ctx: Context, name: str) -> None:
            \"\"\"Keep a tool in the list of tools.\"\"\"
            pinned.setdefault(ctx.principal.agent_id, set()).add(name)
            ctx.list_changed("tools")


        @tool_lister(scope="example:write")
        async def pinned_tools(ctx: Context) -> set[str]:
            \"\"\"The tools that the caller has pinned.\"\"\"
            return pinned.get(ctx.principal.agent_id, set())


        @hookimpl
        def tmws_tools():
            return sys.modules[__name__]


        @hookimpl
        def tmws_tool_listers():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_resources() -> ModuleType:
    """Contribute resources that an MCP client reads by URI.

    A variable of a URI can have a function that completes it while somebody types. A variable with a plus, such as
    `{+path}`, has slashes in it. What is no text, or has another type than the declared one, is a `ResourceContent`.

    Returns:
        The module or package that holds the functions declared with `@resource`.

    Example:
        import sys

        from tmws_core import Context, hookimpl, resource


        async def complete_name(ctx: Context, typed: str, chosen: dict[str, str]) -> list[str]:
            \"\"\"The names that begin with what is typed.\"\"\"
            return [name for name in ("Ada", "Alan", "Grace") if name.startswith(typed)]


        @resource("example://greeting/{name}", scope="example:read", completions={"name": complete_name})
        async def greeting(ctx: Context, name: str) -> str:
            \"\"\"A greeting for somebody.\"\"\"
            return f"Good day, {name}."


        @hookimpl
        def tmws_resources():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_resource_listers() -> ModuleType:
    """Contribute lists of resources that come from rows; a `@resource` template reads them.

    Returns:
        The module or package that holds the functions declared with `@resource_lister`.

    Example:
        import sys

        from tmws_core import Context, ListedResource, ResourcePage, hookimpl, resource, resource_lister

        SHELF = {"emma": "Emma Woodhouse, handsome, clever, and rich", "walden": "When I wrote the following pages"}


        @resource("example://books/{name}", scope="example:read")
        async def book(ctx: Context, name: str) -> str:
            \"\"\"How a book begins.\"\"\"
            return SHELF[name]


        @resource_lister(scope="example:read")
        async def books(ctx: Context, cursor: str | None) -> ResourcePage:
            \"\"\"All books on one page.\"\"\"
            return ResourcePage([ListedResource(f"example://books/{name}", name) for name in SHELF])


        @hookimpl
        def tmws_resources():
            return sys.modules[__name__]


        @hookimpl
        def tmws_resource_listers():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_prompts() -> ModuleType:
    """Contribute prompts that a person picks in an MCP client.

    An argument can have a function that completes it while somebody types.

    Returns:
        The module or package that holds the functions declared with `@prompt`.

    Example:
        import sys

        from tmws_core import Context, hookimpl, prompt


        async def complete_topic(ctx: Context, typed: str, chosen: dict[str, str]) -> list[str]:
            \"\"\"The topics that begin with what is typed.\"\"\"
            return [topic for topic in ("tides", "time", "trees") if topic.startswith(typed)]


        @prompt(scope="example:read", completions={"topic": complete_topic})
        async def summarise(ctx: Context, topic: str) -> str:
            \"\"\"Ask for a summary.\"\"\"
            return f"Summarise what is known about {topic} in three sentences."


        @hookimpl
        def tmws_prompts():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_prompt_listers() -> ModuleType:
    """Contribute prompts that come from rows, so that each caller sees its own and they change while the server runs.

    The names of a lister's prompts begin with its prefix, which is the plugin's name or its singular and a hyphen.

    Returns:
        The module or package that holds the functions declared with `@prompt_lister`.

    Example:
        import sys
        from collections.abc import Mapping

        from tmws_core import Context, ListedPrompt, PromptArgument, PromptPage, hookimpl, prompt_lister
        from tmws_core.tool_errors import NotFound

        RECIPES = {"example-tea": "Boil water for {cups} cups.", "example-toast": "Toast {cups} slices."}


        async def recipe(ctx: Context, name: str, arguments: Mapping[str, str]) -> str:
            \"\"\"The text of one recipe.\"\"\"
            if name not in RECIPES:
                raise NotFound(f"there is no recipe {name!r}")
            return RECIPES[name].format(cups=arguments.get("cups", "two"))


        @prompt_lister("example-", get=recipe, scope="example:read")
        async def recipes(ctx: Context, cursor: str | None) -> PromptPage:
            \"\"\"All recipes on one page.\"\"\"
            cups = PromptArgument("cups", "For how many.")
            return PromptPage([ListedPrompt(name, arguments=[cups]) for name in RECIPES])


        @hookimpl
        def tmws_prompt_listers():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_mcp_methods() -> ModuleType:
    """Contribute methods of an extension of MCP: requests that are none of MCP's own, which clients of it send.

    A client over standard input asks what the server can before the plugins are loaded: so that it hears of the
    extension, name the `Extension` in `pyproject.toml`, too, as an entry point of the group `tmws.mcp_extensions`.

    Returns:
        The module or package that holds the functions declared with `@mcp_method`.

    Example:
        import sys

        from pydantic import BaseModel

        from tmws_core import Context, Extension, hookimpl, mcp_method
        from tmws_core.tool_errors import NotFound

        STARS = Extension("org.example/stars", {"moons": True})


        class Star(BaseModel):
            name: str
            moons: int


        @mcp_method("stars/get", extension=STARS, scope="example:read", read_only=True, lifetime=60)
        async def star(ctx: Context, name: str) -> Star:
            \"\"\"Tell of one star.\"\"\"
            if name != "Jupiter":
                raise NotFound(f"there is no star {name!r}")
            return Star(name=name, moons=97)


        @hookimpl
        def tmws_mcp_methods():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_routes() -> ModuleType:
    """Contribute HTTP endpoints beside those that the tools bring; one for everybody has the scope `PUBLIC`.

    Returns:
        The module or package that holds the functions declared with `@route`.

    Example:
        import sys

        from starlette.requests import Request
        from starlette.responses import PlainTextResponse, Response

        from tmws_core import Context, hookimpl, route


        @route("/example/ping", scope="example:read")
        async def ping(ctx: Context, request: Request) -> Response:
            \"\"\"Answer that the plugin is there.\"\"\"
            return PlainTextResponse("pong")


        @hookimpl
        def tmws_routes():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_commands() -> ModuleType:
    """Contribute commands below `tmws <plugin>` beside those that the tools bring.

    Returns:
        The module or package that holds the functions declared with `@command`.

    Example:
        import sys

        from tmws_core import Context, command, hookimpl


        @command(scope="example:read")
        async def shout(ctx: Context, text: str) -> str:
            \"\"\"Say a text loudly.\"\"\"
            return text.upper()


        @hookimpl
        def tmws_commands():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_settings() -> type[BaseModel]:
    """Contribute the plugin's section of the settings.

    A field `limit` of plugin `example` is read from `TMWS_EXAMPLE_LIMIT`, or from `limit` in the section `[example]`
    of the settings file. The plugin's code gets the filled section with `ctx.settings(ExampleSettings)`.

    Returns:
        A pydantic model in which every field has a default.

    Example:
        from pydantic import BaseModel

        from tmws_core import hookimpl


        class ExampleSettings(BaseModel):
            limit: int = 10


        @hookimpl
        def tmws_settings():
            return ExampleSettings
    """
    raise NotImplementedError


@hookspec
def tmws_seeds() -> ModuleType:
    """Contribute rows that the tables need before anyone has written any.

    Returns:
        The module or package that holds the functions declared with `@seed`.

    Example:
        import sys

        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

        from tmws_core import hookimpl, seed
        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("example")


        class Colour(Base):
            __tablename__ = "example_colours"
            name: Mapped[str] = mapped_column(primary_key=True)


        @seed
        def colours(session: Session) -> None:
            \"\"\"The colours that everybody expects.\"\"\"
            if session.get(Colour, "red") is None:
                session.add(Colour(name="red"))


        @hookimpl
        def tmws_models():
            return sys.modules[__name__]


        @hookimpl
        def tmws_seeds():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_lifespan(application: "Host") -> AbstractAsyncContextManager[object]:
    """Contribute something that starts with the server and stops with it.

    Lifespans are entered in the order of the plan, after the schema is verified, and left in the reverse order. The
    object that the context manager yields is kept as long: the plugin's code gets it with `ctx.state(ItsClass)`, and
    no other plugin may yield one of the same class. To yield nothing, or None, is as good.

    Args:
        application: the application that starts.

    Returns:
        An asynchronous context manager; it is entered once.

    Example:
        import sys
        from contextlib import asynccontextmanager

        from tmws_core import Context, hookimpl, tool

        steps = []


        class Connection:
            async def ask(self, question):
                return f"{question}? Yes."


        @asynccontextmanager
        async def connection():
            steps.append("opened")
            yield Connection()
            steps.append("closed")


        @tool(scope="example:read", read_only=True)
        async def example_ask(ctx: Context, question: str) -> str:
            \"\"\"Ask over the connection.\"\"\"
            return await ctx.state(Connection).ask(question)


        @hookimpl
        def tmws_lifespan(application):
            return connection()


        @hookimpl
        def tmws_tools():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_health_checks() -> ModuleType:
    """Contribute questions that `tmws doctor` and `/readyz` ask.

    Returns:
        The module or package that holds the functions declared with `@health_check`.

    Example:
        import sys

        from tmws_core import Context, health_check, hookimpl


        @health_check
        async def thermometer(ctx: Context) -> str:
            \"\"\"Whether the thermometer answers.\"\"\"
            return "the thermometer answers"


        @hookimpl
        def tmws_health_checks():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_authenticators() -> ModuleType:
    """Contribute the authenticator, which says who sends an HTTP request; only one running plugin may.

    Returns:
        The module or package that holds the function declared with `@authenticator`.

    Example:
        import hashlib
        import sys

        from tmws_core import Context, Credentials, Principal, Unauthenticated, authenticator, hookimpl

        KEYS = {hashlib.sha256(b"ada-and-her-key").digest(): "ada"}


        @authenticator
        async def known_key(ctx: Context, credentials: Credentials) -> Principal:
            \"\"\"Know who shows one of the keys.\"\"\"
            shown = hashlib.sha256((credentials.token or "").encode()).digest()
            if shown not in KEYS:
                raise Unauthenticated("nobody has this key", hint="ask the operator for one")
            return Principal(KEYS[shown], "lab", frozenset({"*:read"}), credential=f"key of {KEYS[shown]}")


        @hookimpl
        def tmws_authenticators():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_witnesses() -> ModuleType:
    """Contribute witnesses, who write down what a call does in the transaction that does it.

    Returns:
        The module or package that holds the functions declared with `@witness`.

    Example:
        import sys

        from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

        from tmws_core import Act, Context, hookimpl, tool, witness
        from tmws_core.declarative import plugin_metadata


        class Base(DeclarativeBase):
            metadata = plugin_metadata("example")


        class Line(Base):
            __tablename__ = "example_lines"
            number: Mapped[int] = mapped_column(primary_key=True)
            text: Mapped[str]


        @tool(scope="example:write")
        async def example_note(ctx: Context, text: str) -> None:
            \"\"\"Write a line.\"\"\"
            ctx.session.add(Line(text=text))


        @witness
        def write_down(session: Session, act: Act) -> None:
            \"\"\"Write another line that says who wrote the first one.\"\"\"
            session.add(Line(text=f"{act.principal.agent_id} called {act.name}"))


        @hookimpl
        def tmws_models():
            return sys.modules[__name__]


        @hookimpl
        def tmws_tools():
            return sys.modules[__name__]


        @hookimpl
        def tmws_witnesses():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_observers() -> ModuleType:
    """Contribute listeners for what happened: calls of every kind, and the events that plugins publish.

    Returns:
        The module or package that holds the functions declared with `@observer`.

    Example:
        import sys

        from tmws_core import Event, hookimpl, observer

        heard = []


        @observer("tool.called")
        async def remember(event: Event) -> None:
            \"\"\"Keep the name of every tool that was called.\"\"\"
            heard.append(event.details["tool"])


        @hookimpl
        def tmws_observers():
            return sys.modules[__name__]
    """
    raise NotImplementedError


@hookspec
def tmws_hookspecs() -> ModuleType:
    """Contribute hooks of the plugin's own, which plugins that build on it implement.

    The hooks are known before the other plugins are registered, so a plugin that implements one may come first. What
    the others return is asked for with `application.hook.<name>()`. The plugin's own implementation has to
    stand in another module than the hook, because the two have one name.

    Returns:
        The module that holds the functions marked with `hookspec`.

    Example:
        import sys

        from tmws_core import hookimpl, hookspec


        @hookspec
        def example_flavours():
            \"\"\"Return a list of flavours.\"\"\"


        @hookimpl
        def tmws_hookspecs():
            return sys.modules[__name__]
    """
    raise NotImplementedError
