"""The revisions of the tables of tmws-accounts, one linear history."""
