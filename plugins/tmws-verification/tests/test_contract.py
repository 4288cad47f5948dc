"""tmws-verification keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestVerification(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "verification"
    tables = frozenset({"verification_records", "trust_score_history"})
