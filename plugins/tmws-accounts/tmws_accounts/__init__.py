"""Who may come in over the network: users, API keys and refresh tokens."""
