"""The tables of tmws-licensing. Every module below this package is imported by the core."""
