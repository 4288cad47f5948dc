"""tmws-skills keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestSkills(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "skills"
    tables = frozenset(
        {
            "skills",
            "skill_versions",
            "skill_activations",
            "skill_mcp_tools",
            "skill_shared_agents",
            "skill_memory_filters",
        }
    )
