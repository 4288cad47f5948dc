"""tmws-connections keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestConnections(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "connections"
    tables = frozenset(
        {
            "mcp_connections",
            "discovered_tools",
            "tool_instances",
            "tool_dependencies",
            "tool_verification_history",
        }
    )
