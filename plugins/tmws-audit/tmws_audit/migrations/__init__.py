"""The revisions of the tables of tmws-audit, one linear history."""
