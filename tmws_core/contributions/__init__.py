"""The things that a plugin declares with a decorator, each written once beside the code that it describes."""

from tmws_core.contributions.authenticator import Authenticator, authenticator
from tmws_core.contributions.command import Command, command
from tmws_core.contributions.declaration import Declaration, declared_in, modules_below
from tmws_core.contributions.health import HealthCheck, health_check
from tmws_core.contributions.mcp_method import Extension, McpMethod, mcp_method
from tmws_core.contributions.observer import Observer, observer
from tmws_core.contributions.prompt import Prompt, prompt
from tmws_core.contributions.prompt_lister import (
    ListedPrompt,
    PromptArgument,
    PromptLister,
    PromptPage,
    prompt_lister,
)
from tmws_core.contributions.resource import Resource, ResourceContent, resource
from tmws_core.contributions.resource_lister import ListedResource, ResourceLister, ResourcePage, resource_lister
from tmws_core.contributions.route import Route, route
from tmws_core.contributions.seed import Seed, seed
from tmws_core.contributions.tool import Tool, tool
from tmws_core.contributions.tool_lister import ToolLister, tool_lister
from tmws_core.contributions.witness import Witness, witness

__all__ = [
    "Authenticator",
    "Command",
    "Declaration",
    "Extension",
    "HealthCheck",
    "ListedPrompt",
    "ListedResource",
    "McpMethod",
    "Observer",
    "Prompt",
    "PromptArgument",
    "PromptLister",
    "PromptPage",
    "Resource",
    "ResourceContent",
    "ResourceLister",
    "ResourcePage",
    "Route",
    "Seed",
    "Tool",
    "ToolLister",
    "Witness",
    "authenticator",
    "command",
    "declared_in",
    "health_check",
    "mcp_method",
    "modules_below",
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
