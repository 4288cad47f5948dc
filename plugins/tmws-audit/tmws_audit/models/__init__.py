"""The tables of tmws-audit. Every module below this package is imported by the core."""
