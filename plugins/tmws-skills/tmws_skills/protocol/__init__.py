"""Skills over MCP (SEP-2640, specification/stable/skills): what this server serves by `skill://` URIs."""
