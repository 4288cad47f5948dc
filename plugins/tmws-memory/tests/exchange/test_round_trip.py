"""Whatever a memory holds, it comes back from every format of ours exactly as it was."""

import tempfile
from collections.abc import Iterable
from datetime import UTC
from pathlib import Path

from hypothesis import example, given, settings
from hypothesis import strategies as st

from tmws_memory.exchange import jsonl, markdown
from tmws_memory.exchange.progress import size
from tmws_memory.exchange.record import Grant, Record

MANY = settings(max_examples=50, deadline=None, database=None)
# everything that a database stores: no NUL and no half of a surrogate pair
CHARACTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
LINE_ENDS = ["\n", "\r\n", "\r", "\t", "\u2028", "\x85", "\ufeff", "\x7f", "\x1b[0m", "🐢", "é", " "]
MARKDOWN = ["---\n", "---", "--- \r\n", "...\n", "title: x\n", "# h\n", "{{x}}", "'", '"', "\\", "%", "@", "`"]
YAML = ["&a *a", "!tag", "<<", "=", "no", "1e5", "0123", "12:30", "2026-01-31", "~", "null", "|", ">", "? ", "- ", ": "]
AWKWARD = st.sampled_from([*LINE_ENDS, *MARKDOWN, *YAML])
TEXT = st.text(CHARACTERS) | st.lists(AWKWARD).map("".join) | st.lists(AWKWARD | st.text(CHARACTERS)).map("".join)
SOME_TEXT = TEXT.filter(bool)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.integers(min_value=10**300, max_value=10**4000)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXT, inner, max_size=4),
    max_leaves=8,
)
MOMENTS = st.datetimes(timezones=st.just(UTC)) | st.none()
SHARES = st.floats(0, 1)
GRANTS = st.builds(
    Grant, agent_id=SOME_TEXT, permission=st.sampled_from(["read", "write", "delete"]), expires_at=MOMENTS
)
RECORDS = st.builds(
    Record,
    content=SOME_TEXT,
    id=st.none() | st.uuids().map(str),
    memory_type=st.from_regex(r"[a-z0-9][a-z0-9._-]{0,63}", fullmatch=True),
    tags=st.lists(TEXT, max_size=4),
    importance=SHARES,
    relevance=SHARES,
    context=st.dictionaries(TEXT, JSON, max_size=4),
    source_url=st.none() | TEXT,
    namespace=st.none() | SOME_TEXT,
    agent_id=st.none() | SOME_TEXT,
    access_level=st.sampled_from(["private", "team", "shared", "public", "system"]),
    session=st.none() | SOME_TEXT,
    summary=st.none() | TEXT,
    created_at=MOMENTS,
    updated_at=MOMENTS,
    expires_at=MOMENTS,
    archived_at=MOMENTS,
    version=st.integers(min_value=1),
    grants=st.lists(GRANTS, max_size=3),
)


def exactly(records: Iterable[object]) -> list[str]:
    """What tells 1 from 1.0 and from True, and 0.0 from -0.0."""
    return [repr(record) for record in records]


@MANY
@given(records=st.lists(RECORDS, max_size=3))
def test_memories_come_back_from_jsonl_as_they_were(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "memories.jsonl")
        with jsonl.writing(path) as write:
            for record in records:
                write(record)
        assert exactly(jsonl.read(path)) == exactly(records)


@MANY
@given(record=RECORDS)
@example(Record(content="\n---\ncontent: x\n---\r\n\n"))
@example(Record(content="\ufeff---\n", context={"a: b\n---\n": "\n---\n"}))
def test_a_memory_comes_back_from_markdown_as_it_was(record: Record) -> None:
    with tempfile.TemporaryDirectory() as folder:
        markdown.write(Path(folder), record)
        assert exactly(markdown.read(Path(folder))) == exactly([record])


@MANY
@given(record=RECORDS)
def test_a_memory_is_one_line_to_whoever_splits_lines(record: Record) -> None:
    assert len(jsonl.line(record).decode().splitlines()) == 1


@MANY
@given(records=st.lists(RECORDS, max_size=3))
def test_a_reader_tells_all_the_bytes_that_there_are(records: list[Record]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        place, path = Path(folder, "folder"), Path(folder, "memories.jsonl")
        place.mkdir()
        with jsonl.writing(path) as write:
            for record in records:
                write(record)
                markdown.write(place, record)
        told: dict[Path, int] = {}
        for each, read in ((place, markdown.read), (path, jsonl.read)):
            advances: list[int] = []
            list(read(each, advance=advances.append))
            told[each] = sum(advances)
        assert told == {place: size(place), path: size(path)}
