"""The revisions of the tables of tmws-learning, one linear history."""
