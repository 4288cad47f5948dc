"""The JSON objects of a file with one on each line, whatever stands between them."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, NoReturn

from tmws_memory.exchange.progress import Advance, ignore
from tmws_memory.exchange.record import Fault, shown

LONGEST_LINE = 16 * 1024 * 1024
_CHUNK = 64 * 1024
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Line:
    """A JSON object and the line on which it stands, counted from 1."""

    number: int
    value: dict[str, Any]


def objects(path: Path, longest: int = LONGEST_LINE, advance: Advance = ignore) -> Iterator[Line | Fault]:
    """Read the objects of a file, one line at a time; blank lines are passed over.

    Args:
        path: the file.
        longest: how many bytes a line may have.
        advance: told the bytes of every line after what the line gave was taken.

    Raises:
        OSError: the file cannot be opened or read.
    """
    source = shown(path.name)
    with path.open("rb") as stream:
        for number, (line, length) in enumerate(_lines(stream, longest), 1):
            if line is None:
                yield Fault(source, number, f"the line has more than {longest} bytes; divide it, or raise the limit")
            elif found := line.removeprefix(_BYTE_ORDER_MARK if number == 1 else b"").strip():
                yield _object(found, source, number)
            advance(length)


def _lines(stream: BinaryIO, longest: int) -> Iterator[tuple[bytes | None, int]]:
    """Each line and its length; None for one that is too long, of which no more than a chunk is ever held."""
    while line := stream.readline(longest + 1):
        if len(line) <= longest or line.endswith(b"\n"):
            yield line, len(line)
            continue
        length = len(line)
        while rest := stream.readline(_CHUNK):
            length += len(rest)
            if rest.endswith(b"\n"):
                break
        yield None, length


def _object(line: bytes, source: str, number: int) -> Line | Fault:
    try:
        value = json.loads(line.decode(), object_pairs_hook=_once, parse_constant=_refuse)
    except UnicodeDecodeError:
        return Fault(source, number, "the line is not UTF-8; save the file again in that encoding")
    except json.JSONDecodeError as error:
        return Fault(source, number, f"the line is no JSON: {error.msg} at column {error.colno}")
    except RecursionError:
        return Fault(source, number, "the line is nested too deeply; make it flatter")
    except ValueError as error:
        return Fault(source, number, f"the line cannot be read: {error}")
    return Line(number, value) if isinstance(value, dict) else Fault(source, number, "the line is no JSON object")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {shown(key)!r} stands twice in one object; remove one")
        found[key] = value
    return found


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
