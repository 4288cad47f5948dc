"""tmws-workflows keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestWorkflows(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "workflows"
    tables = frozenset(
        {
            "workflows",
            "workflow_executions",
            "workflow_step_executions",
            "workflow_execution_logs",
            "workflow_schedules",
            "phase_templates",
        }
    )
