"""What agents can call; every module below this package is imported by the core."""
