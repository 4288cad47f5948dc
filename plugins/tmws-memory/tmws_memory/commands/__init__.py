"""The commands beside those that the tools bring."""
