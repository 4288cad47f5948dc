"""Beside other memory servers, the same work over stdio: to start, to store one among 300 notes, to search one.

Measured: from the start of the process to the answer to `initialize`, with the database or file of an earlier start;
then `tools/list`, 300 notes, and calls that store and that search one, from a client without the SDK. Processor time is
the server's alone. The others are basic-memory and the reference server of the Model Context Protocol; they are
installed from their registries, so this runs only when it is named. Nothing has a bound.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from statistics import median

from benchmarks.client import Client
from benchmarks.findings import Findings, Verdict, rows_of
from benchmarks.installation import Installation, server_command, temporary_folder
from benchmarks.measurement import Sample, by_turns
from benchmarks.memories import SEARCH, STORE, NewMemory, Question
from benchmarks.peers import Peer, ToolCall, basic_memory, server_memory
from benchmarks.texts import Texts

BY_NAME_ONLY = True
NOTES = 300
CALLS = 5
_KINDS = ("start", "store", "search")


def measure(rounds: int) -> Findings:
    """Do the same work in every server by turns; the slowest needs seconds for a start, so a third of the rounds do."""
    few = max(1, rounds // 3)
    with temporary_folder() as folder:
        peers = [_tmws(folder / "tmws"), server_memory(folder / "node"), basic_memory(folder / "python")]
        starts = by_turns({f"start, {peer.name}": partial(_start, peer) for peer in peers}, few)
        with ExitStack() as servers:
            notebooks = [_Notebook(peer, servers.enter_context(_opened(peer))) for peer in peers]
            for notebook in notebooks:
                notebook.fill()
            calls = by_turns({name: take for notebook in notebooks for name, take in notebook.variants().items()}, few)
            bytes_listed = {notebook.peer.name: notebook.bytes_listed() for notebook in notebooks}
    samples = {name: series for kind in _KINDS for name, series in {**starts, **calls}.items() if name.startswith(kind)}
    return Findings(
        rows_of(samples),
        [Verdict(f"tools/list, {name}", size / 1000, None, "KB") for name, size in bytes_listed.items()]
        + list(_times(samples, peers)),
    )


def _times(samples: dict[str, list[Sample]], peers: Sequence[Peer]) -> Iterator[Verdict]:
    """How many times our processor time each other server takes."""
    ours, *others = peers
    for kind in _KINDS:
        for other in others:
            pairs = zip(samples[f"{kind}, {other.name}"], samples[f"{kind}, {ours.name}"], strict=True)
            yield Verdict(f"{kind}, {other.name} against {ours.name}", median(one.cpu / own.cpu for one, own in pairs))


def _tmws(folder: Path) -> Peer:
    """Our server with all plugins."""
    return Peer(
        "tmws",
        server_command(),
        Installation(folder).environment(TMWS_RATE_LIMIT="1000000/second"),
        lambda title, text: ToolCall(STORE, NewMemory(f"{title}\n{text}").arguments),
        lambda word: ToolCall(SEARCH, Question(word).arguments),
    )


def _opened(peer: Peer) -> Client:
    return Client(peer.command, peer.environment, modern=False)


def _start(peer: Peer) -> Sample:
    with _opened(peer) as client:
        client.open()
        return client.since_start()


@dataclass(frozen=True)
class _Repeated:
    """Does one thing a few times; what it takes is the average of one."""

    client: Client
    once: Callable[[], None]

    def __call__(self) -> Sample:
        before = self.client.since_start()
        for _ in range(CALLS):
            self.once()
        after = self.client.since_start()
        return Sample((after.cpu - before.cpu) / CALLS, (after.wall - before.wall) / CALLS)


@dataclass
class _Notebook:
    """One server with notes in it."""

    peer: Peer
    client: Client
    texts: Texts = field(default_factory=Texts)
    words: dict[str, str] = field(default_factory=dict)

    def fill(self) -> None:
        """Store the notes."""
        self.client.open()
        for _ in range(NOTES):
            self._store()

    def variants(self) -> dict[str, _Repeated]:
        """To store, and to search, by the names of their rows."""
        ways = {"store": self._store, "search": self._search}
        return {f"{kind}, {self.peer.name}": _Repeated(self.client, once) for kind, once in ways.items()}

    def bytes_listed(self) -> int:
        """How large the answer to `tools/list` is, as JSON without spaces."""
        listed = self.client.ask("tools/list")
        return len(json.dumps(listed, ensure_ascii=False, separators=(",", ":")).encode())

    def _store(self) -> None:
        (text,) = self.texts.texts(1)
        title = f"note {len(self.words):05}"
        self.words[title] = self.texts.rarest_word(text)
        self._call(self.peer.store(title, text))

    def _search(self) -> None:
        title = f"note {len(self.words) // 2:05}"
        answer = self._call(self.peer.search(self.words[title]))
        if title not in answer:
            raise RuntimeError(f"{self.peer.name} did not find {title} by {self.words[title]!r}: {answer[:500]}")

    def _call(self, call: ToolCall) -> str:
        answer = self.client.ask("tools/call", name=call.tool, arguments=dict(call.arguments))
        if answer.get("isError"):
            raise RuntimeError(f"{self.peer.name}: {call.tool} failed: {answer}")
        return json.dumps(answer)
