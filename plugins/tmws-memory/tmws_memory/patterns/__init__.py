"""Finds what recurs in what an agent stores and recalls: sequences, correlations and clusters.

Everything here is computed from memories and recalls that are handed in; nothing reads a database.
"""
