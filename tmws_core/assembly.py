"""Puts the plugins together: found, chosen, imported, collected, without rivals, in order, with their settings."""

from collections.abc import Collection, Sequence

import pluggy

from tmws_core.collection import collect
from tmws_core.conflicts import stop_rivals
from tmws_core.discovery import (
    choose,
    import_plugins,
    installed_plugins,
    refuse_any_failure,
    report,
)
from tmws_core.ordering import in_order
from tmws_core.plugin_record import PluginRecord
from tmws_core.schema.schema import Schema
from tmws_core.settings import Settings


class Assembly:
    """The plugins of one application, before any of them has touched the database.

    Attributes:
        settings: all settings, the plugins' sections filled in.
        records: every installed plugin, the core's own record first.
        active: those that run, each after those that it needs; the core's own comes first.
        manager: the plugin manager, for hooks that plugins bring themselves.
        schema: the schema of the database.
    """

    def __init__(self, settings: Settings) -> None:
        """Discover the installed plugins and collect what they contribute.

        Raises:
            ConfigurationError: a setting is unknown or malformed.
            PluginError: `strict` is set, and a plugin is not well.
            DatabaseError: the database exists and cannot be read.
        """
        self.settings = settings
        self.schema = Schema(settings.database_url, settings.core.schema_lock_seconds)
        self.records = installed_plugins()
        self.manager = self._load()
        self.active = self._settle(self.schema.applied().keys())
        inactive = [record.name for record in self.records if not record.active]
        sections = {record.name: record.contributions.settings for record in self.active}
        settings.fill({name: section for name, section in sections.items() if section is not None}, inactive)
        refuse_any_failure(self.records if settings.core.strict else self.records[:1])
        report(self.records)

    def drop(self, failures: Collection[str]) -> None:
        """Take plugins out of service after the schema could not be brought up for them."""
        self.active = [record for record in self.active if record.name not in failures]

    def _load(self) -> pluggy.PluginManager:
        seconds = self.settings.core.plugin_import_seconds
        choose(self.records, self.settings.core)
        manager = import_plugins(self.records, seconds)
        collect(manager, self.records, seconds)
        return manager

    def _settle(self, established: Collection[str]) -> Sequence[PluginRecord]:
        stop_rivals(self.records, {*established, self.records[0].name})
        return in_order(self.records)
