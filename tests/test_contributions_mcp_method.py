"""A method of an extension of MCP is declared with a name, a scope, and parameters that are checked."""

from typing import Annotated

import pytest
from pydantic import BaseModel, Field, ValidationError

from tmws_core.context import Context
from tmws_core.contributions.declaration import declared_in
from tmws_core.contributions.mcp_method import Extension, McpMethod, mcp_method
from tmws_core.errors import PluginError

STARS = Extension("org.example/stars", {"moons": True})


class Star(BaseModel):
    """A star."""

    name: str


@mcp_method("stars/get", extension=STARS, scope="stars:read", read_only=True, lifetime=60)
async def star(ctx: Context, name: Annotated[str, Field(min_length=1)], far: int = 0) -> Star:
    """Tell of one star."""
    return Star(name=name)


def test_it_is_found_by_the_name_of_the_method() -> None:
    import sys

    [declared] = declared_in(sys.modules[__name__], McpMethod)
    assert (declared.name, declared.scope, declared.read_only, declared.lifetime, declared.shared) == (
        "stars/get",
        "stars:read",
        True,
        60,
        False,
    )
    assert declared.extension is STARS
    assert declared.kind() == "mcp method"


@pytest.mark.parametrize("parameters", [{}, {"name": ""}, {"name": "Io", "far": "away"}])
def test_its_parameters_are_those_of_the_function(parameters: dict[str, str]) -> None:
    declared = McpMethod(function=star, method="stars/get", extension=STARS, scope="stars:read")
    assert declared.parameters.model_validate({"name": "Io"}).model_dump() == {"name": "Io", "far": 0}
    with pytest.raises(ValidationError):
        declared.parameters.model_validate(parameters)


def test_one_without_a_scope_is_refused() -> None:
    with pytest.raises(PluginError, match=r"mcp method .*:star declares no scope"):
        mcp_method("stars/get", extension=STARS)(star)
