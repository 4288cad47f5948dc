"""tmws-licensing keeps the contract between the core and a plugin."""

from tmws_core.testing.contract import PluginContract


class TestLicensing(PluginContract):
    """The contract, asked of this plugin."""

    plugin = "licensing"
    tables = frozenset({"license_keys", "license_key_usage"})
