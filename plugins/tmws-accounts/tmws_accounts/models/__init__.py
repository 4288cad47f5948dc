"""The tables of tmws-accounts. Every module below this package is imported by the core."""
