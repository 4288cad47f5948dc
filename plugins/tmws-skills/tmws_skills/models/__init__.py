"""The tables of tmws-skills. Every module below this package is imported by the core."""
