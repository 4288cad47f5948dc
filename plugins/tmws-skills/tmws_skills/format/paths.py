"""Paths inside a skill: relative, with `/`, and the same file on every system."""

import re
from collections.abc import Iterable
from unicodedata import category, normalize

_LONGEST_SEGMENT = 255
_LONGEST = 1024
_DRIVE = re.compile(r"[A-Za-z]:")
# Windows opens a device under these names, whatever ending they have
_DEVICE = re.compile(r"(?:con|prn|aux|nul|com[1-9]|lpt[1-9])(?:\..*)?", re.IGNORECASE)


class UnsafePath(ValueError):
    """A path that leads out of a skill, or is not the same file everywhere."""


def shown(path: str) -> str:
    """A path that can be printed and stored, whatever it is made of; what cannot is shown as U+FFFD."""
    text = path.encode("utf-8", "surrogateescape").decode("utf-8", "replace") if _has_surrogates(path) else path
    text = "".join(character if character.isprintable() else "\ufffd" for character in text)
    return text if len(text) <= _LONGEST_SEGMENT else f"{text[:_LONGEST_SEGMENT]}…"


def folded(path: str) -> str:
    """What two paths have in common that some file system takes for one: without case, in one Unicode form."""
    return normalize("NFC", normalize("NFC", path).casefold())


def has_drive(path: str) -> bool:
    """Whether a path begins with the letter of a drive, as on Windows."""
    return _DRIVE.match(path) is not None


def refuse_unsafe(path: str) -> None:
    """Refuse a path that is no plain way down from the skill's folder on every system.

    Raises:
        UnsafePath: it is absolute, has `..`, `.` or an empty part, a backslash, a colon, a control character, no UTF-8,
            a part named `.git`, or a name that Windows does not take.
    """
    if reason := _reason(path):
        raise UnsafePath(f"{shown(path)!r} {reason}")


def refuse_ambiguous(paths: Iterable[str]) -> None:
    """Refuse paths of which some file system takes two for one, or one for the folder of another.

    Raises:
        UnsafePath: names both.
    """
    seen: dict[str, str] = {}
    for path in paths:
        key = folded(path)
        if key in seen:
            raise UnsafePath(f"{shown(seen[key])!r} and {shown(path)!r} are one file on some systems; rename one")
        seen[key] = path
    for key, path in seen.items():
        above = key.split("/")[:-1]
        for depth in range(1, len(above) + 1):
            if other := seen.get("/".join(above[:depth])):
                raise UnsafePath(f"{shown(other)!r} is a file, and {shown(path)!r} needs a folder of that name")


def _reason(path: str) -> str | None:
    if _has_surrogates(path):
        return "is no UTF-8; rename it"
    if path.startswith("/"):
        return "is an absolute path"
    if "\\" in path:
        return "has a backslash, which is a folder on Windows; use `/`"
    if has_drive(path):
        return "begins with the letter of a drive"
    if len(path.encode()) > _LONGEST:
        return f"is longer than {_LONGEST} bytes"
    return next(filter(None, map(_reason_of_segment, path.split("/"))), None)


def _reason_of_segment(segment: str) -> str | None:
    if segment in {"", ".", ".."}:
        return "leads out of its folder, or nowhere"
    if segment.lower() == ".git":
        return "belongs to git, and is no part of a skill"
    if ":" in segment:
        return "has a colon, which Windows does not take"
    if any(category(character) == "Cc" for character in segment):
        return "has a control character"
    if segment[-1] in ". " or _DEVICE.fullmatch(segment):
        return "has a name that Windows does not take"
    if len(segment.encode()) > _LONGEST_SEGMENT:
        return f"has a part of more than {_LONGEST_SEGMENT} bytes"
    return None


def _has_surrogates(text: str) -> bool:
    return any("\ud800" <= character <= "\udfff" for character in text)
