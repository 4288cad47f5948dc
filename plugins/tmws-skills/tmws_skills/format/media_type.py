"""Media types of files, the same on every machine."""

from mimetypes import MimeTypes

UNKNOWN = "application/octet-stream"
# an instance of its own knows only what Python itself says, not the files of the machine
_TYPES = MimeTypes()
for _ending, _type in {".md": "text/markdown", ".yaml": "application/yaml", ".yml": "application/yaml"}.items():
    _TYPES.add_type(_type, _ending)


def media_type(path: str, content: bytes) -> str:
    """The media type of a file, by its ending; without one that is known, whether it is text.

    Args:
        path: its path.
        content: what it holds; `x.ts` is a film or TypeScript.
    """
    by_ending, encoding = _TYPES.guess_type(path)
    if encoding is not None:
        return UNKNOWN
    if by_ending is not None and by_ending.split("/")[0] not in {"audio", "video"}:
        return by_ending
    return "text/plain" if is_text(content) else by_ending or UNKNOWN


def is_text(content: bytes) -> bool:
    """Whether bytes are UTF-8 text, which has no NUL."""
    if b"\0" in content:
        return False
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True
