"""The tables of tmws-connections. Every module below this package is imported by the core."""
