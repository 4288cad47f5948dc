"""Every door of an application, found in its catalogue: nobody keeps a list of them."""

import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from tmws_core.application import Application
from tmws_core.catalogue import Catalogue
from tmws_core.contributions import (
    Command,
    McpMethod,
    Prompt,
    PromptLister,
    Resource,
    ResourceLister,
    Route,
    Tool,
    ToolLister,
)
from tmws_core.contributions.scoped import Scoped
from tmws_core.principal import Principal

DoorKind = Literal[
    "tool",
    "tool lister",
    "resource",
    "template",
    "resource lister",
    "prompt",
    "prompt lister",
    "completion",
    "method",
    "route",
    "command",
]

_VARIABLE = re.compile(r"\{\+?\w+(?::(\w+))?\}")


@dataclass(frozen=True)
class Door:
    """A way into the application.

    Attributes:
        kind: what it is.
        name: by what callers ask for it; of a completion the argument, of a lister of prompts their prefix.
        declaration: what declares it.
        method: the HTTP method of a route.
    """

    kind: DoorKind
    name: str
    declaration: Scoped = field(repr=False)
    method: str = ""

    @property
    def scope(self) -> str:
        """What the caller must be allowed to do."""
        return self.declaration.scope

    @property
    def path(self) -> str:
        """The name with something in the place of each variable."""
        return _VARIABLE.sub(lambda found: "1" if found[1] in ("int", "float") else "x", self.name)

    @property
    def variables(self) -> list[str]:
        """The variables in the name, each with its kind where one is given, as in `number:int`."""
        return re.findall(r"\{([^}]+)\}", self.name)

    def open_to(self, principal: Principal) -> bool:
        """Whether a caller may come in."""
        return principal.may(self.scope)


def doors_of(catalogue: Catalogue) -> list[Door]:
    """Every door of the active plugins."""
    return [
        *_tools(catalogue),
        *_resources(catalogue),
        *_prompts(catalogue),
        *_methods(catalogue),
        *_routes(catalogue),
        *_commands(catalogue),
    ]


def declared_functions(application: Application) -> set[Callable[..., Any]]:
    """Every function of the active plugins that declares a door, in whatever module it stands."""
    packages = {record.package for record in application.active}
    return {
        declaration.function
        for name, module in list(sys.modules.items())
        if name.partition(".")[0] in packages
        for value in list(vars(module).values())
        if isinstance(declaration := getattr(value, "__tmws_declaration__", None), Scoped)
    }


def _tools(catalogue: Catalogue) -> Iterator[Door]:
    for name, offered in catalogue.tools.items():
        tool: Tool = offered.tool
        yield Door("tool", name, tool)
    for lister in catalogue.tool_listers:
        declared: ToolLister = lister
        yield Door("tool lister", declared.name, declared)


def _resources(catalogue: Catalogue) -> Iterator[Door]:
    for resource in catalogue.resources:
        yield Door("template" if resource.is_template else "resource", resource.uri, resource)
        yield from _completions(resource)
    for lister in catalogue.resource_listers:
        declared: ResourceLister = lister
        yield Door("resource lister", declared.name, declared)


def _prompts(catalogue: Catalogue) -> Iterator[Door]:
    for name, prompt in catalogue.prompts.items():
        yield Door("prompt", name, prompt)
        yield from _completions(prompt)
    for lister in catalogue.prompt_listers:
        declared: PromptLister = lister
        yield Door("prompt lister", declared.prefix, declared)


def _completions(declaration: Prompt | Resource) -> Iterator[Door]:
    for argument in declaration.completions:
        yield Door("completion", argument, declaration)


def _methods(catalogue: Catalogue) -> Iterator[Door]:
    for name, method in catalogue.methods.items():
        declared: McpMethod = method
        yield Door("method", name, declared)


def _routes(catalogue: Catalogue) -> Iterator[Door]:
    for route in catalogue.routes:
        declared: Route = route
        for method in declared.methods:
            yield Door("route", declared.path, declared, method)


def _commands(catalogue: Catalogue) -> Iterator[Door]:
    for commands in catalogue.commands.values():
        for command in commands:
            declared: Command = command
            yield Door("command", declared.name, declared)
