"""Memories outside the database: the formats in which they come in and go out, without a database or a caller."""
