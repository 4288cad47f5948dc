"""Names that a reader takes for the server's own, or for its operator's."""

RESERVED = frozenset(
    {
        "admin",
        "administrator",
        "anonymous",
        "default",
        "everybody",
        "everyone",
        "local",
        "local-agent",
        "nobody",
        "operator",
        "owner",
        "public",
        "root",
        "server",
        "system",
        "tmws",
    }
)
"""The operator alone gives them to something new, and nobody else deactivates an agent that has one."""
