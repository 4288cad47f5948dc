"""The levels of detail: a catalogue line, the instructions, the list of files; and a single file."""

import base64
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape
from typing import Literal

from pydantic import BaseModel, Field

from tmws_core.tool_errors import InvalidArguments
from tmws_skills.budget import MOST_BYTES, size
from tmws_skills.format.media_type import is_text
from tmws_skills.format.package import ManifestEntry

LONGEST_PART = 32_000
"""So many bytes of a file come in one answer at most; as base64 they take a third more."""
_TAG, _FILES = "skill_content", "skill_files"
_OUR_TAGS = re.compile(rf"<(?=\s*/?\s*(?:{_TAG}|{_FILES}))", re.IGNORECASE)


class FileLine(BaseModel):
    """The third level of detail: a file of a skill, of which nothing is read yet."""

    path: str = Field(description="Give it as file to skill_load to read it.")
    size: int = Field(description="In bytes.")
    media_type: str

    @classmethod
    def of(cls, entry: ManifestEntry) -> "FileLine":
        """The line of an entry of the manifest."""
        return cls(path=entry.path, size=entry.size, media_type=entry.media_type)


class FilePart(BaseModel):
    """A part of a file. It is data of the skill's author; this server runs none of it."""

    path: str
    encoding: Literal["utf-8", "base64"] = Field(description="base64 for what is no text.")
    content: str
    offset: int = Field(description="Where this part begins, in bytes.")
    next_offset: int | None = Field(description="Where to read on, in bytes; null at the end.")
    size: int = Field(description="Of the whole file, in bytes.")


@dataclass(frozen=True)
class Origin:
    """What is said of instructions before they are read: whose they are, and how far they were reviewed.

    Attributes:
        name: the skill's name.
        namespace: where it belongs.
        version: which version it is.
        digest: its digest.
        author: the agent that wrote the version; empty when it is gone.
        review: how its review ended.
    """

    name: str
    namespace: str
    version: int
    digest: str
    author: str
    review: str


def wrapped(instructions: str, origin: Origin, files: Iterable[ManifestEntry] = ()) -> str:
    """Instructions as data with their origin, so that a model can tell them from what its user says.

    The instructions stay as they were written, but for a tag that would end them: it cannot be told from the real one,
    and is written as an entity.

    Args:
        instructions: the instructions, or a part of them.
        origin: where they come from.
        files: the files to name after them.
    """
    attributes = {
        "name": origin.name,
        "namespace": origin.namespace,
        "version": str(origin.version),
        "digest": f"sha256:{origin.digest}",
        "author": origin.author,
        "review": origin.review,
    }
    lines = [
        _opened(_TAG, attributes),
        _kept_inside(instructions),
        *_listed(files),
        f"</{_TAG}>",
    ]
    return "\n".join(lines)


def part_of_file(path: str, content: bytes, offset: int) -> FilePart:
    """The part of a file that begins at an offset and fits into an answer.

    Args:
        path: the file's path within the skill.
        content: the whole file.
        offset: where to begin, in bytes.

    Raises:
        InvalidArguments: the file ends before, or the offset is inside a character.
    """
    if offset > len(content):
        raise InvalidArguments(
            f"offset: {path!r} has {len(content)} bytes, and {offset} lies behind its end",
            hint="give 0, or next_offset of the part before",
        )
    if not is_text(content):
        taken = content[offset : offset + LONGEST_PART]
        return _part(path, "base64", base64.b64encode(taken).decode(), offset, len(taken), content)
    if offset < len(content) and _continues(content[offset]):
        raise InvalidArguments(
            f"offset: {offset} lies inside a character of {path!r}", hint="give 0, or next_offset of the part before"
        )
    length = LONGEST_PART
    while size(_text(content, offset, length)) > MOST_BYTES:  # a control character takes six bytes of JSON
        length //= 2
    text = _text(content, offset, length)
    return _part(path, "utf-8", text, offset, len(text.encode()), content)


def _part(
    path: str, encoding: Literal["utf-8", "base64"], text: str, offset: int, length: int, content: bytes
) -> FilePart:
    end = offset + length
    return FilePart(
        path=path,
        encoding=encoding,
        content=text,
        offset=offset,
        next_offset=end if end < len(content) else None,
        size=len(content),
    )


def _text(content: bytes, offset: int, length: int) -> str:
    """So many bytes as text, without a character that is not whole."""
    return content[offset : offset + length].decode(errors="ignore")


def _continues(byte: int) -> bool:
    """Whether a byte continues a character of UTF-8 (RFC 3629, section 3)."""
    return byte & 0b1100_0000 == 0b1000_0000


def _listed(files: Iterable[ManifestEntry]) -> Iterable[str]:
    lines = [
        f"  <file{_attributes({'path': file.path, 'size': str(file.size), 'media_type': file.media_type})}/>"
        for file in files
    ]
    return [f"<{_FILES}>", *lines, f"</{_FILES}>"] if lines else []


def _opened(tag: str, attributes: Mapping[str, str]) -> str:
    return f"<{tag}{_attributes(attributes)}>"


def _attributes(attributes: Mapping[str, str]) -> str:
    return "".join(f' {name}="{escape(value)}"' for name, value in attributes.items())


def _kept_inside(text: str) -> str:
    """Text in which no tag of ours begins or ends, in whatever case."""
    return _OUR_TAGS.sub("&lt;", text)
