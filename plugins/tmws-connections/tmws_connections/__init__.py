"""Connections to other MCP servers, and the catalogue of tools that were found."""
