"""Who did what, in logs that show when a row was changed or removed."""
