"""What a person types after `tmws audit` that is no tool. Every module below this package is imported by the core."""
