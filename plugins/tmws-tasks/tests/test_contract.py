"""tmws-tasks keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestTasks(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "tasks"
    tables = frozenset({"tasks", "task_templates"})
