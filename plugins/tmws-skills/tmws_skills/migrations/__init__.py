"""The revisions of the tables of tmws-skills, one linear history."""
