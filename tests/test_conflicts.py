"""What two plugins claim goes to neither, or stays with the one that the database knows."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tmws_core.assembly import Assembly
from tmws_core.conflicts import method_name
from tmws_core.errors import PluginError
from tmws_core.testing.distributions import InstallPlugin

Assemble = Callable[..., Assembly]
Install = Callable[..., Path]
StatusOf = Callable[[Assembly, str], tuple[str, str]]

_TABLE = """
class Owned(Base):
    __tablename__ = "{table}"
    id: Mapped[str] = mapped_column(primary_key=True)
"""
_PLUGIN = """
import sys

from starlette.requests import Request
from tmws_core import (
    Context, Credentials, Extension, Principal, authenticator, command, hookimpl, mcp_method, prompt, resource, route,
    tool,
)


{declaration}


@hookimpl
def {hook}():
    return sys.modules[__name__]
"""
CLAIMS = {
    "tool": ("tmws_tools", '@tool(scope="x:read")\nasync def clash(ctx: Context) -> int: ...', "tool 'clash'"),
    "resource": (
        "tmws_resources",
        '@resource("clash://{name}", scope="x:read")\nasync def one(ctx: Context, name: str) -> str: ...',
        "resource 'clash://{name}'",
    ),
    "method": (
        "tmws_mcp_methods",
        'CLASH = Extension("org.example/clash")\n\n\n'
        '@mcp_method("clash/get", extension=CLASH, scope="x:read")\nasync def get(ctx: Context) -> None: ...',
        "MCP method 'clash/get'",
    ),
    "extension": (
        "tmws_mcp_methods",
        'CLASH = Extension("org.example/clash")\n\n\n'
        '@mcp_method(f"{__name__}/get", extension=CLASH, scope="x:read")\nasync def get(ctx: Context) -> None: ...',
        "MCP extension 'org.example/clash'",
    ),
    "prompt": ("tmws_prompts", '@prompt(scope="x:read")\nasync def clash(ctx: Context) -> str: ...', "prompt 'clash'"),
}
BOTH = "'eris' (tmws-eris 1.0) and 'mars' (tmws-mars 2.0)"


_AUTHENTICATOR = """
@authenticator
async def who(ctx: Context, credentials: Credentials) -> Principal: ...
"""


@pytest.fixture(params=sorted(CLAIMS))
def claimed(request: pytest.FixtureRequest, install_plugin: InstallPlugin) -> str:
    """Two plugins that claim one thing; gives what it is."""
    hook, declaration, thing = CLAIMS[request.param]
    source = _PLUGIN.format(hook=hook, declaration=declaration)
    install_plugin("eris", source, version="1.0")
    install_plugin("mars", source, version="2.0")
    return thing


def test_two_new_plugins_that_claim_one_thing_are_both_stopped(
    claimed: str, assemble: Assemble, status_of: StatusOf
) -> None:
    assembly = assemble("eris", "mars")
    reason = f"{claimed} is claimed by {BOTH}; rename it in one of them, or block one plugin"
    assert [status_of(assembly, name) for name in ("eris", "mars")] == [("failed", reason)] * 2


def test_a_plugin_that_the_database_knows_keeps_what_it_has(
    claimed: str, assemble: Assemble, status_of: StatusOf
) -> None:
    before = assemble("eris")
    before.schema.apply(before.active, strict=True)
    after = assemble("eris", "mars")
    assert status_of(after, "eris") == ("active", "")
    assert status_of(after, "mars")[0] == "failed"
    assert BOTH in status_of(after, "mars")[1]


def test_two_plugins_that_the_database_knows_are_both_stopped(
    claimed: str, assemble: Assemble, status_of: StatusOf
) -> None:
    for name in ("eris", "mars"):
        assembly = assemble(name)
        assembly.schema.apply(assembly.active, strict=True)
    assembly = assemble("eris", "mars")
    assert [status_of(assembly, name)[0] for name in ("eris", "mars")] == ["failed", "failed"]


def test_a_strict_start_ends_at_a_clash(claimed: str, assemble: Assemble) -> None:
    with pytest.raises(PluginError) as raised:
        assemble("eris", "mars", strict=True)
    assert f"{claimed} is claimed by {BOTH}" in str(raised.value)


@pytest.mark.parametrize("second", ["notes", "Notes", "NOTES"])
def test_a_table_has_one_owner_whatever_the_case(
    install_models: Install, assemble: Assemble, status_of: StatusOf, second: str
) -> None:
    install_models("eris", _TABLE.format(table="notes"))
    install_models("mars", _TABLE.format(table=second), version="2.0")
    assembly = assemble("eris", "mars")
    reason = f"table 'notes' is claimed by {BOTH}; rename it in one of them, or block one plugin"
    assert [status_of(assembly, name) for name in ("eris", "mars")] == [("failed", reason)] * 2


def test_a_table_stays_with_the_plugin_that_the_database_knows(
    install_models: Install, assemble: Assemble, status_of: StatusOf
) -> None:
    install_models("mars", _TABLE.format(table="notes"), version="2.0")
    before = assemble("mars")
    before.schema.apply(before.active, strict=True)
    install_models("eris", _TABLE.format(table="notes"))
    after = assemble("eris", "mars")
    assert [status_of(after, name)[0] for name in ("eris", "mars")] == ["failed", "active"]


def test_nobody_takes_the_tables_of_the_core(install_models: Install, assemble: Assemble, status_of: StatusOf) -> None:
    install_models("eris", _TABLE.format(table="tmws_plugins"))
    assembly = assemble("eris")
    assert status_of(assembly, "core") == ("active", "")
    assert "table 'tmws_plugins' is claimed by 'core' (tmws-core" in status_of(assembly, "eris")[1]


def test_nobody_takes_a_tool_of_the_core(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    declaration = '@tool(scope="x:read")\nasync def server_status(ctx: Context) -> int: ...'
    install_plugin("eris", _PLUGIN.format(hook="tmws_tools", declaration=declaration))
    assembly = assemble("eris")
    assert [status_of(assembly, name)[0] for name in ("core", "eris")] == ["active", "failed"]


def test_one_plugin_may_not_declare_a_thing_twice(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    declaration = (
        '@tool(scope="x:read")\nasync def eris_apple(ctx: Context) -> int: ...\n'
        '@tool(scope="x:read")\nasync def apple(ctx: Context) -> int: ...\n'
    )
    install_plugin("eris", _PLUGIN.format(hook="tmws_tools", declaration=declaration))
    assert status_of(assemble("eris"), "eris") == (
        "failed",
        "command 'eris apple' is declared twice in 'eris' (tmws-eris 1.0); rename one",
    )


def test_a_route_has_one_function(install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf) -> None:
    route = '@route("/eris/apple", scope="x:read")\nasync def {0}(ctx: Context, request: Request) -> None: ...\n'
    source = _PLUGIN.format(hook="tmws_routes", declaration=route.format("one") + route.format("two"))
    install_plugin("eris", source)
    reason = "route 'GET /eris/apple' is declared twice in 'eris' (tmws-eris 1.0); rename one"
    assert status_of(assemble("eris"), "eris") == ("failed", reason)


def test_a_plugin_keeps_to_its_own_routes(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    declaration = '@route("/mars/war", scope="x:read")\nasync def one(ctx: Context, request: Request) -> None: ...'
    install_plugin("eris", _PLUGIN.format(hook="tmws_routes", declaration=declaration))
    status, reason = status_of(assemble("eris"), "eris")
    assert status == "failed"
    assert "route '/mars/war' of eris:one must begin with /eris/" in reason


def test_plugins_that_clash_take_no_other_down(claimed: str, install_models: Install, assemble: Assemble) -> None:
    install_models("notes", _TABLE.format(table="notes"))
    assert [record.name for record in assemble("eris", "mars", "notes").active] == ["core", "notes"]


@pytest.mark.parametrize(
    ("plugin", "tool", "method"),
    [
        ("memory", "memory_store", "store"),
        ("agents", "agent_switch", "switch"),
        ("agents", "agents_list", "list"),
        ("memory", "memory_", "memory_"),
        ("memory", "recall", "recall"),
        ("memory", "memorystore", "memorystore"),
    ],
)
def test_a_tools_method_is_its_name_below_its_plugin(plugin: str, tool: str, method: str) -> None:
    assert method_name(plugin, tool) == method


def test_only_one_plugin_may_say_who_calls(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    source = _PLUGIN.format(hook="tmws_authenticators", declaration=_AUTHENTICATOR)
    install_plugin("eris", source, version="1.0")
    install_plugin("mars", source, version="2.0")
    assembly = assemble("eris", "mars")
    reason = f"authentication of HTTP requests is claimed by {BOTH}; remove it in one of them, or block one plugin"
    assert [status_of(assembly, name) for name in ("eris", "mars")] == [("failed", reason)] * 2


def test_one_plugin_has_one_authenticator(
    install_plugin: InstallPlugin, assemble: Assemble, status_of: StatusOf
) -> None:
    declarations = _AUTHENTICATOR + _AUTHENTICATOR.replace("who", "whom")
    install_plugin("eris", _PLUGIN.format(hook="tmws_authenticators", declaration=declarations))
    reason = "authentication of HTTP requests is declared twice in 'eris' (tmws-eris 1.0); remove one"
    assert status_of(assemble("eris"), "eris") == ("failed", reason)
