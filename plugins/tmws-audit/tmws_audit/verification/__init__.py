"""Proves that nothing in the logs was changed, or names the first row where something was."""
