"""The revisions of the core's own table, one linear history."""
