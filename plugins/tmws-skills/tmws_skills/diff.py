"""What differs between two versions of a skill: which files, and which of their lines."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import unified_diff
from typing import Literal

from tmws_skills.format.media_type import is_text
from tmws_skills.format.package import SKILL_MD, SkillFile

MOST_LINES = 2_000
"""So many lines of a file, on each side, are compared one by one, without those that are equal before and after them.

More of them are shown as replaced: the comparison takes a time that grows with their square.
"""

Change = Literal["added", "removed", "changed"]


@dataclass(frozen=True)
class FileDifference:
    """A file that is not the same in two versions.

    Attributes:
        path: its path.
        change: what became of it.
        text: the difference in the unified format of diff; empty when it is no text on one of the sides.
        added: how many lines came.
        removed: how many lines went.
    """

    path: str
    change: Change
    text: str
    added: int
    removed: int


def differences(
    before: str, files_before: Sequence[SkillFile], after: str, files_after: Sequence[SkillFile]
) -> list[FileDifference]:
    """The files that differ, SKILL.md first, then in the order of their paths.

    Args:
        before: SKILL.md of the one version.
        files_before: its other files.
        after: SKILL.md of the other version.
        files_after: its other files.
    """
    old, new = _contents(before, files_before), _contents(after, files_after)
    paths = sorted(old.keys() | new.keys(), key=lambda path: (path != SKILL_MD, path))
    return [_difference(path, old.get(path), new.get(path)) for path in paths if old.get(path) != new.get(path)]


def _contents(skill_md: str, files: Sequence[SkillFile]) -> Mapping[str, bytes]:
    return {SKILL_MD: skill_md.encode(), **{file.path: file.content for file in files}}


def _difference(path: str, old: bytes | None, new: bytes | None) -> FileDifference:
    change: Change = "added" if old is None else "removed" if new is None else "changed"
    sides = (old or b"", new or b"")
    if not all(map(is_text, sides)):
        return FileDifference(path, change, "", 0, 0)
    names = ("/dev/null" if old is None else f"a/{path}", "/dev/null" if new is None else f"b/{path}")
    first, second = (side.decode().splitlines(keepends=True) for side in sides)
    lines = list(_compared(first, second, names))
    added = sum(line.startswith("+") for line in lines[2:])
    removed = sum(line.startswith("-") for line in lines[2:])
    return FileDifference(path, change, "".join(_ended(lines)), added, removed)


def _compared(old: list[str], new: list[str], names: tuple[str, str]) -> Iterator[str]:
    equal = _equal_at_start(old, new)
    equal_after = _equal_at_start(old[equal:][::-1], new[equal:][::-1])
    if max(len(old), len(new)) - equal - equal_after <= MOST_LINES:
        yield from unified_diff(old, new, *names)
        return
    first, second = old[equal : len(old) - equal_after], new[equal : len(new) - equal_after]
    yield f"--- {names[0]}\n"
    yield f"+++ {names[1]}\n"
    yield f"@@ -{_range(equal, first)} +{_range(equal, second)} @@\n"
    yield from (f"-{line}" for line in first)
    yield from (f"+{line}" for line in second)


def _equal_at_start(old: Sequence[str], new: Sequence[str]) -> int:
    count = 0
    for first, second in zip(old, new, strict=False):
        if first != second:
            break
        count += 1
    return count


def _range(start: int, lines: Sequence[str]) -> str:
    """A range of lines as the unified format writes it: an empty one is named after the line before it."""
    return f"{start + bool(lines)},{len(lines)}"


def _ended(lines: Sequence[str]) -> Iterator[str]:
    """The lines, each with an end; diff says of a last one without it that it has none."""
    for line in lines:
        yield line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
