"""tmws-audit keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestAudit(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "audit"
    tables = frozenset({"api_audit_log", "security_audit_logs"})
