"""The transports: MCP on standard input and output, and MCP with an HTTP API on a socket."""
