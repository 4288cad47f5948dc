"""Tasks: units of work that agents claim and finish, and templates of them."""
