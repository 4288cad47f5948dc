"""tmws-accounts keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestAccounts(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "accounts"
    tables = frozenset({"users", "api_keys", "refresh_tokens"})
