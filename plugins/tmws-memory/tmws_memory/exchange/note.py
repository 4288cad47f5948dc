"""One Markdown note as people write it: title, tags and dates in its front matter, tags in its text."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from pydantic import JsonValue

from tmws_memory.exchange.folder import File, text_of
from tmws_memory.exchange.front_matter import Document, Malformed, parse
from tmws_memory.exchange.record import MOST_TAGS, Fault, Record, build
from tmws_memory.exchange.sections import marked_lines

_INLINE_CODE = re.compile(r"(`+)[^`\n]*\1")
_INLINE_TAG = re.compile(r"(?:^|(?<=\s))#([\w/-]*[^\W\d][\w/-]*)", re.MULTILINE)
_ADDRESS = re.compile(r"https?://\S+\Z")
_SEPARATORS = re.compile(r"[,\s]+")
_LONGEST_TAG = 100
_LONGEST_TITLE = 200
_LONGEST_ADDRESS = 2000
_TAGS = ("tags", "tag")
_CREATED = ("created_at", "created", "date created", "date")
_UPDATED = ("updated_at", "updated", "modified", "date modified")
_SOURCES = ("source_url", "source", "url")


@dataclass(frozen=True, slots=True)
class Note:
    """A note.

    Attributes:
        name: its path below the folder, with `/`.
        title: the title in its front matter, or the name of the file without the ending.
        body: its text after the front matter, unchanged.
        first_line: the line of the file on which the body begins.
        front: what its front matter says besides its tags and its title.
        tags: the tags of the front matter, each once.
        created_at: the moment that its front matter names, or when the file was changed.
        updated_at: the same for the last change; None when the front matter names no moment at all.
        source_url: the web address that its front matter names.
    """

    name: str
    title: str
    body: str
    first_line: int
    front: dict[str, JsonValue]
    tags: list[str]
    created_at: datetime | None
    updated_at: datetime | None
    source_url: str | None

    def memory(
        self,
        content: str,
        memory_type: str,
        tags: Iterable[str],
        session: str | None,
        facts: Mapping[str, JsonValue],
        first: bool,
        line: int | None = None,
    ) -> Record | Fault:
        """A memory that comes from this note.

        Args:
            content: its text.
            memory_type: its type.
            tags: its tags besides those of the note.
            session: its session.
            facts: what its context says besides where it comes from.
            first: whether it is the first of this note. Only the first has in its context what else the front matter
                says, and all the tags where they are more or longer than tags may be: as often as a note has memories,
                that could be far more than is in the file.
            line: the line of the file on which it stands.
        """
        every = list(dict.fromkeys([*self.tags, *tags]))
        context: dict[str, JsonValue] = {"title": self.title, "path": self.name, **facts}
        taken = [tag for tag in every if len(tag) <= _LONGEST_TAG][:MOST_TAGS]
        if first and self.front:
            context["front_matter"] = self.front
        if first and taken != every:
            context["tags"] = list[JsonValue](every)
        values = {
            "content": content,
            "memory_type": memory_type,
            "tags": taken,
            "context": context,
            "source_url": self.source_url,
            "session": session,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        }
        return build(values, self.name, line)


def read_note(file: File, largest: int) -> Note | Fault:
    """Read a note.

    A moment without a time zone is meant in that of this machine.

    Args:
        file: the file.
        largest: how many bytes it may have.
    """
    text = text_of(file, largest)
    if isinstance(text, Fault):
        return text
    try:
        document = parse(text)
    except Malformed as error:
        return Fault(file.name, error.line, str(error))
    return _note(file, document)


def inline_tags(text: str) -> list[str]:
    """The words of a text that begin with `#`, without it, in their order, each once; code and numbers are none."""
    prose = "".join(line.text for line in marked_lines(text) if not line.code)
    return list(dict.fromkeys(_INLINE_TAG.findall(_INLINE_CODE.sub("``", prose))))


def _note(file: File, document: Document) -> Note:
    front = document.front or {}
    named = _first_moment(front, _CREATED)
    tags = [tag for name in _TAGS for tag in _listed(front.get(name))]
    title = _title(front.get("title"))
    return Note(
        name=file.name,
        title=title or file.name.rpartition("/")[2].rpartition(".")[0],
        body=document.body,
        first_line=document.first_line,
        front={name: value for name, value in front.items() if name not in _TAGS and not (title and name == "title")},
        tags=list(dict.fromkeys(tags)),
        created_at=named or file.modified,
        updated_at=_first_moment(front, _UPDATED) or (file.modified if named else None),
        source_url=_first_address(front),
    )


def _title(value: JsonValue) -> str:
    title = "" if value is None or isinstance(value, list | dict) else str(value).strip()
    return title if len(title) <= _LONGEST_TITLE else ""


def _listed(value: JsonValue) -> Iterator[str]:
    items = value if isinstance(value, list) else _SEPARATORS.split(value) if isinstance(value, str) else [value]
    for item in items:
        if item is not None and not isinstance(item, list | dict) and (word := str(item).strip().lstrip("#")):
            yield word


def _first_moment(front: Mapping[str, JsonValue], names: tuple[str, ...]) -> datetime | None:
    for name in names:
        value = front.get(name)
        if isinstance(value, str):
            try:
                return datetime.fromisoformat(value.strip()).astimezone(UTC)
            except (ValueError, OverflowError):
                continue
    return None


def _first_address(front: Mapping[str, JsonValue]) -> str | None:
    found = (value for name in _SOURCES if isinstance(value := front.get(name), str) and _ADDRESS.match(value))
    return next((value for value in found if len(value) <= _LONGEST_ADDRESS), None)
