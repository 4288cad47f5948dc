"""What a person types after `tmws accounts` that is no tool, because a secret is typed or shown."""
