"""Who declares something for callers says who may ask for it, and how often."""

from collections.abc import Callable
from typing import Any

import pytest

from tmws_core.assembly import Assembly
from tmws_core.contributions import command, prompt, resource, route, tool
from tmws_core.errors import PluginError
from tmws_core.testing.distributions import InstallPlugin

Decorate = Callable[..., Callable[[Any], Any]]

DOORS: dict[str, Decorate] = {
    "tool": tool,
    "resource": lambda **given: resource("notes://all", **given),
    "prompt": prompt,
    "route": lambda **given: route("/notes/all", **given),
    "command": command,
}
LIMITED = sorted(DOORS.keys() - {"command"})


async def notes_all(ctx: object) -> str:
    """Give all notes."""
    return ""


@pytest.mark.parametrize("door", sorted(DOORS))
def test_a_declaration_without_a_scope_is_refused_by_its_name(door: str) -> None:
    with pytest.raises(PluginError, match=f"{door} {__name__}:notes_all declares no scope; say with scope="):
        DOORS[door]()(notes_all)


@pytest.mark.parametrize("scope", ["notes", "*", "notes:*", "*:read", "Notes:read", "notes:", ":read", "a:b:c", "a: b"])
def test_a_scope_that_is_no_area_and_verb_is_refused(scope: str) -> None:
    with pytest.raises(PluginError, match="write an area and a verb, such as notes:read"):
        tool(scope=scope)(notes_all)


@pytest.mark.parametrize("door", LIMITED)
def test_a_rate_limit_that_cannot_be_read_is_refused_by_the_name_of_its_declaration(door: str) -> None:
    with pytest.raises(PluginError, match=f"{door} {__name__}:notes_all declares the rate limit 'often'"):
        DOORS[door](scope="notes:read", rate_limit="often")(notes_all)


def test_a_plugin_that_declares_no_scope_does_not_run(
    install_plugin: InstallPlugin,
    assemble: Callable[..., Assembly],
    status_of: Callable[[Assembly, str], tuple[str, str]],
) -> None:
    install_plugin(
        "notes",
        """
        from tmws_core import Context, tool


        @tool()
        async def notes_all(ctx: Context) -> str: ...
        """,
    )
    status, reason = status_of(assemble("notes"), "notes")
    assert status == "failed"
    assert reason.startswith("import: tool notes:notes_all declares no scope")
