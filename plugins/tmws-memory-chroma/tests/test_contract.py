"""tmws-memory-chroma keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestMemoryChroma(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "memory_chroma"
    tables = frozenset()
