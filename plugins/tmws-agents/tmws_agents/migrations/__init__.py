"""The revisions of the tables of tmws-agents, one linear history."""
