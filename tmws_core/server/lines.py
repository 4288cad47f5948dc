"""Lines over two file descriptors, read and written by threads: no stalled client can hold up the event loop."""

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from queue import SimpleQueue

from tmws_core.server.standard_streams import StandardStreams

LONGEST_LINE_BYTES = 4 * 1024 * 1024
LINES_READ_AHEAD = 64
_BLOCK_BYTES = 65536

_Writing = tuple[bytes, "asyncio.Future[None]"]


class Lines:
    """What a client writes, line by line, and the way back to it.

    The threads are daemons: one that waits for a client for ever does not keep the process alive.
    """

    def __init__(self, streams: StandardStreams) -> None:
        """Begin to read; this needs a running event loop."""
        self._streams = streams
        self._loop = asyncio.get_running_loop()
        self._read: asyncio.Queue[bytes | None] = asyncio.Queue()
        self._room = threading.Semaphore(LINES_READ_AHEAD)
        self._to_write: SimpleQueue[_Writing | None] = SimpleQueue()
        threading.Thread(target=self._reading, name="standard input", daemon=True).start()
        threading.Thread(target=self._writing, name="standard output", daemon=True).start()

    async def lines(self) -> AsyncIterator[bytes]:
        """The client's lines, to the end of its input or until `end`; a line that is too long comes as b""."""
        while (line := await self._read.get()) is not None:
            self._room.release()
            yield line

    def end(self) -> None:
        """Read nothing more; what has been read already is still delivered."""
        self._read.put_nowait(None)

    async def write(self, line: bytes) -> None:
        """Write one line, whole even when the caller is cancelled.

        Raises:
            OSError: the client does not read any more.
        """
        written = self._loop.create_future()
        self._to_write.put((line + b"\n", written))
        await written

    def close(self) -> None:
        """End the writing thread; the reading one ends with the client's input or with the process."""
        self._to_write.put(None)

    def _reading(self) -> None:
        with suppress(RuntimeError):  # the event loop is closed: nobody is left to read for
            for line in _lines_of(self._streams.input):
                self._room.acquire()
                self._loop.call_soon_threadsafe(self._read.put_nowait, line)
            self._loop.call_soon_threadsafe(self._read.put_nowait, None)

    def _writing(self) -> None:
        with suppress(RuntimeError):
            while (writing := self._to_write.get()) is not None:
                line, written = writing
                try:
                    _write_all(self._streams.output, line)
                except OSError as error:
                    self._loop.call_soon_threadsafe(_settle, written, error)
                else:
                    self._loop.call_soon_threadsafe(_settle, written, None)


def _settle(written: "asyncio.Future[None]", error: OSError | None) -> None:
    if written.done():
        return
    if error is None:
        written.set_result(None)
    else:
        written.set_exception(error)


def _write_all(descriptor: int, data: bytes) -> None:
    left = memoryview(data)
    while left:
        left = left[os.write(descriptor, left) :]


def _lines_of(descriptor: int) -> Iterator[bytes]:
    """The lines of a descriptor without their ends; a line beyond the limit is dropped and comes as b""."""
    begun = bytearray()
    dropping = False
    while block := _block_of(descriptor):
        *whole, rest = block.split(b"\n")
        for part in whole:
            too_long = dropping or len(begun) + len(part) > LONGEST_LINE_BYTES
            line = b"" if too_long else bytes(begun + part).strip()
            if line or too_long:
                yield line
            begun.clear()
            dropping = False
        begun += rest
        if len(begun) > LONGEST_LINE_BYTES:
            begun.clear()
            dropping = True
    if line := bytes(begun).strip():
        yield line


def _block_of(descriptor: int) -> bytes:
    try:
        return os.read(descriptor, _BLOCK_BYTES)
    except OSError:
        return b""
