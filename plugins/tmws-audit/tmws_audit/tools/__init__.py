"""What agents can call. Every module below this package is imported by the core."""
