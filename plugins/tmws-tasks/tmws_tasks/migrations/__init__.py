"""The revisions of the tables of tmws-tasks, one linear history."""
