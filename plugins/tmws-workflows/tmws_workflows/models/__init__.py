"""The tables of tmws-workflows. Every module below this package is imported by the core."""
