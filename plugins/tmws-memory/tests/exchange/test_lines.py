from pathlib import Path

import pytest

from tmws_memory.exchange.lines import Line, objects
from tmws_memory.exchange.record import Fault


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.jsonl"


def faults(path: Path, longest: int = 1000) -> list[tuple[int | None, str]]:
    return [(found.line, found.reason) for found in objects(path, longest) if isinstance(found, Fault)]


def numbers(path: Path, longest: int = 1000) -> list[int]:
    return [found.number for found in objects(path, longest) if isinstance(found, Line)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b'{"a": ', "no JSON"),
        (b"[1]", "no JSON object"),
        (b'{"a": NaN}', "NaN"),
        (b'{"a": 1, "a": 2}', "twice"),
        (b'{"a": "\xff"}', "UTF-8"),
        (b'{"a": "\x00"}', "no JSON"),
        (b'{"a": ' + b"9" * 5000 + b"}", "cannot be read"),
        (b'{"a": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"a": "' + b"x" * 1_048_576 + b'"}', "more than"),
    ],
    ids=lambda value: value if isinstance(value, str) else "line",
)
def test_a_line_that_is_no_json_is_reported_with_its_number_and_the_rest_goes_on(
    path: Path, line: bytes, reason: str
) -> None:
    path.write_bytes(b'{"b": 1}\n\n' + line + b'\n{"b": 2}\n')
    longest = 1000 if "more than" in reason else 1_000_000
    ((number, told),) = faults(path, longest)
    assert number == 3
    assert reason in told
    assert numbers(path, longest) == [1, 4]


def test_blank_lines_are_passed_over_and_counted(path: Path) -> None:
    path.write_bytes(b'\n  \r\n\t\n{"a": 1}\r\n')
    assert (numbers(path), faults(path)) == ([4], [])


def test_a_last_line_needs_no_end(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n{"a": 2}')
    assert numbers(path) == [1, 2]


def test_a_byte_order_mark_is_passed_over(path: Path) -> None:
    path.write_bytes(b'\xef\xbb\xbf{"a": 1}\n')
    assert (numbers(path), faults(path)) == ([1], [])


def test_a_line_as_long_as_it_may_be_is_read(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n{"a": 12}\n')
    assert (numbers(path, 9), [number for number, _ in faults(path, 9)]) == ([1, 2], [])
    assert (numbers(path, 8), [number for number, _ in faults(path, 8)]) == ([1], [2])


def test_every_byte_is_told_also_those_of_faults(path: Path) -> None:
    path.write_bytes(b'{"a": 1}\n\n' + b"x" * 200_000 + b"\nno\n" + b"y" * 200_000)
    told: list[int] = []
    list(objects(path, 1000, told.append))
    assert sum(told) == path.stat().st_size


def test_a_line_is_given_before_the_next_is_read(path: Path) -> None:
    told: list[int] = []
    path.write_bytes(b'{"a": 1}\n' * 1000)
    reading = objects(path, 1000, told.append)
    next(reading)
    next(reading)
    assert told == [9]
