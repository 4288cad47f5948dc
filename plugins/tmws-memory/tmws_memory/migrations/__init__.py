"""The revisions of the tables of tmws-memory, one linear history."""
