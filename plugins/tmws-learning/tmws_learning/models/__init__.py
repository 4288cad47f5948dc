"""The tables of tmws-learning. Every module below this package is imported by the core."""
