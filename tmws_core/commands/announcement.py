"""What the HTTP server says when it has started: what runs, where it is, and how a client is connected to it."""

import json
from dataclasses import dataclass
from typing import Any, TextIO

from tmws_core.application import Application
from tmws_core.authentication import authentication_of
from tmws_core.commands.output import print_line, print_table
from tmws_core.commands.schema_report import SchemaReport, report_on
from tmws_core.server.http import MCP_PATH
from tmws_core.status import PluginStatus, plugin_statuses

CLIENT_NAME = "tmws"


@dataclass(frozen=True)
class Announcement:
    """The state of a server that has just started.

    Attributes:
        version: the core's version.
        url: where the server is.
        plugins: every installed plugin.
        report: the live tables.
        authentication: how the callers are known.
    """

    version: str
    url: str
    plugins: list[PluginStatus]
    report: SchemaReport
    authentication: str

    @classmethod
    def of(cls, application: Application, url: str) -> "Announcement":
        """What there is to say of an application that is served at a URL."""
        plugins, report = plugin_statuses(application), report_on(application.assembly)
        return cls(application.version, url, plugins, report, authentication_of(application))

    @property
    def mcp_url(self) -> str:
        """Where clients connect to."""
        return f"{self.url}{MCP_PATH}"

    @property
    def clients(self) -> dict[str, Any]:
        """What is pasted into the clients: the file of Claude Code and Cursor, a command, the file of VS Code."""
        server = {CLIENT_NAME: {"type": "http", "url": self.mcp_url}}
        return {
            "mcpServers": {"mcpServers": server},
            "command": f"claude mcp add --transport http {CLIENT_NAME} {self.mcp_url}",
            "servers": {"servers": server},
        }

    def as_json(self) -> dict[str, Any]:
        """The announcement for programs."""
        return {
            "version": self.version,
            "url": self.url,
            "mcp_url": self.mcp_url,
            "plugins": [plugin.model_dump() for plugin in self.plugins],
            "tables": self.report.sentence,
            "authentication": self.authentication,
            "clients": self.clients,
        }

    def print(self, output: TextIO) -> None:
        """Print the announcement for people."""
        print_table(
            ("plugin", "version", "status", "tables", "tools", "reason"),
            ((it.name, it.version, it.status, len(it.tables), len(it.tools), it.reason) for it in self.plugins),
            file=output,
        )
        clients = self.clients
        for line in (
            f"\n{self.report.sentence}",
            self.authentication,
            f"\nTMWS {self.version} serves {self.url} (MCP at {self.mcp_url}); Ctrl-C ends it",
            "\nClaude Code:",
            f"  {clients['command']}",
            "\nClaude Code (.mcp.json) or Cursor (.cursor/mcp.json):",
            json.dumps(clients["mcpServers"], indent=2),
            "\nVS Code (.vscode/mcp.json):",
            json.dumps(clients["servers"], indent=2),
        ):
            print_line(line, file=output)
