"""tmws-memory keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestMemory(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "memory"
    tables = frozenset({"memories", "memory_sharing", "memory_patterns", "memory_consolidations"})
