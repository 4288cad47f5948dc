"""tmws-usage keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestUsage(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "usage"
    tables = frozenset({"token_consumption"})
