"""The revisions of the tables of tmws-connections, one linear history."""
