"""Limits: how much a skill, and what it is read from, may hold."""

from dataclasses import dataclass

MEBIBYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """How much is taken. The defaults for one skill are what SEP-2640 says that hosts should take.

    Attributes:
        files: how many files one skill may have, SKILL.md among them.
        file_bytes: how large one file may be.
        skill_bytes: how large all files of one skill may be together.
        skill_md_bytes: how large SKILL.md may be.
        depth: how many folders deep a file may lie below its skill.
        entries: how many files and folders an import looks at.
        total_bytes: how many bytes an import takes in all, and how large an archive may be.
    """

    files: int = 512
    file_bytes: int = 16 * MEBIBYTE
    skill_bytes: int = 16 * MEBIBYTE
    skill_md_bytes: int = MEBIBYTE
    depth: int = 16
    entries: int = 100_000
    total_bytes: int = 512 * MEBIBYTE


DEFAULT = Limits()
"""The limits without settings."""
