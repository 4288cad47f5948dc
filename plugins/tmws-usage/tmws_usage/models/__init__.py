"""The table of tmws-usage. Every module below this package is imported by the core."""
