"""The tables of tmws-memory. Every module below this package is imported by the core."""
