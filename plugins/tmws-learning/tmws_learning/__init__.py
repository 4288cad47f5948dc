"""What agents learn from their work: traces of tool calls, the patterns in them, and what came of using them."""
