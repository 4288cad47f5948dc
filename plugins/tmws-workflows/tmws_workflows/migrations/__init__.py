"""The revisions of the tables of tmws-workflows, one linear history."""
