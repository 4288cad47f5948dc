"""A completion is declared for an argument or a variable that exists."""

from collections.abc import Callable, Mapping, Sequence

import pytest

from tmws_core import prompt, resource
from tmws_core.assembly import Assembly
from tmws_core.context import Context
from tmws_core.errors import PluginError
from tmws_core.testing.distributions import InstallPlugin

_MISSPELT = """
import sys
from tmws_core import hookimpl, prompt

async def complete(ctx, typed, chosen):
    return []

@prompt(scope="misspelt:read", completions={"topik": complete})
async def summarise(ctx, topic: str) -> str:
    '''Ask for a summary.'''
    return topic

@hookimpl
def tmws_prompts():
    return sys.modules[__name__]
"""


async def _complete(_ctx: Context, typed: str, _chosen: Mapping[str, str]) -> Sequence[str]:
    return [typed]


async def _function(ctx: object, topic: str, tone: str = "calm") -> str:
    return f"{topic} {tone}"


def test_a_completion_of_an_argument_that_a_prompt_does_not_have_is_refused() -> None:
    said = r":_function declares a completion for 'topik', and there is no such argument; there is topic, tone"
    with pytest.raises(PluginError, match=said):
        prompt(scope="notes:read", completions={"tone": _complete, "topik": _complete})(_function)


@pytest.mark.parametrize(
    ("uri", "there_is"), [("notes://all", "none"), ("notes://{shelf}", "shelf"), ("notes://{a}/{b}", "a, b")]
)
def test_a_completion_of_a_variable_that_a_uri_does_not_have_is_refused(uri: str, there_is: str) -> None:
    said = rf":_function declares a completion for 'tone', and there is no such argument; there is {there_is}$"
    with pytest.raises(PluginError, match=said):
        resource(uri, scope="notes:read", completions={"tone": _complete})(_function)


def test_a_plugin_with_a_completion_of_nothing_is_off_and_told_why(
    install_plugin: InstallPlugin,
    assemble: Callable[..., Assembly],
    status_of: Callable[[Assembly, str], tuple[str, str]],
) -> None:
    install_plugin("misspelt", _MISSPELT)
    status, reason = status_of(assemble("misspelt"), "misspelt")
    assert status == "failed"
    assert "misspelt:summarise declares a completion for 'topik', and there is no such argument" in reason
