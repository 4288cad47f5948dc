"""What is pasted into clients so that they come in with a key."""

import json
from dataclasses import dataclass, field
from typing import Any

_NAME = "tmws"


@dataclass(frozen=True)
class ClientSnippets:
    """The configuration of clients.

    Attributes:
        url: where the server's MCP is.
        key: the key.
    """

    url: str
    key: str = field(repr=False)

    @property
    def command(self) -> str:
        """What is typed for Claude Code."""
        return f'claude mcp add --transport http {_NAME} {self.url} --header "Authorization: Bearer {self.key}"'

    def as_json(self) -> dict[str, Any]:
        """The command of Claude Code, the file of Claude Code and Cursor, the file of VS Code."""
        server = {_NAME: {"type": "http", "url": self.url, "headers": {"Authorization": f"Bearer {self.key}"}}}
        return {"command": self.command, "mcpServers": {"mcpServers": server}, "servers": {"servers": server}}

    @property
    def text(self) -> str:
        """The same for people."""
        snippets = self.as_json()
        return "\n".join(
            (
                "Claude Code:",
                f"  {snippets['command']}",
                "\nClaude Code (.mcp.json) or Cursor (.cursor/mcp.json):",
                json.dumps(snippets["mcpServers"], indent=2),
                "\nVS Code (.vscode/mcp.json):",
                json.dumps(snippets["servers"], indent=2),
            )
        )
