"""The tables of tmws-agents. Every module below this package is imported by the core."""
