"""Finds what two plugins claim at once: a table, a tool, a resource, a prompt, a route, a command, a setting.

Nobody wins in silence. A plugin that the database already knows keeps what it has, and the newcomer is stopped; when
both are new, or both are known, both are stopped. The reason names both distributions with their versions.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from tmws_core.plugin_record import PluginRecord, Status
from tmws_core.settings import variable_name

Claim = tuple[str, str]

AUTHENTICATION = "authentication of HTTP requests"


def claims_of(record: PluginRecord) -> Iterator[Claim]:
    """Everything that may exist only once, as pairs of its kind and its name; names of tables without case."""
    contributions = record.contributions
    if contributions.metadata is not None:
        yield from (("table", name.casefold()) for name in contributions.metadata.tables)
    if contributions.history is not None:
        yield from (("revision", revision.identifier) for revision in contributions.history.revisions)
    for tool in contributions.tools:
        yield "tool", tool.name
        yield "command", f"{record.name} {method_name(record.name, tool.name).replace('_', '-')}"
        yield "route", f"POST /api/v1/{record.name}/{method_name(record.name, tool.name)}"
    yield from (("command", f"{record.name} {command.name}") for command in contributions.commands)
    yield from (("resource", resource.uri) for resource in contributions.resources)
    yield from (("prompt", prompt.name) for prompt in contributions.prompts)
    yield from (("prefix of prompts", lister.prefix) for lister in contributions.prompt_listers)
    yield from (("MCP method", method.method) for method in contributions.methods)
    yield from (("MCP extension", name) for name in {method.extension.identifier for method in contributions.methods})
    if contributions.settings is not None:
        yield from (("setting", variable_name(record.name, field)) for field in contributions.settings.model_fields)
    yield from ((AUTHENTICATION, "") for _ in contributions.authenticators)
    for route in contributions.routes:
        yield from (("route", f"{method} {route.path}") for method in route.methods)


def method_name(plugin: str, tool: str) -> str:
    """A tool's name below its plugin: `memory_store` of plugin memory is `store`, `agent_switch` of agents `switch`."""
    for prefix in (f"{plugin}_", f"{plugin.removesuffix('s')}_"):
        if tool.startswith(prefix) and tool != prefix:
            return tool.removeprefix(prefix)
    return tool


def stop_rivals(records: Iterable[PluginRecord], established: Collection[str]) -> None:
    """Stop the plugins that claim what another plugin claims.

    Args:
        records: the plugins.
        established: the names of the plugins that the database knows.
    """
    claimants: dict[Claim, list[PluginRecord]] = defaultdict(list)
    for record in records:
        if record.active:
            for claim in claims_of(record):
                claimants[claim].append(record)
    for claim, rivals in claimants.items():
        if len(rivals) > 1:
            _stop_all_but_the_established(claim, rivals, established)


def _stop_all_but_the_established(claim: Claim, rivals: list[PluginRecord], established: Collection[str]) -> None:
    kind, name = claim
    thing, change = (f"{kind} {name!r}", "rename") if name else (kind, "remove")
    known = [record for record in rivals if record.name in established]
    keeper = known[0] if len(known) == 1 else None
    if all(record is rivals[0] for record in rivals):
        rivals[0].stop(Status.FAILED, f"{thing} is declared twice in {rivals[0].origin}; {change} one")
        return
    names = " and ".join(dict.fromkeys(record.origin for record in rivals))
    for record in rivals:
        if record is not keeper:
            reason = f"{thing} is claimed by {names}; {change} it in one of them, or block one plugin"
            record.stop(Status.FAILED, reason)
