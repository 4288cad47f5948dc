"""To bring skills in from outside and out again."""
