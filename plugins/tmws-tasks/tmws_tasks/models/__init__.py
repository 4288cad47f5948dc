"""The tables of tmws-tasks. Every module below this package is imported by the core."""
