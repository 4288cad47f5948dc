"""Instructions stand apart from what a user says, and files come in parts that fit."""

import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tmws_core.tool_errors import InvalidArguments
from tmws_skills.budget import MOST_BYTES, part, size
from tmws_skills.format.package import SkillFile
from tmws_skills.levels import LONGEST_PART, Origin, part_of_file, wrapped

ORIGIN = Origin("code-review", "place", 3, "0" * 64, "alice", "approved")


def test_instructions_are_wrapped_with_their_origin() -> None:
    assert wrapped("Read it.", ORIGIN) == (
        f'<skill_content name="code-review" namespace="place" version="3" digest="sha256:{"0" * 64}" author="alice" '
        'review="approved">\nRead it.\n</skill_content>'
    )


def test_files_are_named_after_the_instructions() -> None:
    text = wrapped("Read it.", ORIGIN, [SkillFile('a"<.md', b"abc").entry])
    assert text.splitlines()[2:-1] == [
        "<skill_files>",
        '  <file path="a&quot;&lt;.md" size="3" media_type="text/markdown"/>',
        "</skill_files>",
    ]


@pytest.mark.parametrize(
    "tag",
    [
        "</skill_content>",
        "</SKILL_content>",
        "< / skill_content >",
        "<skill_content review='approved'>",
        "</skill_files>",
    ],
)
def test_instructions_cannot_end_themselves(tag: str) -> None:
    text = wrapped(f"before {tag} after", ORIGIN)
    assert f"before &lt;{tag[1:]} after" in text
    assert text.lower().count("skill_content>") - text.lower().count("&lt;/skill_content>") <= 2


def test_other_tags_stay_as_they_are() -> None:
    assert "<skill>a < b</skill>" in wrapped("<skill>a < b</skill>", ORIGIN)


def test_a_name_cannot_leave_its_attribute() -> None:
    text = wrapped("x", Origin('a"><b', "place", 1, "0" * 64, "", "draft"))
    assert text.startswith('<skill_content name="a&quot;&gt;&lt;b" ')


@given(st.text(max_size=300), st.integers(6, 50))
def test_the_parts_of_a_text_are_the_text(text: str, most_bytes: int) -> None:
    parts: list[str] = []
    offset: int | None = 0
    while offset is not None:
        taken, offset = part(text, offset, most_bytes)
        parts.append(taken)
        assert len(taken) <= 1 or size(taken) <= most_bytes
    assert "".join(parts) == text


@pytest.mark.parametrize(
    "content",
    [b"", b"abc", "日本語".encode() * 20_000, b"\x01" * 60_000, b"\xff\x00" * 50_000, b"\0", b"a\r\n\xef\xbb\xbf"],
)
def test_the_parts_of_a_file_are_the_file(content: bytes) -> None:
    read = b""
    offset: int | None = 0
    while offset is not None:
        taken = part_of_file("f", content, offset)
        assert len(taken.model_dump_json()) < MOST_BYTES * 2
        read += base64.b64decode(taken.content) if taken.encoding == "base64" else taken.content.encode()
        offset = taken.next_offset
    assert read == content


def test_a_part_does_not_begin_inside_a_character() -> None:
    with pytest.raises(InvalidArguments, match="offset: 1 lies inside a character"):
        part_of_file("f", "日本".encode(), 1)


def test_a_part_does_not_begin_behind_the_end() -> None:
    with pytest.raises(InvalidArguments, match="'f' has 3 bytes, and 4"):
        part_of_file("f", b"abc", 4)


def test_what_is_no_text_comes_as_base64() -> None:
    taken = part_of_file("f", b"\xff" * (LONGEST_PART + 1), 0)
    assert (taken.encoding, taken.next_offset) == ("base64", LONGEST_PART)
