"""Passwords: which are taken, and how they are kept."""
