"""What an agent remembers, and finds again."""
