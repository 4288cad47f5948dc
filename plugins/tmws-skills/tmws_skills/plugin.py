"""What tmws-skills contributes to the core, and to its own hooks."""

from contextlib import AbstractAsyncContextManager
from types import ModuleType

from tmws_core import hookimpl
from tmws_core.host import Host
from tmws_skills import (
    commands,
    health,
    hookspecs,
    migrations,
    models,
    prompts,
    protocol,
    tool_listers,
    tools,
)
from tmws_skills.settings import SkillsSettings
from tmws_skills.state import SkillState, running


@hookimpl
def tmws_models() -> ModuleType:
    """The six tables, and what belongs to them."""
    return models


@hookimpl
def tmws_migrations() -> ModuleType:
    """The revisions of the tables."""
    return migrations


@hookimpl
def tmws_settings() -> type[SkillsSettings]:
    """How large a skill may be, and how long a deleted one is kept."""
    return SkillsSettings


@hookimpl
def tmws_tools() -> ModuleType:
    """To write, find, load and activate skills."""
    return tools


@hookimpl
def tmws_prompts() -> ModuleType:
    """To use a skill by its name."""
    return prompts


@hookimpl
def tmws_prompt_listers() -> ModuleType:
    """Each skill as a prompt."""
    return prompts


@hookimpl
def tmws_mcp_methods() -> ModuleType:
    """Skills over MCP."""
    return protocol


@hookimpl
def tmws_resources() -> ModuleType:
    """The files of skills."""
    return protocol


@hookimpl
def tmws_resource_listers() -> ModuleType:
    """The skills among the resources."""
    return protocol


@hookimpl
def tmws_commands() -> ModuleType:
    """What is done at the terminal, with files of the person who sits there."""
    return commands


@hookimpl
def tmws_health_checks() -> ModuleType:
    """Whether the skills are whole."""
    return health


@hookimpl
def tmws_tool_listers() -> ModuleType:
    """The tools that a caller's active skills need."""
    return tool_listers


@hookimpl
def tmws_hookspecs() -> ModuleType:
    """The embedder."""
    return hookspecs


@hookimpl
def tmws_lifespan(application: Host) -> AbstractAsyncContextManager[SkillState]:
    """Compares questions with skills, and does what becomes due with them."""
    return running(application)
