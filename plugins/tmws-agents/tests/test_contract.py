"""tmws-agents keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestAgents(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "agents"
    tables = frozenset({"agents", "agent_namespaces", "agent_teams", "personas"})
