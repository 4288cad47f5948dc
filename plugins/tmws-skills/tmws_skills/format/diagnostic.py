"""Diagnostics: what is wrong with a skill, and where."""

from dataclasses import dataclass
from typing import Literal

Severity = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """One thing that is wrong.

    Attributes:
        severity: an error keeps the skill from what was asked for, a warning does not.
        code: a short word that programs compare, such as `description_too_long`.
        message: what is wrong, and what to do.
        where: the place, such as `SKILL.md, line 3` or `SKILL.md, description`.
    """

    severity: Severity
    code: str
    message: str
    where: str

    def __str__(self) -> str:
        return f"{self.where}: {self.message}"


def error(code: str, message: str, where: str) -> Diagnostic:
    """A diagnostic of the severity `error`."""
    return Diagnostic("error", code, message, where)


def warning(code: str, message: str, where: str) -> Diagnostic:
    """A diagnostic of the severity `warning`."""
    return Diagnostic("warning", code, message, where)
