"""What the core knows of one installed plugin, whether it runs or not."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING

from pydantic import BaseModel

from tmws_core.contributions import (
    Authenticator,
    Command,
    HealthCheck,
    McpMethod,
    Observer,
    Prompt,
    PromptLister,
    Resource,
    ResourceLister,
    Route,
    Seed,
    Tool,
    ToolLister,
    Witness,
)
from tmws_core.history import History

if TYPE_CHECKING:
    from sqlalchemy import MetaData


class Status(StrEnum):
    """How a plugin is doing."""

    ACTIVE = "active"
    BLOCKED = "blocked"
    INCOMPATIBLE = "incompatible"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass
class Contributions:
    """Everything that one plugin contributes, as its hooks returned it and the core found it in the modules."""

    metadata: "MetaData | None" = None
    history: History | None = None
    tools: Sequence[Tool] = ()
    tool_listers: Sequence[ToolLister] = ()
    resources: Sequence[Resource] = ()
    resource_listers: Sequence[ResourceLister] = ()
    prompts: Sequence[Prompt] = ()
    prompt_listers: Sequence[PromptLister] = ()
    methods: Sequence[McpMethod] = ()
    routes: Sequence[Route] = ()
    commands: Sequence[Command] = ()
    settings: type[BaseModel] | None = None
    seeds: Sequence[Seed] = ()
    health_checks: Sequence[HealthCheck] = ()
    observers: Sequence[Observer] = ()
    witnesses: Sequence[Witness] = ()
    authenticators: Sequence[Authenticator] = ()


@dataclass
class PluginRecord:
    """One plugin, from its entry point to its contributions.

    Attributes:
        name: the name of its entry point.
        distribution: the name of the distribution that it came with.
        version: that distribution's version.
        module: the module that its entry point names.
        requires: the distributions that it requires, normalized (PEP 503), each with its version specifier.
        status: how it is doing.
        reason: why it is not active; empty when it is.
        traceback: the Python traceback of what failed, for the log.
        hooks: the module with its hook implementations, once it is imported.
        contributions: what it contributes, once it is collected.
    """

    name: str
    distribution: str
    version: str
    module: str
    requires: dict[str, str] = field(default_factory=dict)
    status: Status = Status.ACTIVE
    reason: str = ""
    traceback: str = ""
    hooks: ModuleType | None = None
    contributions: Contributions = field(default_factory=Contributions)

    @property
    def package(self) -> str:
        """The package that its code lives in."""
        return self.module.partition(".")[0]

    @property
    def origin(self) -> str:
        """The plugin with its distribution and version, for messages: `'memory' (tmws-memory 0.1.0)`."""
        return f"{self.name!r} ({self.distribution} {self.version})"

    @property
    def active(self) -> bool:
        """Whether it runs."""
        return self.status is Status.ACTIVE

    def stop(self, status: Status, reason: str, traceback: str = "") -> None:
        """Take the plugin out of service; the first reason stays."""
        if self.active:
            self.status, self.reason, self.traceback = status, reason, traceback
