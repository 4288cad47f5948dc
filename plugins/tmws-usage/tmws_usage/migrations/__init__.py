"""The revisions of the table of tmws-usage, one linear history."""
