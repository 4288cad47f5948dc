"""The revisions of the tables of tmws-verification, one linear history."""
