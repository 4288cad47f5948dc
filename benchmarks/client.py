"""A client without the SDK: JSON-RPC lines to a server's standard input, answers from its standard output."""

import json
import subprocess
import tempfile
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Self

from benchmarks.measurement import MILLISECONDS, Sample
from benchmarks.process_clock import processor_time

HANDSHAKE_VERSION = "2025-06-18"
MODERN_VERSION = "2026-07-28"
_CLIENT = {"name": "benchmark", "version": "1"}
_META = {
    "io.modelcontextprotocol/protocolVersion": MODERN_VERSION,
    "io.modelcontextprotocol/clientInfo": _CLIENT,
    "io.modelcontextprotocol/clientCapabilities": {},
}


class Client:
    """One server process and the pipe to it; as a context it begins and ends the process."""

    def __init__(self, command: Sequence[str], environment: dict[str, str], *, modern: bool) -> None:
        """Take a server.

        Args:
            command: what starts it.
            environment: its environment.
            modern: whether to speak the protocol of 2026-07-28 instead of the handshake of 2025.
        """
        self._command = command
        self._environment = environment
        self._modern = modern
        self._requests = 0

    def __enter__(self) -> Self:
        """Start the process."""
        self._log = tempfile.TemporaryFile()
        self._started = time.perf_counter()
        self._process = subprocess.Popen(
            self._command,
            env=self._environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._log,
        )
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End its input, which ends the process."""
        self._process.communicate()
        self._log.close()

    def open(self) -> None:
        """Get the first answer of the server, to what a client of this era asks first."""
        if self._modern:
            self.ask("server/discover")
            return
        self.ask("initialize", protocolVersion=HANDSHAKE_VERSION, capabilities={}, clientInfo=_CLIENT)
        self._write({"method": "notifications/initialized"})

    def ask(self, method: str, **parameters: object) -> dict[str, Any]:
        """Send a request and wait for its answer.

        Returns:
            The result.

        Raises:
            RuntimeError: the server answered with an error, or ended.
        """
        self._requests += 1
        meta = {"_meta": _META} if self._modern else {}
        self._write({"id": self._requests, "method": method, "params": {**parameters, **meta}})
        assert self._process.stdout is not None
        answer: dict[str, Any] = {}
        while answer.get("id") != self._requests:  # a server may send notifications before it answers
            line = self._process.stdout.readline()
            answer = json.loads(line) if line else {"id": self._requests, "error": f"it ended: {self._said()}"}
        if "result" not in answer:
            raise RuntimeError(f"{self._command} did not answer {method}: {answer['error']}")
        result: dict[str, Any] = answer["result"]
        return result

    def since_start(self) -> Sample:
        """What the server process has taken since it was started."""
        elapsed = time.perf_counter() - self._started
        return Sample(processor_time(self._process.pid), elapsed * MILLISECONDS)

    def _said(self) -> str:
        self._process.wait()
        self._log.seek(0)
        return self._log.read().decode(errors="replace")

    def _write(self, message: dict[str, Any]) -> None:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"jsonrpc": "2.0", **message}).encode() + b"\n")
        self._process.stdin.flush()
