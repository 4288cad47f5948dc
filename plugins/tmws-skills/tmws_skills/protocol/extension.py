"""The extension of MCP that this plugin has; known before anything else of it is loaded."""

from tmws_core import Extension

SKILLS = Extension("io.modelcontextprotocol/skills", {"directoryRead": True})
"""Skills over MCP, directories included."""
