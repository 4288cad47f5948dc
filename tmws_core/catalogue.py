"""Everything that the active plugins offer, by its name: the tools, and the few of them that a client sees at once."""

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from tmws_core.conflicts import method_name
from tmws_core.contributions import (
    Authenticator,
    Command,
    HealthCheck,
    McpMethod,
    Prompt,
    PromptLister,
    Resource,
    ResourceLister,
    Route,
    Tool,
    ToolLister,
    Witness,
)
from tmws_core.plugin_record import PluginRecord
from tmws_core.principal import Principal
from tmws_core.tool_errors import NotFound

LISTED_TOOLS = 20
LISTED_BYTES = 12_288
DESCRIBED_BYTES = 180
"""About how many bytes the names of the members, the title and the annotations of a tool take."""
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class OfferedTool:
    """A tool together with the plugin that offers it.

    Attributes:
        plugin: the plugin's name.
        tool: the tool.
    """

    plugin: str
    tool: Tool

    @property
    def method(self) -> str:
        """The tool's name below its plugin, as in the HTTP path and the command."""
        return method_name(self.plugin, self.tool.name)

    @cached_property
    def words(self) -> frozenset[str]:
        """The words of its name and description, in lower case, to be found by."""
        return frozenset(_words(f"{self.plugin} {self.tool.name} {self.tool.description}"))

    @cached_property
    def size(self) -> int:
        """About how many bytes it takes in a client's list of tools."""
        tool = self.tool
        described = [tool.name, tool.description, tool.input_schema, tool.brief_output_schema]
        return len(json.dumps(described, ensure_ascii=False, separators=(",", ":")).encode()) + DESCRIBED_BYTES


class Catalogue:
    """What the active plugins offer.

    Attributes:
        tools: the tools by name, in the order of the plan.
        tool_listers: say which tools a caller's list shows besides.
        resources: the resources, in the same order.
        resource_listers: list resources that come from rows.
        prompts: the prompts by name.
        prompt_listers: list prompts that come from rows.
        methods: the methods of extensions of MCP by name.
        routes: the HTTP routes.
        commands: the commands of each plugin, by the plugin's name.
        health_checks: the health checks of each plugin, by the plugin's name.
        authenticator: says who sends an HTTP request; None when no plugin does.
        witnesses: what is asked before a call's transaction is committed, in the order of the plan.
    """

    def __init__(self, records: Iterable[PluginRecord]) -> None:
        """Take the active plugins in the order of the plan; their names are known not to clash."""
        records = list(records)
        offered = [OfferedTool(record.name, tool) for record in records for tool in record.contributions.tools]
        self.tools: Mapping[str, OfferedTool] = {one.tool.name: one for one in offered}
        self.tool_listers: list[ToolLister] = [one for record in records for one in record.contributions.tool_listers]
        self.resources: list[Resource] = [one for record in records for one in record.contributions.resources]
        self.resource_listers: list[ResourceLister] = [
            one for record in records for one in record.contributions.resource_listers
        ]
        self.prompts: dict[str, Prompt] = {one.name: one for record in records for one in record.contributions.prompts}
        self.prompt_listers: list[PromptLister] = [
            one for record in records for one in record.contributions.prompt_listers
        ]
        self.methods: dict[str, McpMethod] = {
            one.method: one for record in records for one in record.contributions.methods
        }
        self.routes: list[Route] = [one for record in records for one in record.contributions.routes]
        self.witnesses: list[Witness] = [one for record in records for one in record.contributions.witnesses]
        authenticators = [one for record in records for one in record.contributions.authenticators]
        self.authenticator: Authenticator | None = authenticators[0] if authenticators else None
        self.commands: dict[str, list[Command]] = {
            record.name: list(record.contributions.commands) for record in records
        }
        self.health_checks: dict[str, list[HealthCheck]] = {
            record.name: list(record.contributions.health_checks) for record in records
        }

    def tool(self, name: str) -> OfferedTool:
        """A tool by its name.

        Raises:
            NotFound: no active plugin offers it.
        """
        try:
            return self.tools[name]
        except KeyError:
            raise NotFound(f"there is no tool {name!r}", hint="find the right name with tool_search") from None

    def prompt_lister(self, name: str) -> PromptLister | None:
        """The lister that a prompt's name belongs to, the one with the longest prefix; None when there is none."""
        found = [one for one in self.prompt_listers if name.startswith(one.prefix)]
        return max(found, key=lambda one: len(one.prefix), default=None)

    def listed(self, principal: Principal, profile: str, shown: Collection[str] = ()) -> list[OfferedTool]:
        """The tools that a client sees at once, of those that the principal may call.

        Args:
            principal: who asks.
            profile: `full` for all; `default` for those declared as listed, as many as fit into a client's context.
            shown: the names of further tools; they come last, so that the list of the others begins as it always does.
        """
        allowed = [one for one in self.tools.values() if principal.may(one.tool.scope)]
        if profile == "full":
            return allowed
        listed = list(_that_fit(one for one in allowed if one.tool.listed))
        return [*listed, *(one for one in allowed if one.tool.name in shown and one not in listed)]

    def search(self, principal: Principal, query: str, limit: int) -> list[OfferedTool]:
        """The tools that share most words with a query, best first; all of them for an empty query.

        Args:
            principal: who asks.
            query: words of the name, the plugin or the description.
            limit: how many at most.
        """
        wanted = set(_words(query))
        allowed = [one for one in self.tools.values() if principal.may(one.tool.scope)]
        ranked = [(sum(_matches(word, one.words) for word in wanted), one) for one in allowed]
        found = [pair for pair in ranked if pair[0] or not wanted]
        found.sort(key=lambda pair: (-pair[0], pair[1].tool.name))
        return [one for _, one in found[:limit]]


def _that_fit(tools: Iterable[OfferedTool]) -> Iterator[OfferedTool]:
    left = LISTED_BYTES
    for count, one in enumerate(tools):
        left -= one.size
        if count >= LISTED_TOOLS or left < 0:
            return
        yield one


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(text)]


def _matches(word: str, words: frozenset[str]) -> bool:
    return word in words or any(len(word) > 3 and other.startswith(word) for other in words)
