"""tmws-learning keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestLearning(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "learning"
    tables = frozenset(
        {
            "execution_traces",
            "detected_patterns",
            "skill_suggestions",
            "learning_patterns",
            "pattern_usage_history",
        }
    )
