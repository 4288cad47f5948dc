"""What a person types after `tmws skills` that is no tool. Every module below this package is imported by the core."""
