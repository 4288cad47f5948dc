"""Licence keys and what they were used for. Without a licence everything works locally."""
