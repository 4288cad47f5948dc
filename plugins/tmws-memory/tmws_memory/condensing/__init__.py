"""Condenses memories without a language model: finds what says the same or belongs together, and shortens it.

Everything here is computed from texts, tags, times and vectors that are handed in; nothing reads a database. The same
memories give the same result in whatever order they come.
"""
