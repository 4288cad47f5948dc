"""Every hook is documented, and the example in its documentation is a plugin that does what the hook is for."""

import inspect
import sys
from collections.abc import Callable
from functools import partial
from textwrap import dedent

import pytest
from sqlalchemy import text

from tmws_core import hookspecs
from tmws_core.application import Application
from tmws_core.contributions import Prompt, Resource
from tmws_core.credentials import Credentials
from tmws_core.pipeline import Call
from tmws_core.schema.live import live_tables
from tmws_core.testing.distributions import InstallPlugin
from tmws_core.tool_listing import tools_shown

Open = Callable[..., Application]

HOOKS = {name: function for name, function in vars(hookspecs).items() if hasattr(function, "tmws_spec")}
ARGUMENTS: dict[str, list[str]] = {
    "tmws_authenticators": [],
    "tmws_commands": [],
    "tmws_health_checks": [],
    "tmws_hookspecs": [],
    "tmws_lifespan": ["application"],
    "tmws_mcp_methods": [],
    "tmws_migrations": [],
    "tmws_models": [],
    "tmws_observers": [],
    "tmws_prompt_listers": [],
    "tmws_prompts": [],
    "tmws_resource_listers": [],
    "tmws_resources": [],
    "tmws_routes": [],
    "tmws_seeds": [],
    "tmws_settings": [],
    "tmws_tool_listers": [],
    "tmws_tools": [],
    "tmws_witnesses": [],
}

_IMPLEMENTATION = """
from tmws_core import hookimpl


@hookimpl
def example_flavours():
    return ["amaretto"]
"""


@pytest.fixture
def example(install_plugin: InstallPlugin, start: Callable[..., Application]) -> Open:
    """A strict application with the example of one hook installed."""

    def opened(hook: str, **fields: object) -> Application:
        _, _, source = inspect.cleandoc(HOOKS[hook].__doc__ or "").partition("\nExample:\n")
        install_plugin("example", dedent(source))
        return start("example", strict=True, **fields)

    return opened


def _call(application: Application) -> Call:
    return Call(application.local_principal, "test")


async def test_tmws_models_creates_the_table(example: Open) -> None:
    async with example("tmws_models") as application, application.database.session(read_only=True) as session:
        assert (await session.execute(text("SELECT id, text FROM example_notes"))).all() == []


async def test_tmws_migrations_records_the_revision(example: Open) -> None:
    async with example("tmws_migrations") as application:
        assert application.assembly.schema.applied()["example"].revision == "0001"


async def test_tmws_tools_makes_the_tool_callable(example: Open) -> None:
    async with example("tmws_tools") as application:
        arguments = {"left": 2, "right": 3}
        assert await application.pipeline.call_tool(_call(application), "example_add", arguments) == {"result": 5}


async def test_tmws_tool_listers_show_what_is_pinned(example: Open) -> None:
    async with example("tmws_tool_listers") as application:
        await application.pipeline.call_tool(_call(application), "example_pin", {"name": "example_pin"})
        assert await tools_shown(application, _call(application)) == frozenset({"example_pin"})


async def test_tmws_resources_makes_the_resource_readable(example: Open) -> None:
    async with example("tmws_resources") as application:
        [resource] = application.catalogue.resources
        variables = resource.variables_in("example://greeting/Ada") or {}
        text_read = await application.pipeline.run(
            _call(application),
            resource.name,
            resource.scope,
            lambda context: resource.function(context, **variables),
            read_only=True,
        )
        assert text_read == "Good day, Ada."


async def test_tmws_resource_listers_list_resources(example: Open) -> None:
    async with example("tmws_resource_listers") as application:
        [lister] = application.catalogue.resource_listers
        page = await application.pipeline.run(
            _call(application),
            lister.name,
            lister.scope,
            lambda context: lister.function(context, None),
            read_only=True,
        )
    assert [one.uri for one in page.resources] == ["example://books/emma", "example://books/walden"]


async def test_tmws_prompts_makes_the_prompt_render(example: Open) -> None:
    async with example("tmws_prompts") as application:
        prompt = application.catalogue.prompts["summarise"]
        rendered = await application.pipeline.run(
            _call(application),
            prompt.name,
            prompt.scope,
            lambda context: prompt.function(context, topic="tides"),
            read_only=True,
        )
        assert rendered == "Summarise what is known about tides in three sentences."


async def test_tmws_prompt_listers_list_prompts_and_get_one(example: Open) -> None:
    async with example("tmws_prompt_listers") as application:
        [lister] = application.catalogue.prompt_listers
        run = partial(application.pipeline.run, _call(application), lister.name, lister.scope, read_only=True)
        page = await run(lambda context: lister.function(context, None))
        text_got = await run(lambda context: lister.get(context, page.prompts[0].name, {"cups": "three"}))
    assert ([one.name for one in page.prompts], page.next_cursor) == (["example-tea", "example-toast"], None)
    assert text_got == "Boil water for three cups."


@pytest.mark.parametrize(
    ("hook", "argument", "typed", "completed"),
    [("tmws_prompts", "topic", "ti", ["tides", "time"]), ("tmws_resources", "name", "A", ["Ada", "Alan"])],
)
async def test_the_example_completes_an_argument(
    example: Open, hook: str, argument: str, typed: str, completed: list[str]
) -> None:
    async with example(hook) as application:
        offered: list[Prompt | Resource] = [*application.catalogue.resources]
        offered += application.catalogue.prompts.values()
        [declared] = offered
        answer = await application.pipeline.run(
            _call(application),
            declared.name,
            declared.scope,
            lambda context: declared.completions[argument](context, typed, {}),
            read_only=True,
        )
    assert answer == completed


async def test_tmws_mcp_methods_answer_a_request(example: Open) -> None:
    async with example("tmws_mcp_methods") as application:
        method = application.catalogue.methods["stars/get"]
        star = await application.pipeline.run(
            _call(application),
            method.name,
            method.scope,
            lambda context: method.function(context, name="Jupiter"),
            read_only=True,
        )
    assert (star.moons, method.extension.identifier) == (97, "org.example/stars")


async def test_tmws_routes_declares_the_endpoint(example: Open) -> None:
    async with example("tmws_routes") as application:
        declared = [(one.path, tuple(one.methods), one.scope) for one in application.catalogue.routes]
        assert declared == [("/example/ping", ("GET",), "example:read")]


async def test_tmws_commands_declares_the_command(example: Open) -> None:
    async with example("tmws_commands") as application:
        [command] = application.catalogue.commands["example"]
        said = await application.pipeline.run(
            _call(application),
            command.name,
            command.scope,
            lambda context: command.function(context, text="hello"),
            read_only=False,
        )
        assert (command.name, said) == ("shout", "HELLO")


async def test_tmws_settings_is_read_from_the_environment(example: Open) -> None:
    application = example("tmws_settings", environment={"TMWS_EXAMPLE_LIMIT": "3"})
    async with application:
        assert application.settings.section(sys.modules["example"].ExampleSettings).limit == 3


async def test_tmws_seeds_writes_the_row(example: Open) -> None:
    async with example("tmws_seeds") as application, application.database.session(read_only=True) as session:
        assert (await session.scalars(text("SELECT name FROM example_colours"))).all() == ["red"]


async def test_tmws_lifespan_is_entered_and_left(example: Open) -> None:
    async with example("tmws_lifespan"):
        entered = list(sys.modules["example"].steps)
    assert (entered, sys.modules["example"].steps) == (["opened"], ["opened", "closed"])


async def test_tmws_lifespan_yields_what_a_tool_uses(example: Open) -> None:
    async with example("tmws_lifespan") as application:
        answer = await application.pipeline.call_tool(_call(application), "example_ask", {"question": "Rain"})
    assert answer == {"result": "Rain? Yes."}


async def test_tmws_health_checks_are_asked(example: Open) -> None:
    async with example("tmws_health_checks") as application:
        [check] = application.catalogue.health_checks["example"]
        answer = await application.pipeline.run(_call(application), check.name, None, check.function, read_only=True)
        assert answer == "the thermometer answers"


async def test_tmws_authenticators_know_who_shows_a_key(example: Open) -> None:
    async with example("tmws_authenticators") as application:
        assert application.catalogue.authenticator is not None
        know = application.catalogue.authenticator.function
        credentials = Credentials("ada-and-her-key", "127.0.0.1", loopback=True)
        principal = await application.pipeline.run(
            _call(application), "authentication", None, lambda context: know(context, credentials), read_only=True
        )
    assert (principal.agent_id, principal.credential) == ("ada", "key of ada")


async def test_tmws_witnesses_write_down_who_wrote(example: Open) -> None:
    async with example("tmws_witnesses") as application:
        await application.pipeline.call_tool(_call(application), "example_note", {"text": "Rain."})
        async with application.database.session(read_only=True) as session:
            lines = (await session.scalars(text("SELECT text FROM example_lines ORDER BY number"))).all()
    assert lines == ["Rain.", "local-agent called example_note"]


async def test_tmws_observers_hear_of_a_call(example: Open) -> None:
    async with example("tmws_observers") as application:
        await application.pipeline.call_tool(_call(application), "tool_search", {})
    assert sys.modules["example"].heard == ["tool_search"]


async def test_tmws_hookspecs_lets_another_plugin_implement_it(example: Open, install_plugin: InstallPlugin) -> None:
    install_plugin("amaretto", _IMPLEMENTATION, requires=("tmws-core", "tmws-example"))
    async with example("tmws_hookspecs", plugins="example,amaretto") as application:
        assert application.assembly.manager.hook.example_flavours() == [["amaretto"]]


async def test_the_example_of_tmws_models_leaves_no_other_table(example: Open) -> None:
    application = example("tmws_models")
    async with application, application.database.session(read_only=True) as session:
        connection = await session.connection()
        assert await connection.run_sync(live_tables) == {"example_notes", "tmws_plugins"}


def test_every_hook_has_a_test_here_that_runs_its_example() -> None:
    tests = [name for name in globals() if name.startswith("test_tmws_")]
    assert {hook for hook in HOOKS if any(test.startswith(f"test_{hook}_") for test in tests)} == set(HOOKS)


def test_no_test_here_is_about_a_hook_that_does_not_exist() -> None:
    tests = {name for name in globals() if name.startswith("test_tmws_")}
    assert {test for test in tests if any(test.startswith(f"test_{hook}_") for hook in HOOKS)} == tests


@pytest.mark.parametrize("hook", sorted(HOOKS))
def test_a_hook_says_what_it_does_and_what_it_returns(hook: str) -> None:
    documented = inspect.cleandoc(HOOKS[hook].__doc__ or "")
    assert documented.startswith("Contribute ")
    assert "\nReturns:\n" in documented


def test_the_arguments_of_the_hooks_stay_what_they_are() -> None:
    assert {hook: list(inspect.signature(function).parameters) for hook, function in HOOKS.items()} == ARGUMENTS


def test_a_hook_is_a_contract_and_not_an_implementation() -> None:
    for hook, function in HOOKS.items():
        with pytest.raises(NotImplementedError):
            function(*ARGUMENTS[hook])
