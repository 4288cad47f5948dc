"""Asks each plugin for its contributions, and proves that no table of it was left out."""

from collections.abc import Iterable
from types import ModuleType

import pluggy
from pydantic import BaseModel
from sqlalchemy import MetaData

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
    declared_in,
    modules_below,
)
from tmws_core.contributions.declaration import D
from tmws_core.discovery import stopping
from tmws_core.errors import ModelLeftOut, PluginError
from tmws_core.history import History
from tmws_core.import_guard import guarded
from tmws_core.observation import seal, tables_declared_in
from tmws_core.plugin_record import Contributions, PluginRecord
from tmws_core.unimported import declarations_never_imported

WELL_KNOWN = "/.well-known/"
"""Where clients look for what standards define (RFC 8615)."""
AUTHENTICATION = "/auth/"
"""Where clients log in, with the plugin that authenticates."""


def collect(manager: pluggy.PluginManager, records: Iterable[PluginRecord], seconds: float) -> None:
    """Fill in the contributions of every active plugin; one that breaks the contract is stopped with its reason.

    Args:
        manager: the plugin manager in which the plugins are registered.
        records: the plugins.
        seconds: how long the hooks and modules of one may take.
    """
    for record in records:
        if record.active:
            with stopping(record, "contributions"), guarded(seconds):
                record.contributions = contributions_of(manager, record)


def contributions_of(manager: pluggy.PluginManager, record: PluginRecord) -> Contributions:
    """What one plugin contributes.

    Raises:
        PluginError: a hook returned something else than it should.
        ModelLeftOut: a table of the plugin's package is not in the metadata that it contributes.
    """
    hooks = _Hooks(manager, record)
    models, migrations = hooks.module("tmws_models"), hooks.module("tmws_migrations")
    metadata = _metadata(record, models)
    prove_complete(record.package, metadata, migrations)
    return Contributions(
        metadata=metadata,
        history=History.of(migrations) if migrations else None,
        tools=hooks.declarations("tmws_tools", Tool),
        tool_listers=hooks.declarations("tmws_tool_listers", ToolLister),
        resources=hooks.declarations("tmws_resources", Resource),
        resource_listers=hooks.declarations("tmws_resource_listers", ResourceLister),
        prompts=hooks.declarations("tmws_prompts", Prompt),
        prompt_listers=_with_their_prefixes(record.name, hooks),
        methods=hooks.declarations("tmws_mcp_methods", McpMethod),
        routes=_in_their_places(record.name, hooks),
        commands=hooks.declarations("tmws_commands", Command),
        settings=hooks.settings(),
        seeds=hooks.declarations("tmws_seeds", Seed),
        health_checks=hooks.declarations("tmws_health_checks", HealthCheck),
        observers=hooks.declarations("tmws_observers", Observer),
        witnesses=hooks.declarations("tmws_witnesses", Witness),
        authenticators=hooks.declarations("tmws_authenticators", Authenticator),
    )


def prove_complete(package: str, metadata: MetaData | None, migrations: ModuleType | None = None) -> None:
    """Prove that every table which a package declares is in a metadata.

    A table counts wherever it is declared: as a mapped class or with Core alone, in a module that is imported, or in
    one that nothing imports.

    Raises:
        ModelLeftOut: a table would not be created; the text names it and says what to do.
    """
    contributed = set(metadata.tables.values()) if metadata is not None else set()
    for table, module in sorted(tables_declared_in(package), key=lambda found: found[0].name):
        if table not in contributed:
            raise ModelLeftOut(
                f"table {table.name!r}, declared in {module}, is not in the metadata that tmws_models() contributes; "
                "declare it on the plugin's own base, below the package that tmws_models() returns"
            )
    for file, line in declarations_never_imported(package, migrations):
        raise ModelLeftOut(
            f"{file}:{line} declares a table, and nothing imports that module; move it below the package that "
            "tmws_models() returns, where every module is imported"
        )


class _Hooks:
    """The hook implementations of one plugin, called alone and checked."""

    def __init__(self, manager: pluggy.PluginManager, record: PluginRecord) -> None:
        self._implementations = {
            caller.name: implementation.function
            for caller in manager.get_hookcallers(record.hooks) or ()
            for implementation in caller.get_hookimpls()
            if implementation.plugin is record.hooks
        }

    def result(self, hook: str) -> object:
        implementation = self._implementations.get(hook)
        return None if implementation is None else implementation()

    def module(self, hook: str) -> ModuleType | None:
        returned = self.result(hook)
        if returned is None and hook not in self._implementations:
            return None
        if not isinstance(returned, ModuleType):
            raise PluginError(f"{hook} returned {returned!r:.80}, not a module")
        return returned

    def declarations(self, hook: str, kind: type[D]) -> list[D]:
        module = self.module(hook)
        found = [] if module is None else declared_in(module, kind)
        if module is not None and not found:
            raise PluginError(
                f"{hook} returned {module.__name__}, and no @{kind.kind().replace(' ', '_')} function stands in it"
            )
        return found

    def settings(self) -> type[BaseModel] | None:
        section = self.result("tmws_settings")
        if section is None and "tmws_settings" not in self._implementations:
            return None
        if not (isinstance(section, type) and issubclass(section, BaseModel)):
            raise PluginError(f"tmws_settings returned {section!r:.80}, not a pydantic model class")
        required = [name for name, field in section.model_fields.items() if field.is_required()]
        if required:
            raise PluginError(f"settings {', '.join(required)} of {section.__name__} need a default")
        return section


def _in_their_places(plugin: str, hooks: "_Hooks") -> list[Route]:
    authenticates = bool(hooks.declarations("tmws_authenticators", Authenticator))
    places = [f"/{plugin}/", WELL_KNOWN, *([AUTHENTICATION] if authenticates else [])]
    routes = hooks.declarations("tmws_routes", Route)
    for one in routes:
        if not one.path.startswith(tuple(places)):
            raise PluginError(
                f"route {one.path!r} of {one.place} must begin with {', '.join(places[:-1])} or {places[-1]}: "
                "each plugin has its own place"
            )
    return routes


def _with_their_prefixes(plugin: str, hooks: "_Hooks") -> list[PromptLister]:
    listers = hooks.declarations("tmws_prompt_listers", PromptLister)
    begins = tuple(f"{name}-" for name in dict.fromkeys((plugin, plugin.removesuffix("s"))))
    for one in listers:
        if not one.prefix.startswith(begins):
            raise PluginError(
                f"the prefix {one.prefix!r} of {one.place} must begin with {' or '.join(begins)}: each plugin has its "
                "own prompts"
            )
    return listers


def _metadata(record: PluginRecord, models: ModuleType | None) -> MetaData | None:
    if models is None:
        return None
    modules = {module.__name__ for module in modules_below(models)}
    declared = {table.metadata for table, module in tables_declared_in(record.package) if module in modules}
    own = [metadata for metadata in declared if metadata.info.get("plugin") == record.name]
    if len(own) > 1:
        raise PluginError(f"its models stand on {len(own)} bases; use one plugin_metadata({record.name!r}) for all")
    if not own:
        raise PluginError(
            f"tmws_models returned {models.__name__}, and no table in it stands on plugin_metadata({record.name!r})"
        )
    seal(own[0])
    return own[0]
