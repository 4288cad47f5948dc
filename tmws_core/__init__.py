"""TMWS: a small core that discovers plugins, gives them tables, and serves their tools to AI agents."""

from tmws_core.act import Act
from tmws_core.context import Context
from tmws_core.contributions import (
    Extension,
    ListedPrompt,
    ListedResource,
    PromptArgument,
    PromptPage,
    ResourceContent,
    ResourcePage,
    authenticator,
    command,
    health_check,
    mcp_method,
    observer,
    prompt,
    prompt_lister,
    resource,
    resource_lister,
    route,
    seed,
    tool,
    tool_lister,
    witness,
)
from tmws_core.credentials import Credentials
from tmws_core.events import Event
from tmws_core.hookspecs import hookimpl, hookspec
from tmws_core.principal import PUBLIC, Principal
from tmws_core.tool_errors import Unauthenticated

__all__ = [
    "PUBLIC",
    "Act",
    "Context",
    "Credentials",
    "Event",
    "Extension",
    "ListedPrompt",
    "ListedResource",
    "Principal",
    "PromptArgument",
    "PromptPage",
    "ResourceContent",
    "ResourcePage",
    "Unauthenticated",
    "authenticator",
    "command",
    "health_check",
    "hookimpl",
    "hookspec",
    "mcp_method",
    "observer",
    "prompt",
    "prompt_lister",
    "resource",
    "resource_lister",
    "route",
    "seed",
    "tool",
    "tool_lister",
    "witness",
]
