"""The core's one table. Every module below this package is imported, as for any plugin."""
