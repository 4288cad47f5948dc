"""The revisions of the tables of tmws-licensing, one linear history."""
