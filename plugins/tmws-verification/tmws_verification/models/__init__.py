"""The tables of tmws-verification. Every module below this package is imported by the core."""
